import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** People and groups that a directory provisions by SCIM. */
export const scim: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('scim_users')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_name', 'text', (column) => column.notNull())
      .addColumn('external_id', 'text')
      .addColumn('email', 'text')
      .addColumn('active', 'integer', (column) => column.notNull())
      .addColumn('resource', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('changed_at', 'bigint', (column) => column.notNull())
      .addColumn('deactivated_at', 'bigint')
      .addColumn('deleted_at', 'bigint')
      .execute()
    // Names are compared without case (RFC 7643, section 4.1.1); whoever was deleted gives theirs back.
    await sql`create unique index scim_users_by_name on scim_users (lower(user_name)) where deleted_at is null`.execute(
      db,
    )
    await db.schema.createIndex('scim_users_by_external_id').on('scim_users').column('external_id').execute()
    await db.schema
      .createTable('scim_groups')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('display_name', 'text', (column) => column.notNull())
      .addColumn('external_id', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('changed_at', 'bigint', (column) => column.notNull())
      .execute()
    await sql`create unique index scim_groups_by_name on scim_groups (lower(display_name))`.execute(db)
    await db.schema
      .createTable('scim_members')
      .addColumn('group_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('scim_members_by_group', ['group_id', 'user_id'])
      .execute()
    await db.schema.createIndex('scim_members_by_user').on('scim_members').column('user_id').execute()
  },
}
