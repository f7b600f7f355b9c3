import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

export interface RunOptions extends SpawnOptions {
  readonly signal: AbortSignal
  /** Hears what the program writes on stderr, as it comes. */
  readonly words?: (text: string) => void
}

/** What a program wrote. @throws with its stderr where its status isn't 0 */
export const run = async (
  file: string,
  args: readonly string[],
  { words, ...options }: RunOptions,
): Promise<{ readonly stdout: string; readonly stderr: string }> => {
  options.signal.throwIfAborted()
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  if (words) child.stderr.on('data', words)
  const [status] = (await once(child, 'close')) as [number | null]
  options.signal.throwIfAborted()
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with status ${status}\n${stderr.trim()}`)
  return { stdout, stderr }
}

/** Ends a process that this one started: asks, waits, insists. */
export const end = async (child: ChildProcess, patience = 5_000): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  if ((await Promise.race([gone, sleep(patience, 'late', { ref: false })])) !== 'late') return
  child.kill('SIGKILL')
  await gone
}

/** Resolves with the first match in what a stream says. @throws with all it said, where the process ends before */
export const announced = (
  child: ChildProcess,
  stream: 'stdout' | 'stderr',
  pattern: RegExp,
): Promise<RegExpExecArray> =>
  new Promise((resolve, reject) => {
    const said: Record<string, string> = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        if (said[name] === undefined) return
        said[name] += text
        const match = name === stream ? pattern.exec(said[name]) : null
        if (match) resolve(match)
        if (match) delete said[name]
      })
    }
    child.once('error', reject)
    child.once('exit', (status) => {
      const program = child.spawnargs.join(' ')
      reject(new Error(`${program} ended with status ${status}:\n${said['stdout'] ?? ''}${said['stderr'] ?? ''}`))
    })
  })
