import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Leaves of ledgers that this store was with before: who begins another keeps what the store knew of the one before. */
export const formerLedgers: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('former_ledger_leaves')
      .addColumn('origin', 'text', (column) => column.notNull())
      .addColumn('leaf', 'bigint', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('target', 'text')
      .addColumn('time', 'bigint', (column) => column.notNull())
      .execute()
  },
}
