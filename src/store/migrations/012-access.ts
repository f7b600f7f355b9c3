import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Since when people have their groups, and connections the entries that let people in. Requests for access are kept with
 * those for statements, with the policy that they are for; and who has to approve, where it takes members of several.
 */
export const access: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('people').addColumn('groups_since', 'text').execute()
    await db.schema.alterTable('approvals').addColumn('policy', 'text').execute()
    await db.schema.alterTable('approvals').addColumn('approvers', 'text').execute()
    await db.schema
      .createTable('access_entries')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('since', 'bigint', (column) => column.notNull())
      .execute()
  },
}
