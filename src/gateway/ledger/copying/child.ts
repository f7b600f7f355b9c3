import { type FileHandle, mkdir, open, readdir, readFile } from 'node:fs/promises'
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

const newline = 10
/** A line that was torn is shorter, bytes. */
const longestLine = 256 * 1024

/** Where the last whole line of a file ends. */
const wholeEnd = async (file: FileHandle): Promise<{ readonly end: number; readonly size: number }> => {
  const { size } = await file.stat()
  const from = Math.max(0, size - longestLine)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
  return { size, end: from + buffer.subarray(0, bytesRead).lastIndexOf(newline) + 1 }
}

/** What is torn at the end was never acknowledged, and comes again: it goes, so that each line is whole. */
const lines = async (path: string, text: string): Promise<undefined> => {
  await using file = await open(path, 'a+', 0o600)
  if ((await file.stat()).isFile()) {
    const { end, size } = await wholeEnd(file)
    if (end < size) await file.truncate(end)
  }
  await file.appendFile(text)
  await file.datasync()
}

const print = (text: string): Promise<undefined> =>
  new Promise((done, failed) => process.stdout.write(text, (error) => (error ? failed(error) : done(undefined))))

const tasks: {
  readonly [Kind in CopyTask['kind']]: (task: Extract<CopyTask, { kind: Kind }>) => Promise<string | void>
} = {
  add: ({ folder, name, line }) => add(folder, name, line),
  newest: ({ folder, origin }) => newest(folder, origin),
  lines: ({ folder, lines: text }) => lines(folder, text),
  print: ({ lines: text }) => print(text),
}

const answer = (said: CopyAnswer): void => void process.send?.(said, () => process.disconnect())

process.once('message', (task: CopyTask) => {
  const done = (tasks[task.kind] as (task: CopyTask) => Promise<string | undefined>)(task)
  done.then(
    (line) => answer(line === undefined ? {} : { line }),
    (error: unknown) => answer({ failed: (error as NodeJS.ErrnoException).code ?? String(error) }),
  )
})
