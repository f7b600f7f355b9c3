import { mkdir, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CopyAnswer, CopyTask } from './messages.ts'

/** As `copied.ts` names and writes them. */
const suffix = '.checkpoints.jsonl'

const add = async (folder: string, name: string, line: string): Promise<void> => {
  // What it lies in must be there: a share that isn't mounted is no copy.
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await using file = await open(join(folder, name), 'a', 0o600)
  await file.appendFile(line)
  await file.datasync()
}

/** The last line of one log in a text. */
const lastOf = (text: string, origin: string): string | undefined =>
  text.split('\n').findLast((line) => {
    try {
      const { checkpoint, time } = JSON.parse(line) as { readonly checkpoint: unknown; readonly time: unknown }
      return typeof time === 'string' && typeof checkpoint === 'string' && checkpoint.startsWith(`${origin}\n`)
    } catch {
      return false
    }
  })

const newest = async (folder: string, origin: string): Promise<string | undefined> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  for (const name of names
    .filter((each) => each.endsWith(suffix))
    .sort()
    .reverse()) {
    const line = lastOf(await readFile(join(folder, name), 'utf8'), origin)
    if (line !== undefined) return line
  }
  return undefined
}

const answer = (said: CopyAnswer): void => void process.send?.(said, () => process.disconnect())

process.once('message', (task: CopyTask) => {
  const done = task.kind === 'add' ? add(task.folder, task.name, task.line) : newest(task.folder, task.origin)
  done.then(
    (line) => answer(line === undefined ? {} : { line }),
    (error: unknown) => answer({ failed: (error as NodeJS.ErrnoException).code ?? String(error) }),
  )
})
