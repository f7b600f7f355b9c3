import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openRegular } from '../lib/regular-file.js'
import { parseCheckpointText } from './note/checkpoint.js'
import { parseNote } from './note/note.js'

/** A checkpoint as it is kept elsewhere. */
export interface CopiedCheckpoint {
  /** ISO 8601: when it was put there. */
  readonly time: string
  readonly checkpoint: string
}

const suffix = '.checkpoints.jsonl'

/** A file for each day (UTC) to which lines are only added: it may lie where nothing can be changed. */
export const copyLine = (checkpoint: string, now = new Date()): { readonly name: string; readonly line: string } => {
  const time = now.toISOString()
  const line = `${JSON.stringify({ time, checkpoint } satisfies CopiedCheckpoint)}\n`
  return { name: `${time.slice(0, 10)}${suffix}`, line }
}

const parse = (line: string): CopiedCheckpoint | undefined => {
  try {
    const copy = JSON.parse(line) as CopiedCheckpoint
    return typeof copy.checkpoint === 'string' && typeof copy.time === 'string' ? copy : undefined
  } catch {
    return undefined
  }
}

const originOf = (checkpoint: string): string | undefined => {
  try {
    return parseCheckpointText(parseNote(checkpoint).text).origin
  } catch {
    return undefined
  }
}

/**
 * What a folder of copies has of one log, oldest first. A last line that was cut off is left out.
 * @throws where one can't be read, or is no file: nothing is said of a part
 */
export const readCopies = async (folder: string, origin: string): Promise<CopiedCheckpoint[]> => {
  const files = (await readdir(folder)).filter((name) => name.endsWith(suffix)).sort()
  const found: CopiedCheckpoint[] = []
  for (const name of files) {
    await using file = await openRegular(join(folder, name))
    if (!file) throw new Error(`${name} is no regular file`)
    const lines = (await file.readFile('utf8')).split('\n')
    for (const line of lines) {
      const copy = parse(line)
      if (copy && originOf(copy.checkpoint) === origin) found.push(copy)
    }
  }
  return found
}
