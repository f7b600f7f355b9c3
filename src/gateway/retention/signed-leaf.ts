import { HoopError } from '../../lib/errors.js'
import { isEmptied, type Leaf, type LeafRecord, openLeaf } from '../../ledger/leaves.js'
import { contentAt } from '../../ledger/log/contents.js'
import { leafHash } from '../../ledger/merkle/hash.js'
import { inclusionProof } from '../../ledger/merkle/tree.js'
import { isIncluded } from '../../ledger/merkle/verify.js'
import { parseCheckpointText } from '../../ledger/note/checkpoint.js'
import { parseNote } from '../../ledger/note/note.js'
import { TileFiles } from '../../ledger/tiles/tile-files.js'
import type { GatewayLedger } from '../ledger/ledger.js'

/** The ledger's files, and what this process has signed last. */
export type SignedLedger = Pick<GatewayLedger, 'folder' | 'checkpoint'>

/** Whether an entry stands at its place in the tree that this process has signed: files can be edited, what is in memory can't. */
const isSigned = async (
  { folder, checkpoint }: SignedLedger,
  index: bigint,
  { entry }: LeafRecord,
): Promise<boolean> => {
  if (checkpoint === undefined) return false
  const { size, root } = parseCheckpointText(parseNote(checkpoint).text)
  if (index >= size) return false
  const proof = await inclusionProof(new TileFiles(folder, size), index, size)
  return isIncluded(leafHash(entry), index, proof, { size, root })
}

/**
 * A leaf, by which something may go: its content has to be what was entered, and its entry what was signed.
 * @returns undefined where there is none, or its content was erased
 * @throws {HoopError} LEDGER_DAMAGED
 */
export const signedLeaf = async (ledger: SignedLedger, index: number | bigint): Promise<Leaf | undefined> => {
  const at = BigInt(index)
  const record = at < 0n ? undefined : await contentAt(ledger.folder, at)
  if (!record) return undefined
  if (!(await isSigned(ledger, at, record))) throw new HoopError('LEDGER_DAMAGED', `leaf ${at} is not what was signed`)
  return isEmptied(record) ? undefined : openLeaf(record)
}
