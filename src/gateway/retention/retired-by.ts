import type { Kysely } from 'kysely'
import type { LeafOf } from '../../ledger/leaves.js'
import { leavesRetiring } from '../../store/removals.js'
import type { Tables } from '../../store/schema.js'
import { type SignedLedger, signedLeaf } from './signed-leaf.js'

/** The leaf that says that a session's recording was to go by retention, where that is what it says. @throws {HoopError} LEDGER_DAMAGED */
export const retiredLeaf = async (
  ledger: SignedLedger,
  index: number,
  session: string,
): Promise<LeafOf<'retired'> | undefined> => {
  const leaf = await signedLeaf(ledger, index)
  return leaf?.kind === 'retired' && leaf.session === session ? leaf : undefined
}

/** Whether the ledger says so of a session. The store's index only says where to look. @throws {HoopError} STORE_FAILED, LEDGER_DAMAGED */
export const isRetiredBy = async (db: Kysely<Tables>, ledger: SignedLedger, session: string): Promise<boolean> => {
  for (const index of await leavesRetiring(db, session)) if (await retiredLeaf(ledger, index, session)) return true
  return false
}
