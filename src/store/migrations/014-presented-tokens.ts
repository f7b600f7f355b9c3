import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Tokens of identity providers that were presented, by hash, with the key that presented them first. */
export const presentedTokens: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('presented_tokens')
      .addColumn('hash', 'text', (column) => column.primaryKey())
      .addColumn('jkt', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('presented_tokens_by_end').on('presented_tokens').column('expires_at').execute()
  },
}
