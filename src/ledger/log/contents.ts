import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HoopError } from '../../lib/errors.js'
import { isMomentary, patiently } from '../../lib/patiently.js'
import type { LeafRecord } from '../leaves.js'
import { groupsOf, tileWidth } from '../tiles/paths.js'

/**
 * What opens the entries lies beside them, a line each, 256 lines a file: the log can be checked from its folder alone, and
 * one person's lines can be emptied without touching the tree. It is also the journal that a crash is healed from, so each
 * line has its entry too.
 */
interface Line {
  readonly i: string
  readonly e: string
  readonly s: string
  readonly c: string
}

export const contentsPath = (folder: string, file: bigint): string =>
  join(folder, 'contents', `${groupsOf(file)}.jsonl`)

export const encodeLine = (index: bigint, { entry, salt, content }: LeafRecord): string =>
  `${JSON.stringify({ i: `${index}`, e: entry.toString('base64'), s: salt.toString('base64'), c: content } satisfies Line)}\n`

/** @returns undefined for what is no line of this index */
const decodeLine = (text: string, index: bigint): LeafRecord | undefined => {
  try {
    const { i, e, s, c } = JSON.parse(text) as Partial<Line>
    if (i !== `${index}` || typeof e !== 'string' || typeof s !== 'string' || typeof c !== 'string') return undefined
    return { entry: Buffer.from(e, 'base64'), salt: Buffer.from(s, 'base64'), content: c }
  } catch {
    return undefined
  }
}

/** A line without what opens its entry; undefined for what is no line of this index. */
export const emptiedLine = (text: string, index: bigint): string | undefined => {
  const record = decodeLine(text, index)
  return record && encodeLine(index, { entry: record.entry, salt: Buffer.alloc(0), content: '' }).trimEnd()
}

/** A leaf as it was read, and where its line ends in its file. */
export interface ReadLeaf extends LeafRecord {
  readonly index: bigint
  /** Bytes. */
  readonly end: number
}

/** More than the longest content needs, where JSON escapes every character of it. */
const longestLine = 64 * 1024 * 1024

/** Lines of a file with where each ends; what stands behind the last newline is not given out. */
async function* linesOf(path: string): AsyncGenerator<{ readonly text: string; readonly end: number }, void> {
  let end = 0
  let rest: Buffer = Buffer.alloc(0)
  await using file = await patiently(() => open(path))
  for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let from = 0
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10, from)) {
      end += at + 1 - from
      yield { text: rest.toString('utf8', from, at), end }
      from = at + 1
    }
    rest = rest.subarray(from)
    if (rest.length > longestLine) return
  }
}

/** A file that the system can't open at this moment, nor after some more, is none that isn't there. @throws what the system says then */
const whatThereIs = async <Result>(read: () => Promise<Result>, nothing: Result): Promise<Result> => {
  try {
    return await patiently(read)
  } catch (error) {
    if (isMomentary(error)) throw error
    return nothing
  }
}

/** What one file of contents has for each place, by what each line says of itself; and lines that say nothing that can be read. */
export const contentsOf = async (
  folder: string,
  file: bigint,
): Promise<{ readonly records: ReadonlyMap<bigint, LeafRecord>; readonly unreadable: readonly string[] }> => {
  const text = await whatThereIs(() => readFile(contentsPath(folder, file), 'utf8'), '')
  const records = new Map<bigint, LeafRecord>()
  const unreadable: string[] = []
  const first = file * BigInt(tileWidth)
  // What stands behind the last newline is a line that was never finished.
  for (const line of text.split('\n').slice(0, -1)) {
    const [, claimed] = /^\{"i":"(\d{1,18})"/.exec(line) ?? []
    const index = BigInt(claimed ?? -1)
    const record = index >= first && index < first + BigInt(tileWidth) ? decodeLine(line, index) : undefined
    if (record && !records.has(index)) records.set(index, record)
    else unreadable.push(line)
  }
  return { records, unreadable }
}

/** One leaf; undefined where no whole line has it. */
export const contentAt = async (folder: string, index: bigint): Promise<LeafRecord | undefined> =>
  (await contentsOf(folder, index / BigInt(tileWidth))).records.get(index)

const isThere = (path: string): Promise<boolean> =>
  whatThereIs(async () => {
    await stat(path)
    return true
  }, false)

/**
 * The leaves of a log from `from` on, which begins a file, up to where no whole line follows. Nothing is checked but that
 * each stands in its place.
 * @throws {HoopError} LEDGER_DAMAGED where a line is out of place, or is none and others follow
 */
export async function* readContents(folder: string, from = 0n): AsyncGenerator<ReadLeaf, void> {
  let index = from
  for (let file = from / BigInt(tileWidth); ; file++) {
    const path = contentsPath(folder, file)
    if (!(await isThere(path))) return
    let bad: bigint | undefined
    for await (const { text, end } of linesOf(path)) {
      const record = bad === undefined ? decodeLine(text, index) : undefined
      if (!record) {
        // The last line may be torn; then nothing follows it.
        if (bad !== undefined) break
        bad = index
        continue
      }
      yield { ...record, index, end }
      index++
    }
    const isWhole = index === (file + 1n) * BigInt(tileWidth)
    if (isWhole) continue
    if (await isThere(contentsPath(folder, file + 1n)))
      throw new HoopError('LEDGER_DAMAGED', `the content of leaf ${index} is missing or damaged`)
    return
  }
}
