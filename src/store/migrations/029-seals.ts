import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** By which a row that is to be entered in the ledger can be told from one that somebody has put into the store. */
export const seals: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('act_seals')
      .addColumn('number', 'integer', (column) => column.primaryKey())
      .addColumn('seal', 'text', (column) => column.notNull())
      .execute()
    await db.schema.alterTable('sessions').addColumn('start_seal', 'text').execute()
    await db.schema.alterTable('sessions').addColumn('end_seal', 'text').execute()
  },
}
