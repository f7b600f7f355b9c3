import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The groups that the provider named last, and when it did: null for who wasn't seen since this step. */
export const groups: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('people').addColumn('groups', 'text').execute()
    await db.schema.alterTable('people').addColumn('groups_at', 'bigint').execute()
  },
}
