import type { Insertable, Kysely, Selectable, Transaction } from 'kysely'
import type { Actor } from '../../lib/api.js'
import type { TokenScope } from '../../lib/api/service-tokens.js'
import type { ServiceTokensTable, Tables } from '../schema.js'
import { whole } from '../whole.js'

/** A service token as it is kept. Times are milliseconds since 1970; of its secrets there are hashes only. */
export interface ServiceTokenRecord {
  readonly id: string
  readonly name: string
  readonly owner: Actor
  readonly scope: readonly TokenScope[]
  readonly networks: readonly string[]
  /** Thumbprint of the key that it is bound to. */
  readonly jkt?: string
  readonly hash: string
  /** Which of its secrets that is, from 1. */
  readonly secret: number
  /** The secret before, while it is good as well. */
  readonly old?: { readonly hash: string; readonly until: number }
  readonly createdAt: number
  readonly createdBy: Actor
  readonly expiresAt: number
  readonly rotatedAt?: number
  readonly used?: { readonly at: number; readonly from?: string }
  readonly revoked?: { readonly at: number; readonly by: Actor; readonly reason: string }
}

/** Those that had not expired at a time, and those that did later. @throws {HoopError} STORE_FAILED */
export const serviceTokensSince = async (db: Kysely<Tables>, since: number): Promise<ServiceTokenRecord[]> =>
  (
    await db.selectFrom('service_tokens').selectAll().where('expires_at', '>', since).orderBy('created_at').execute()
  ).map(recordOf)

/**
 * Who owns tokens that had not expired at a time, with the groups that the provider named last; none where it has named none
 * since they are kept. @throws {HoopError} STORE_FAILED
 */
export const ownersSince = async (db: Kysely<Tables>, since: number) => {
  const owners = db.selectFrom('service_tokens').select('owner').where('expires_at', '>', since)
  const rows = await db.selectFrom('people').selectAll().where('subject', 'in', owners).execute()
  return rows.map(({ subject, name, email, groups, groups_at }) => ({
    ...{ subject, name, groups: groups === null ? [] : (JSON.parse(groups) as string[]) },
    ...(email !== null && { email }),
    ...(groups_at !== null && { namedAt: whole(groups_at) }),
  }))
}

/** Puts a token in the place of what is kept of it, or beside the others. @throws {HoopError} STORE_FAILED */
export const putServiceToken = async (
  db: Kysely<Tables> | Transaction<Tables>,
  record: ServiceTokenRecord,
): Promise<void> => {
  const { id, ...rest } = rowOf(record)
  await db
    .insertInto('service_tokens')
    .values({ id, ...rest })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(rest))
    .execute()
}

/** @throws {HoopError} STORE_FAILED */
export const noteTokenUse = async (
  db: Kysely<Tables>,
  id: string,
  { at, from }: { readonly at: number; readonly from?: string },
): Promise<void> => {
  await db
    .updateTable('service_tokens')
    .set({ used_at: at, used_from: from ?? null })
    .where('id', '=', id)
    .execute()
}

const rowOf = (record: ServiceTokenRecord): Insertable<ServiceTokensTable> => ({
  id: record.id,
  name: record.name,
  owner: record.owner.subject,
  owner_name: record.owner.name,
  scope: JSON.stringify(record.scope),
  networks: JSON.stringify(record.networks),
  jkt: record.jkt ?? null,
  hash: record.hash,
  secret: record.secret,
  old_hash: record.old?.hash ?? null,
  old_until: record.old?.until ?? null,
  created_at: record.createdAt,
  created_by: record.createdBy.subject,
  created_by_name: record.createdBy.name,
  expires_at: record.expiresAt,
  rotated_at: record.rotatedAt ?? null,
  used_at: record.used?.at ?? null,
  used_from: record.used?.from ?? null,
  revoked_at: record.revoked?.at ?? null,
  revoked_by: record.revoked?.by.subject ?? null,
  revoked_by_name: record.revoked?.by.name ?? null,
  revoked_reason: record.revoked?.reason ?? null,
})

const recordOf = (row: Selectable<ServiceTokensTable>): ServiceTokenRecord => ({
  id: row.id,
  name: row.name,
  owner: { subject: row.owner, name: row.owner_name },
  scope: JSON.parse(row.scope) as TokenScope[],
  networks: JSON.parse(row.networks) as string[],
  ...(row.jkt !== null && { jkt: row.jkt }),
  hash: row.hash,
  secret: whole(row.secret),
  ...(row.old_hash !== null && row.old_until !== null && { old: { hash: row.old_hash, until: whole(row.old_until) } }),
  createdAt: whole(row.created_at),
  createdBy: { subject: row.created_by, name: row.created_by_name },
  expiresAt: whole(row.expires_at),
  ...(row.rotated_at !== null && { rotatedAt: whole(row.rotated_at) }),
  ...(row.used_at !== null && {
    used: { at: whole(row.used_at), ...(row.used_from !== null && { from: row.used_from }) },
  }),
  ...(row.revoked_at !== null && {
    revoked: {
      at: whole(row.revoked_at),
      by: { subject: row.revoked_by ?? '', name: row.revoked_by_name ?? '' },
      reason: row.revoked_reason ?? '',
    },
  }),
})
