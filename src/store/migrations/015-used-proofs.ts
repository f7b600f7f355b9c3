import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Proofs of possession that were used, by hash, for as long as they could be accepted. */
export const usedProofs: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('used_proofs')
      .addColumn('hash', 'text', (column) => column.primaryKey())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('used_proofs_by_end').on('used_proofs').column('expires_at').execute()
  },
}
