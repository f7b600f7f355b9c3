import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Which leaf of the ledger says what: so that what has none can be found. */
export const ledger: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('ledger_leaves')
      .addColumn('leaf', 'bigint', (column) => column.primaryKey())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('target', 'text')
      .addColumn('time', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('ledger_leaves_by_target').on('ledger_leaves').columns(['target', 'kind']).execute()
    await db.schema.createIndex('ledger_leaves_by_kind').on('ledger_leaves').columns(['kind', 'leaf']).execute()
  },
}
