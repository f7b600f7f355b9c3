import { randomUUID } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
import type { Actor } from '../../lib/api.js'
import type { RevocationsTable, Tables } from '../schema.js'
import { whole } from '../whole.js'

/** Somebody is shut out. Times are milliseconds since 1970. */
export interface Revocation {
  readonly subject: string
  readonly by: Actor
  readonly reason: string
  readonly at: number
  /** When it ends by itself. */
  readonly until?: number
}

/** Those that nobody has taken back; some may have ended by themselves. @throws {HoopError} STORE_FAILED */
export const standingRevocations = async (db: Kysely<Tables>): Promise<Revocation[]> =>
  (await db.selectFrom('revocations').selectAll().where('restored_at', 'is', null).orderBy('revoked_at').execute()).map(
    revocationOf,
  )

/** Milliseconds for which it is remembered that tokens were revoked: longer than any ID token lives. */
const keptFor = 90 * 86_400_000

/**
 * By subject, up to when tokens were issued that a revocation ended: whether it stands or was taken back.
 * @throws {HoopError} STORE_FAILED
 */
export const revokedTokens = async (db: Kysely<Tables>, now: number): Promise<ReadonlyMap<string, number>> => {
  const rows = await db
    .selectFrom('revocations')
    .select(({ fn }) => ['subject', fn.max(fn.coalesce('issued_until', 'revoked_at')).as('until')])
    .where('revoked_at', '>=', now - keptFor)
    .groupBy('subject')
    .execute()
  return new Map(rows.map(({ subject, until }) => [subject, whole(until)]))
}

/**
 * A new one takes the place of what stands for the same person.
 * @returns up to when tokens were issued that it ends: the newest that was seen counts where the provider's clock is ahead
 * @throws {HoopError} STORE_FAILED
 */
export const addRevocation = (db: Kysely<Tables>, { subject, by, reason, at, until }: Revocation): Promise<number> =>
  db.transaction().execute(async (transaction) => {
    await restoreRevoked(transaction, subject, by, at)
    const named = transaction.selectFrom('people').select('groups_at').where('subject', '=', subject)
    const issuedUntil = Math.max(at, whole((await named.executeTakeFirst())?.groups_at ?? 0))
    await transaction
      .insertInto('revocations')
      .values({
        id: randomUUID(),
        subject,
        by_subject: by.subject,
        by_name: by.name,
        reason,
        revoked_at: at,
        until: until ?? null,
        issued_until: issuedUntil,
      })
      .execute()
    return issuedUntil
  })

/** @throws {HoopError} STORE_FAILED */
export const restoreRevoked = async (db: Kysely<Tables>, subject: string, by: Actor, at: number): Promise<void> => {
  await db
    .updateTable('revocations')
    .set({ restored_at: at, restored_by: by.subject })
    .where('subject', '=', subject)
    .where('restored_at', 'is', null)
    .execute()
}

const revocationOf = (row: Selectable<RevocationsTable>): Revocation => ({
  subject: row.subject,
  by: { subject: row.by_subject, name: row.by_name },
  reason: row.reason,
  at: whole(row.revoked_at),
  ...(row.until !== null && { until: whole(row.until) }),
})
