import type { Kysely } from 'kysely'
import { HoopError } from '../../lib/errors.js'
import { type Leaf, openLeaf } from '../../ledger/leaves.js'
import { readContents } from '../../ledger/log/contents.js'
import type { LedgerKeys } from '../../ledger/log/key-file.js'
import { openCheckpoint } from '../../ledger/note/checkpoint.js'
import { tileWidth } from '../../ledger/tiles/paths.js'
import { type KnownLeaf, noteLeaves } from '../../store/ledger-leaves.js'
import type { Tables } from '../../store/schema.js'

const targetOf = (leaf: Leaf): string | null => {
  if ('session' in leaf) return leaf.session
  return leaf.kind === 'act' ? String(leaf.number) : null
}

export const knownLeaf = (index: bigint, leaf: Leaf): KnownLeaf => ({
  ...{ leaf: Number(index), kind: leaf.kind },
  ...{ target: targetOf(leaf), time: Date.parse(leaf.time) },
})

export interface CatchUpOptions {
  readonly folder: string
  readonly db: Kysely<Tables>
  /** The last leaf that the store knew when this gateway started. */
  readonly known: number | undefined
  readonly checkpoint: string | undefined
  readonly keys: LedgerKeys
}

/**
 * Notes in the store what the ledger has beyond what the store knows: of a store that was lost or restored, all of it.
 * @throws {HoopError} LEDGER_DAMAGED where the store knows of leaves that the ledger hasn't got
 */
export const catchUp = async ({ folder, db, known, checkpoint, keys }: CatchUpOptions): Promise<void> => {
  const size = checkpoint === undefined ? 0n : openCheckpoint(checkpoint, keys.signers).size
  const next = BigInt((known ?? -1) + 1)
  if (next > size)
    throw new HoopError(
      'LEDGER_DAMAGED',
      `it has ${size} leaves, and the store knows of ${next}: it was taken back to an earlier state`,
    )
  let leaves: KnownLeaf[] = []
  for await (const { index, ...record } of readContents(folder, next - (next % BigInt(tileWidth)))) {
    if (index < next || index >= size) continue
    leaves.push(knownLeaf(index, openLeaf(record)))
    if (leaves.length < 5000) continue
    await noteLeaves(db, leaves)
    leaves = []
  }
  await noteLeaves(db, leaves)
}
