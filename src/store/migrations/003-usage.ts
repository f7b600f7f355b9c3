import type { Kysely } from 'kysely'

/** What each person got, by clock hour in UTC: budgets per hour and day, and the history that a day is compared with. */
export const usage = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('usage')
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('hour', 'bigint', (column) => column.notNull())
      .addColumn('rows', 'bigint', (column) => column.notNull())
      .addColumn('bytes', 'bigint', (column) => column.notNull())
      .addColumn('vectors', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('usage_by_subject', ['subject', 'hour'])
      .execute()
    await db.schema.createIndex('usage_by_hour').on('usage').column('hour').execute()
  },
}
