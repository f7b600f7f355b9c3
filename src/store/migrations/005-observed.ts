import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Statements to which rules would have done something, were their policy in force. */
export const observed: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('sessions')
      .addColumn('observed', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute()
  },
}
