import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Gateways that have had the store, and until when each was seen: on a server one has to know that the last has ended. */
export const gateways: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('gateways')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('place', 'text', (column) => column.notNull())
      .addColumn('started_at', 'bigint', (column) => column.notNull())
      .addColumn('seen_at', 'bigint', (column) => column.notNull())
      .addColumn('ended_at', 'bigint')
      .execute()
  },
}
