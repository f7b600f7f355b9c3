import type { Kysely } from 'kysely'
import type { ActName } from '../../lib/api/acts.js'
import type { LeafOf } from '../../ledger/leaves.js'
import { listActs } from '../../store/acts.js'
import { leafOfAct } from '../../store/ledger-leaves.js'
import type { Tables } from '../../store/schema.js'
import { type SignedLedger, signedLeaf } from '../retention/signed-leaf.js'

/** Newest rows that are looked at: others than the first are there where somebody has edited the store. */
const most = 50

/**
 * The last act of a kind that is entered, as its leaf says it: the store only says where to look.
 * @param subject whom it concerns, where it concerns somebody
 * @throws {HoopError} STORE_FAILED, LEDGER_DAMAGED
 */
export const lastEntered = async (
  db: Kysely<Tables>,
  ledger: SignedLedger & { noted(): Promise<void> },
  act: ActName,
  subject?: string,
): Promise<LeafOf<'act'> | undefined> => {
  // What was entered just now is to be found as well.
  await ledger.noted()
  for (const { number } of (await listActs(db, { act, ...(subject !== undefined && { subject }) }, most)).acts) {
    const at = await leafOfAct(db, number)
    const leaf = at === undefined ? undefined : await signedLeaf(ledger, at)
    if (leaf?.kind === 'act' && leaf.act === act && leaf.number === number) return leaf
  }
  return undefined
}
