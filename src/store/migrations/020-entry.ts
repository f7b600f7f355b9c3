import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** By which entry of a connection access was asked for: it is good under that entry and no other. */
export const entry: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('approvals').addColumn('entry', 'text').execute()
  },
}
