import type { Kysely, Transaction } from 'kysely'
import type { Tables } from '../schema.js'

/** A request that is over since somebody was shut out. */
export interface Ended {
  readonly id: string
  readonly why: string
}

/**
 * Somebody is shut out: what they approved counts no more, for a while or once, and what they asked for is asked no more.
 * It stays so when they are let in again: who restores them does not see what would come to life.
 * @param by subject of whoever shuts them out
 * @throws {HoopError} STORE_FAILED
 */
export const forgetApprovalsOf = (
  db: Kysely<Tables>,
  subject: string,
  by: string,
  at: number,
): Promise<readonly Ended[]> =>
  db.transaction().execute(async (transaction) => {
    await transaction
      .updateTable('standing_approvals')
      .set({ revoked_at: at, revoked_by: by })
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', at)
      .where((eb) => eb.or([eb('subject', '=', subject), eb('by_subject', '=', subject)]))
      .execute()
    const pending = transaction.selectFrom('approvals').select('id').where('state', 'in', ['open', 'approved'])
    await transaction
      .updateTable('approval_votes')
      .set({ revoked_at: at })
      .where('subject', '=', subject)
      .where('approval', 'in', pending)
      .execute()
    const theirs = transaction.selectFrom('approval_votes').select('approval').where('subject', '=', subject)
    const approved = await pending.where('state', '=', 'approved').where('id', 'in', theirs).execute()
    const asked = await pending.where('subject', '=', subject).execute()
    return [
      ...(await withdraw(transaction, approved, 'somebody who approved it was shut out', at)),
      ...(await withdraw(transaction, asked, 'whoever asked was shut out', at)),
    ]
  })

const withdraw = async (
  db: Transaction<Tables>,
  found: readonly { readonly id: string }[],
  why: string,
  at: number,
): Promise<readonly Ended[]> => {
  for (const { id } of found)
    await db.updateTable('approvals').set({ state: 'withdrawn', settled_at: at, why }).where('id', '=', id).execute()
  return found.map(({ id }) => ({ id, why }))
}
