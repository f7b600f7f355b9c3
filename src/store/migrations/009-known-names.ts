import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What names of policies mean in the databases, by OID: it holds when an object is called otherwise. */
export const knownNames: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('known_names')
      .addColumn('database', 'text', (column) => column.notNull())
      .addColumn('identity', 'text', (column) => column.notNull())
      .addColumn('relation', 'bigint', (column) => column.notNull())
      .addColumn('attribute', 'integer', (column) => column.notNull())
      .addColumn('entry', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('known_names_key', ['database', 'identity', 'relation', 'attribute', 'entry'])
      .execute()
  },
}
