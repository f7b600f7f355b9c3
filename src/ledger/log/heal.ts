import { HoopError } from '../../lib/errors.js'
import type { LeafRecord } from '../leaves.js'
import { openCheckpoint } from '../note/checkpoint.js'
import { tileWidth } from '../tiles/paths.js'
import { type ReadLeaf, readContents } from './contents.js'
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
  const last = tail.at(-1)
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
    unpublished: tail.filter(({ index }) => index >= size),
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
