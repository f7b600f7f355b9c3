import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** A standing approval is for one database of its connection; those from before hold for any, until they expire. */
export const standingDatabase: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('standing_approvals').addColumn('database', 'text').execute()
  },
}
