import { type Kysely, sql, type Transaction } from 'kysely'
import type { ApprovalState } from '../../lib/api/approvals.js'
import type { Tables } from '../schema.js'

/** Which requests are meant: all that are not over, unless it says less. */
export interface Which {
  readonly kind?: 'access' | 'statement'
  readonly states?: readonly ('open' | 'approved')[]
}

/** A request that is over since somebody was shut out. */
export interface Ended {
  readonly id: string
  readonly subject: string
  readonly connection: string
  /** Of a request for access. */
  readonly policy: string | null
  /** What it was before. */
  readonly state: ApprovalState
  readonly why: string
}

/**
 * Somebody is shut out: what they approved for a while, or what was approved for them or their service tokens, counts no
 * more. It stays so when they are let in again: who restores them does not see what would come to life.
 * @param by subject of whoever shuts them out
 * @returns how many there were
 * @throws {HoopError} STORE_FAILED
 */
export const forgetStandingOf = async (
  db: Kysely<Tables>,
  subject: string,
  by: string,
  at: number,
): Promise<number> => {
  const tokens = db
    .selectFrom('service_tokens')
    .select(sql<string>`'token:' || id`.as('subject'))
    .where('owner', '=', subject)
  const { numUpdatedRows } = await db
    .updateTable('standing_approvals')
    .set({ revoked_at: at, revoked_by: by })
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', at)
    .where((eb) => eb.or([eb('subject', '=', subject), eb('subject', 'in', tokens), eb('by_subject', '=', subject)]))
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

/**
 * The same of requests: what they asked for is asked no more, and what they approved and nobody has run yet is withdrawn.
 * @param also is kept with the end of each, or nothing is
 * @throws {HoopError} STORE_FAILED
 */
export const forgetRequestsOf = (
  db: Kysely<Tables>,
  subject: string,
  at: number,
  { kind, states = ['open', 'approved'] }: Which,
  also: (ended: Ended, db: Transaction<Tables>) => Promise<void>,
): Promise<readonly Ended[]> =>
  db.transaction().execute(async (transaction) => {
    const pending = transaction
      .selectFrom('approvals')
      .select(['id', 'state', 'subject', 'connection', 'policy'])
      .where('state', 'in', states)
      .$if(kind !== undefined, (query) => query.where('policy', kind === 'access' ? 'is not' : 'is', null))
    await transaction
      .updateTable('approval_votes')
      .set({ revoked_at: at })
      .where('subject', '=', subject)
      .where('approval', 'in', pending.clearSelect().select('id'))
      .where('revoked_at', 'is', null)
      .execute()
    const theirs = transaction.selectFrom('approval_votes').select('approval').where('subject', '=', subject)
    const asked = await pending.where((eb) => eb.or([eb('subject', '=', subject), eb('owner', '=', subject)])).execute()
    const approved = await pending
      .where('state', '=', 'approved')
      .where('id', 'in', theirs)
      .where('subject', '!=', subject)
      .where((eb) => eb.or([eb('owner', 'is', null), eb('owner', '!=', subject)]))
      .execute()
    const ended = [
      ...(await withdraw(transaction, approved, 'somebody who approved it was shut out', at)),
      ...(await withdraw(transaction, asked, 'whoever asked was shut out', at)),
    ]
    for (const one of ended) await also(one, transaction)
    return ended
  })

const withdraw = async (
  db: Transaction<Tables>,
  found: readonly Omit<Ended, 'why'>[],
  why: string,
  at: number,
): Promise<readonly Ended[]> => {
  for (const { id } of found)
    await db.updateTable('approvals').set({ state: 'withdrawn', settled_at: at, why }).where('id', '=', id).execute()
  return found.map((one) => ({ ...one, why }))
}
