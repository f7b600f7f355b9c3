import type { Kysely, Transaction } from 'kysely'
import { folded } from '../folded.js'
import type { Tables } from '../schema.js'
import { whole } from '../whole.js'

/** A group as the directory has it. Times are milliseconds since 1970. */
export interface ScimGroup {
  readonly id: string
  readonly displayName: string
  readonly externalId?: string
  /** Ids of users. */
  readonly members: readonly string[]
  readonly createdAt: number
  readonly changedAt: number
}

type Db = Kysely<Tables> | Transaction<Tables>

/** Parameters of one statement: SQLite takes 32766. */
const batch = 1000

/** Oldest first, with their members. @param by narrows the search, names without case @throws {HoopError} STORE_FAILED */
export const scimGroups = async (
  db: Db,
  by: { readonly id?: string; readonly displayName?: string | undefined } = {},
): Promise<ScimGroup[]> => {
  const { id, displayName: name } = by
  let query = db.selectFrom('scim_groups').selectAll().orderBy('created_at').orderBy('id')
  if (id !== undefined) query = query.where('id', '=', id)
  if (name !== undefined) query = query.where((eb) => eb(eb.fn<string>('lower', ['display_name']), '=', folded(name)))
  const rows = await query.execute()
  let memberships = db.selectFrom('scim_members').selectAll().orderBy('user_id')
  if (rows.length === 1) memberships = memberships.where('group_id', '=', rows[0]!.id)
  const members = rows.length === 0 ? [] : await memberships.execute()
  const byGroup = Map.groupBy(members, ({ group_id }) => group_id)
  return rows.map((row) => ({
    ...{ id: row.id, displayName: row.display_name },
    ...(row.external_id !== null && { externalId: row.external_id }),
    members: (byGroup.get(row.id) ?? []).map(({ user_id }) => user_id),
    ...{ createdAt: whole(row.created_at), changedAt: whole(row.changed_at) },
  }))
}

/** Enters or replaces a group with its members. @throws {HoopError} STORE_FAILED */
export const putScimGroup = async (db: Db, group: ScimGroup): Promise<void> => {
  const { id, createdAt } = group
  const row = { display_name: group.displayName, external_id: group.externalId ?? null, changed_at: group.changedAt }
  await db
    .insertInto('scim_groups')
    .values({ id, created_at: createdAt, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
  await db.deleteFrom('scim_members').where('group_id', '=', id).execute()
  for (let at = 0; at < group.members.length; at += batch)
    await db
      .insertInto('scim_members')
      .values(group.members.slice(at, at + batch).map((user_id) => ({ group_id: id, user_id })))
      .execute()
}

/** @throws {HoopError} STORE_FAILED */
export const removeScimGroup = async (db: Db, id: string): Promise<void> => {
  await db.deleteFrom('scim_members').where('group_id', '=', id).execute()
  await db.deleteFrom('scim_groups').where('id', '=', id).execute()
}
