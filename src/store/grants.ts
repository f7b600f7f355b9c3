import type { Kysely } from 'kysely'
import { asHoopError } from '../lib/errors.js'
import { whole, type Tables } from './schema.js'

export interface GrantRecord {
  readonly id: string
  readonly chain: string
  readonly subject: string
  readonly connection: string
  readonly jkt: string
  readonly issuedAt: Date
  readonly expiresAt: Date
  readonly revoked: boolean
}

/** Grants as issued: what a renewal continues, and what was taken back. */
export interface GrantRecords {
  /** @throws {HoopError} STORE_FAILED */
  add(grant: Omit<GrantRecord, 'revoked'>): Promise<void>
  /** @throws {HoopError} STORE_FAILED */
  find(id: string): Promise<GrantRecord | undefined>
}

const orFail = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    throw asHoopError(error, 'STORE_FAILED')
  }
}

export const grantRecords = (db: Kysely<Tables>): GrantRecords => ({
  add: async ({ id, chain, subject, connection, jkt, issuedAt, expiresAt }) => {
    const row = { id, chain, subject, connection, jkt, issued_at: issuedAt.getTime(), expires_at: expiresAt.getTime() }
    await orFail(db.insertInto('grants').values(row).execute())
  },
  find: async (id) => {
    const row = await orFail(db.selectFrom('grants').selectAll().where('id', '=', id).executeTakeFirst())
    return (
      row && {
        id: row.id,
        chain: row.chain,
        subject: row.subject,
        connection: row.connection,
        jkt: row.jkt,
        issuedAt: new Date(whole(row.issued_at)),
        expiresAt: new Date(whole(row.expires_at)),
        revoked: row.revoked_at !== null,
      }
    )
  },
})
