import { rm } from 'node:fs/promises'
import { HoopError } from '../../lib/errors.js'
import { factsOf, isEntry, type LeafKind, type LeafRecord } from '../leaves.js'
import { openCheckpoint } from '../note/checkpoint.js'
import { tileWidth } from '../tiles/paths.js'
import { contentsPath, type ReadLeaf, readContents } from './contents.js'
import { readCheckpoint } from './files.js'
import type { LedgerKeys } from './key-file.js'
import { TreeWriter } from './tree-writer.js'

/** A log as it stands on the disk, ready to be added to. */
export interface OpenedLog {
  readonly tree: TreeWriter
  /** Undefined where there is none yet. */
  readonly checkpoint: string | undefined
  /** Written down, but not published: a gateway stopped in between. They are to be published first. */
  readonly unpublished: readonly LeafRecord[]
  /** Where the last whole line ends in the last file of contents, bytes. */
  readonly end: number
}

const startOfFile = (index: bigint): bigint => index - (index % BigInt(tileWidth))

/** Of these a leaf excuses that something is gone. */
const removals: readonly LeafKind[] = ['retired', 'erased']

/**
 * What was written down and not published was answered to nobody. Of removals nothing can have gone by then, and who can
 * write the file could have put the line there for something that they removed themselves: from the first one on, it is left
 * out. Whatever else follows it is entered again by the start.
 */
const trustworthy = (leaves: readonly ReadLeaf[]): readonly ReadLeaf[] => {
  const first = leaves.findIndex(({ entry }) => isEntry(entry) && removals.includes(factsOf(entry).kind))
  return first < 0 ? leaves : leaves.slice(0, first)
}

/** Files that have only what is left out. In the one before, the next write cuts it off. @param last index that is there */
const cutFiles = async (folder: string, size: bigint, last = -1n): Promise<void> => {
  const width = BigInt(tileWidth)
  for (let file = last / width; last >= size && file * width > size; file--) await rm(contentsPath(folder, file))
}

/** The tiles once more, from the contents. What they can't be made from is damage. */
const remake = async (folder: string, size: bigint): Promise<TreeWriter> => {
  const tree = TreeWriter.empty(folder)
  const entries: Buffer[] = []
  for await (const { index, entry } of readContents(folder)) {
    if (index >= size) break
    entries.push(entry)
    if (entries.length === tileWidth) await tree.add(entries.splice(0))
  }
  await tree.add(entries)
  return tree
}

/**
 * Reads how far a log has come. What was published must be there and be what the checkpoint says; what a crash left behind
 * it is taken over, an unfinished line is not.
 * @throws {HoopError} LEDGER_DAMAGED: signing on would vouch for what was altered
 */
export const openLog = async (folder: string, keys: LedgerKeys): Promise<OpenedLog> => {
  const checkpoint = await readCheckpoint(folder)
  const signed = checkpoint === undefined ? undefined : believed(checkpoint, keys)
  const size = signed?.size ?? 0n
  const tail: ReadLeaf[] = []
  for await (const leaf of readContents(folder, startOfFile(size))) tail.push(leaf)
  const unpublished = trustworthy(tail.filter(({ index }) => index >= size))
  const last = tail.filter(({ index }) => index < size + BigInt(unpublished.length)).at(-1)
  await cutFiles(folder, size + BigInt(unpublished.length), tail.at(-1)?.index)
  if (size > startOfFile(size) + BigInt(tail.length))
    throw new HoopError(
      'LEDGER_DAMAGED',
      `its contents end at ${startOfFile(size) + BigInt(tail.length)} leaves, and ${size} were published`,
    )
  const published = tail.filter(({ index }) => index < size).map(({ entry }) => entry)
  const made = () => TreeWriter.of(folder, size, published)
  const isRight = (tree: TreeWriter) => !signed || tree.head.root.equals(signed.root)
  let tree = await made().catch(() => undefined)
  if (!tree || !isRight(tree)) {
    tree = await remake(folder, size)
    if (!isRight(tree))
      throw new HoopError('LEDGER_DAMAGED', `the entries do not make the tree of ${size} that was signed`)
  }
  return {
    ...{ tree, checkpoint },
    unpublished,
    end: last && (last.index + 1n) % BigInt(tileWidth) !== 0n ? last.end : 0,
  }
}

const believed = (checkpoint: string, { signers, origin }: LedgerKeys) => {
  try {
    const signed = openCheckpoint(checkpoint, signers)
    if (signed.origin === origin) return signed
  } catch (cause) {
    throw new HoopError('LEDGER_DAMAGED', 'its checkpoint is not signed by the key of this gateway', { cause })
  }
  throw new HoopError('LEDGER_DAMAGED', 'its checkpoint is that of another log')
}
