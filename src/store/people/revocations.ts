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

/** A new one takes the place of what stands for the same person. @throws {HoopError} STORE_FAILED */
export const addRevocation = (db: Kysely<Tables>, { subject, by, reason, at, until }: Revocation): Promise<void> =>
  db.transaction().execute(async (transaction) => {
    await restoreRevoked(transaction, subject, by, at)
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
      })
      .execute()
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
