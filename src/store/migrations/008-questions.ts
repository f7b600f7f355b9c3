import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What each person asked about masked values, by day in UTC: distinct vectors and guesses, and how many rows were found. */
export const questions: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('questions')
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('day', 'bigint', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('count', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('questions_by_subject', ['subject', 'day', 'kind', 'key'])
      .execute()
    await db.schema.createIndex('questions_by_day').on('questions').column('day').execute()
  },
}
