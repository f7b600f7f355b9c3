import type { Kysely } from 'kysely'
import type { HoldScope } from '../../lib/api/holds.js'
import { HoopError } from '../../lib/errors.js'
import { listHolds } from '../../store/holds.js'
import type { Tables } from '../../store/schema.js'
import type { GatewayLedger } from '../ledger/ledger.js'

const told = ({ person, session, since, until }: HoldScope): string =>
  JSON.stringify([person?.subject, session, since, until])

/**
 * What is on hold, by the ledger's leaves. The store's table is what sessions are looked up with, and only that: where it has
 * another list, somebody has edited it, and nothing may go. The caller has the turn, so that nothing is placed meanwhile.
 * @throws {HoopError} HOLDS_DIFFER, STORE_FAILED
 */
export const agreedHolds = async (
  db: Kysely<Tables>,
  { holds }: Pick<GatewayLedger, 'holds'>,
): Promise<readonly HoldScope[]> => {
  const entered = new Map(holds.inForce.map((hold) => [hold.id, hold]))
  const kept = await listHolds(db)
  for (const hold of kept) {
    const known = entered.get(hold.id)
    if (!known) throw new HoopError('HOLDS_DIFFER', `the store has ${hold.id} in force, and the ledger has not`)
    if (told(known) !== told(hold))
      throw new HoopError('HOLDS_DIFFER', `the store has another scope for ${hold.id} than the ledger`)
  }
  const ids = new Set(kept.map(({ id }) => id))
  for (const id of entered.keys())
    if (!ids.has(id)) throw new HoopError('HOLDS_DIFFER', `${id} is in force by the ledger, and not in the store`)
  return kept
}
