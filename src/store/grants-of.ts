import type { Kysely } from 'kysely'
import type { Tables } from './schema.js'
import { whole } from './whole.js'

/** The last grant of a chain that is alive. Times are milliseconds since 1970. */
export interface LiveGrantRecord {
  readonly id: string
  readonly chain: string
  readonly connection: string
  readonly issuedAt: number
  readonly expiresAt: number
}

/** What somebody holds at a moment, newest first: of each chain of renewals the last. @throws {HoopError} STORE_FAILED */
export const liveGrantsOf = async (db: Kysely<Tables>, subject: string, at: number): Promise<LiveGrantRecord[]> => {
  const taken = db
    .selectFrom('grants')
    .select('chain')
    .where('subject', '=', subject)
    .where('revoked_at', 'is not', null)
  const rows = await db
    .selectFrom('grants')
    .select(['id', 'chain', 'connection', 'issued_at', 'expires_at'])
    .where('subject', '=', subject)
    .where('expires_at', '>', at)
    .where('chain', 'not in', taken)
    .orderBy('issued_at', 'desc')
    .execute()
  const last = new Map(rows.toReversed().map((row) => [row.chain, row]))
  return [...last.values()].toReversed().map(({ id, chain, connection, issued_at, expires_at }) => ({
    ...{ id, chain, connection, issuedAt: whole(issued_at), expiresAt: whole(expires_at) },
  }))
}

/** Takes them all back. @returns how many chains there were. @throws {HoopError} STORE_FAILED */
export const revokeGrantsOf = (db: Kysely<Tables>, subject: string, at: number): Promise<number> =>
  db.transaction().execute(async (transaction) => {
    const live = await liveGrantsOf(transaction, subject, at)
    await transaction
      .updateTable('grants')
      .set({ revoked_at: at })
      .where('subject', '=', subject)
      .where('expires_at', '>', at)
      .where('revoked_at', 'is', null)
      .execute()
    return live.length
  })
