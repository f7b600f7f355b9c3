import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CopyAnswer, CopyTask } from './messages.js'

const program = fileURLToPath(new URL(`child${extname(import.meta.url)}`, import.meta.url))

/** Folders in which a process hangs that doesn't even end when it is killed. */
const stuck = new Set<string>()

/**
 * Does something in a folder of copies in a process of its own: a share that is dead holds whoever touches it, and may
 * hold neither the event loop nor the few threads that write the ledger. One that hangs is ended.
 * @param signal ends it
 * @returns the line that was asked for
 * @throws with the code of what the system said
 */
export const apart = (task: CopyTask, signal: AbortSignal): Promise<string | undefined> =>
  new Promise((done, failed) => {
    if (stuck.has(task.folder)) return failed(new Error('the last attempt still hangs'))
    if (signal.aborted) return failed(new Error('it took too long'))
    const output = task.kind === 'print' ? 'inherit' : 'ignore'
    const child = fork(program, { stdio: ['ignore', output, 'ignore', 'ipc'], execArgv: [], env: {} })
    const end = (): void => {
      stuck.add(task.folder)
      child.kill('SIGKILL')
      child.unref()
      child.channel?.unref()
      failed(new Error('it took too long'))
    }
    signal.addEventListener('abort', end, { once: true })
    child.once('message', ({ line, failed: code }: CopyAnswer) => {
      if (code === undefined) done(line)
      else failed(Object.assign(new Error(code), { code }))
    })
    child.once('error', failed)
    child.once('exit', () => {
      stuck.delete(task.folder)
      signal.removeEventListener('abort', end)
      failed(new Error('it ended by itself'))
    })
    child.send(task)
  })
