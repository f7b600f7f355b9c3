import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Legal holds. Who placed and released them stands in the acts too, and so in the ledger. */
export const holds: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('holds')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('by_subject', 'text', (column) => column.notNull())
      .addColumn('by_name', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('placed_at', 'bigint', (column) => column.notNull())
      .addColumn('person', 'text')
      .addColumn('person_name', 'text')
      .addColumn('session', 'text')
      .addColumn('since', 'bigint')
      .addColumn('until', 'bigint')
      .addColumn('released_at', 'bigint')
      .addColumn('released_by', 'text')
      .addColumn('released_by_name', 'text')
      .addColumn('released_reason', 'text')
      .execute()
  },
}
