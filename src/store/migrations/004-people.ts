import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Who has been seen, who was shut out, and who ended a session. */
export const people: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('people')
      .addColumn('subject', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('email', 'text')
      .addColumn('first_seen', 'bigint', (column) => column.notNull())
      .addColumn('last_seen', 'bigint', (column) => column.notNull())
      .execute()
    // Who had sessions before this table was there is known from them.
    await sql`insert into people (subject, name, first_seen, last_seen)
      select subject, max(name), min(started_at), max(started_at) from sessions group by subject`.execute(db)

    await db.schema
      .createTable('revocations')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('by_subject', 'text', (column) => column.notNull())
      .addColumn('by_name', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('revoked_at', 'bigint', (column) => column.notNull())
      .addColumn('until', 'bigint')
      .addColumn('restored_at', 'bigint')
      .addColumn('restored_by', 'text')
      .execute()
    await db.schema.createIndex('revocations_by_subject').on('revocations').column('subject').execute()

    await db.schema.alterTable('sessions').addColumn('ended_by', 'text').execute()
    await db.schema.alterTable('sessions').addColumn('ended_by_name', 'text').execute()
  },
}
