import { sql, type Kysely, type Selectable, type SqlBool, type Transaction } from 'kysely'
import { emailKey } from '../../lib/email-key.js'
import { folded } from '../folded.js'
import type { Tables } from '../schema.js'
import { whole } from '../whole.js'
import type { ScimUsersTable } from './tables.js'

/** Somebody as the directory has them. Times are milliseconds since 1970. */
export interface ScimUser {
  readonly id: string
  readonly userName: string
  readonly externalId?: string
  readonly email?: string
  readonly active: boolean
  /** All attributes but `id`, `meta` and `groups`. */
  readonly resource: Readonly<Record<string, unknown>>
  readonly createdAt: number
  readonly changedAt: number
  readonly deactivatedAt?: number
  readonly deletedAt?: number
}

type Db = Kysely<Tables> | Transaction<Tables>

const userOf = (row: Selectable<ScimUsersTable>): ScimUser => ({
  ...{ id: row.id, userName: row.user_name, active: whole(row.active) === 1 },
  ...(row.external_id !== null && { externalId: row.external_id }),
  ...(row.email !== null && { email: row.email }),
  resource: JSON.parse(row.resource) as ScimUser['resource'],
  ...{ createdAt: whole(row.created_at), changedAt: whole(row.changed_at) },
  ...(row.deactivated_at !== null && { deactivatedAt: whole(row.deactivated_at) }),
  ...(row.deleted_at !== null && { deletedAt: whole(row.deleted_at) }),
})

/** @throws {HoopError} STORE_FAILED */
export const scimUser = async (db: Db, id: string): Promise<ScimUser | undefined> => {
  const row = await db.selectFrom('scim_users').selectAll().where('id', '=', id).executeTakeFirst()
  return row && row.deleted_at === null ? userOf(row) : undefined
}

/** Oldest first. @param by narrows the search, names without case; `deleted` finds those too. @throws {HoopError} STORE_FAILED */
export const scimUsers = async (
  db: Db,
  by: {
    readonly userName?: string | undefined
    readonly externalId?: string | undefined
    readonly deleted?: boolean
  } = {},
): Promise<ScimUser[]> => {
  let query = db.selectFrom('scim_users').selectAll().orderBy('created_at').orderBy('id')
  if (by.deleted !== true) query = query.where('deleted_at', 'is', null)
  const { userName, externalId } = by
  if (userName !== undefined)
    query = query.where((eb) => eb(eb.fn<string>('lower', ['user_name']), '=', folded(userName)))
  if (externalId !== undefined) query = query.where('external_id', '=', externalId)
  return (await query.execute()).map(userOf)
}

/** Enters or replaces somebody. @throws {HoopError} STORE_FAILED */
export const putScimUser = async (db: Db, user: ScimUser): Promise<void> => {
  const { id, createdAt, changedAt } = user
  const row = {
    user_name: user.userName,
    external_id: user.externalId ?? null,
    email: user.email ?? null,
    active: user.active ? 1 : 0,
    resource: JSON.stringify(user.resource),
    changed_at: changedAt,
    deactivated_at: user.deactivatedAt ?? null,
    deleted_at: user.deletedAt ?? null,
  }
  await db
    .insertInto('scim_users')
    .values({ id, created_at: createdAt, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
  if (user.deletedAt !== undefined) await db.deleteFrom('scim_members').where('user_id', '=', id).execute()
}

/** Subjects that were seen with an e-mail address that the provider vouches for. @throws {HoopError} STORE_FAILED */
export const subjectsWithEmail = async (db: Db, email: string): Promise<string[]> => {
  const key = emailKey(email)
  const rows = await db
    .selectFrom('people')
    .select(['subject', 'email'])
    // The store knows the letters of ASCII alone: of those with others it can't say which are alike.
    .where((eb) =>
      eb.or([eb(eb.fn<string>('lower', ['email']), '=', key), sql<SqlBool>`length(email) <> octet_length(email)`]),
    )
    .execute()
  return rows.flatMap((row) => (row.email !== null && emailKey(row.email) === key ? [row.subject] : []))
}

/**
 * Whether somebody was shut out by this actor since then, and let in again by another. A revocation that took another's place
 * let nobody in, although the store notes the other as ended then.
 * @throws {HoopError} STORE_FAILED
 */
export const wasLetIn = async (db: Db, subject: string, by: string, since: number): Promise<boolean> => {
  const rows = await db
    .selectFrom('revocations')
    .select(['by_subject', 'revoked_at', 'restored_at', 'restored_by'])
    .where('subject', '=', subject)
    .where((eb) => eb.or([eb('revoked_at', '>=', since), eb('restored_at', '>=', since)]))
    .execute()
  const replaced = new Set(rows.map(({ revoked_at }) => whole(revoked_at)))
  const wasOut = rows.some((row) => row.by_subject === by && whole(row.revoked_at) >= since)
  const isLetIn = ({ restored_at: at, restored_by }: (typeof rows)[number]): boolean =>
    at !== null && whole(at) >= since && restored_by !== by && !replaced.has(whole(at))
  return wasOut && rows.some(isLetIn)
}
