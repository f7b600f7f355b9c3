import type { Kysely, Selectable } from 'kysely'
import type { GrantsTable, Tables } from './schema.js'
import { whole } from './whole.js'

export interface GrantRecord {
  readonly id: string
  readonly chain: string
  readonly subject: string
  readonly connection: string
  readonly jkt: string
  readonly issuedAt: Date
  readonly expiresAt: Date
  readonly revoked: boolean
  /** The login at the identity provider that it came from. */
  readonly login?: { readonly at: Date; readonly sid?: string }
}

/** Grants as issued: what a renewal continues, and what was taken back. */
export interface GrantRecords {
  /** @throws {HoopError} STORE_FAILED */
  add(grant: Omit<GrantRecord, 'revoked'>): Promise<void>
  /** @throws {HoopError} STORE_FAILED */
  find(id: string): Promise<GrantRecord | undefined>
  /** Takes back a chain of grants: those issued, and those that a renewal is adding just now. @throws {HoopError} STORE_FAILED */
  revoke(chain: string, at: Date): Promise<void>
}

const grantOf = (row: Selectable<GrantsTable>, revoked: boolean): GrantRecord => ({
  id: row.id,
  chain: row.chain,
  subject: row.subject,
  connection: row.connection,
  jkt: row.jkt,
  issuedAt: new Date(whole(row.issued_at)),
  expiresAt: new Date(whole(row.expires_at)),
  revoked,
  ...(row.login_at !== null && {
    login: { at: new Date(whole(row.login_at)), ...(row.sid !== null && { sid: row.sid }) },
  }),
})

/** Milliseconds for which an expired grant is kept, so that `--grant` still finds the sessions of its chain. */
const keptFor = 90 * 86_400_000
/** Milliseconds between two sweeps. */
const sweepEvery = 3_600_000

export const grantRecords = (db: Kysely<Tables>): GrantRecords => {
  let swept = -Infinity

  const sweep = async (now: number): Promise<void> => {
    if (now - swept < sweepEvery) return
    swept = now
    await db
      .deleteFrom('grants')
      .where('expires_at', '<', now - keptFor)
      .execute()
  }

  return {
    add: async ({ id, chain, subject, connection, jkt, issuedAt, expiresAt, login }) => {
      await sweep(issuedAt.getTime())
      const times = { issued_at: issuedAt.getTime(), expires_at: expiresAt.getTime() }
      const from = { sid: login?.sid ?? null, login_at: login?.at.getTime() ?? null }
      await db
        .insertInto('grants')
        .values({ id, chain, subject, connection, jkt, ...times, ...from })
        .execute()
    },
    find: async (id) => {
      const row = await db.selectFrom('grants').selectAll().where('id', '=', id).executeTakeFirst()
      if (!row) return undefined
      // One revoked grant ends its chain: a renewal may have been written behind the revocation.
      const taken = db
        .selectFrom('grants')
        .select('id')
        .where('chain', '=', row.chain)
        .where('revoked_at', 'is not', null)
      return grantOf(row, (await taken.limit(1).executeTakeFirst()) !== undefined)
    },
    revoke: async (chain, at) => {
      await db
        .updateTable('grants')
        .set({ revoked_at: at.getTime() })
        .where('chain', '=', chain)
        .where('revoked_at', 'is', null)
        .execute()
    },
  }
}
