import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Administrators' acts. The database itself refuses to change or remove one. */
export const acts: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('acts')
      .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('time', 'bigint', (column) => column.notNull())
      .addColumn('act', 'text', (column) => column.notNull())
      .addColumn('by_subject', 'text', (column) => column.notNull())
      .addColumn('by_name', 'text', (column) => column.notNull())
      .addColumn('target', 'text', (column) => column.notNull())
      .addColumn('subject', 'text')
      .addColumn('reason', 'text')
      .addColumn('before', 'text')
      .addColumn('after', 'text')
      .execute()
    await db.schema.createIndex('acts_by_time').on('acts').column('time').execute()
    for (const change of ['update', 'delete'] as const)
      await sql
        .raw(
          `create trigger acts_no_${change} before ${change} on acts begin select raise(abort, 'acts are only added'); end`,
        )
        .execute(db)
  },
}
