import type { Kysely } from 'kysely'
import { type LeafOf, openLeaf } from '../../ledger/leaves.js'
import { contentAt } from '../../ledger/log/contents.js'
import { leavesRetiring } from '../../store/removals.js'
import type { Tables } from '../../store/schema.js'

/** The leaf that says that a session's recording was to go by retention, where that is what it says. @throws {HoopError} LEDGER_DAMAGED */
export const retiredLeaf = async (
  folder: string,
  index: number,
  session: string,
): Promise<LeafOf<'retired'> | undefined> => {
  const record = await contentAt(folder, BigInt(index))
  const leaf = record && openLeaf(record)
  return leaf?.kind === 'retired' && leaf.session === session ? leaf : undefined
}

/** Whether the ledger says so of a session. The store's index only says where to look. @throws {HoopError} STORE_FAILED, LEDGER_DAMAGED */
export const isRetiredBy = async (db: Kysely<Tables>, folder: string, session: string): Promise<boolean> => {
  for (const index of await leavesRetiring(db, session)) if (await retiredLeaf(folder, index, session)) return true
  return false
}
