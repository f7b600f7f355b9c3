import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Tokens for programs, and whose they are where something was done by one. */
export const serviceTokens: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('service_tokens')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('owner_name', 'text', (column) => column.notNull())
      .addColumn('scope', 'text', (column) => column.notNull())
      .addColumn('networks', 'text', (column) => column.notNull())
      .addColumn('jkt', 'text')
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('secret', 'integer', (column) => column.notNull())
      .addColumn('old_hash', 'text')
      .addColumn('old_until', 'bigint')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('created_by', 'text', (column) => column.notNull())
      .addColumn('created_by_name', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('rotated_at', 'bigint')
      .addColumn('used_at', 'bigint')
      .addColumn('used_from', 'text')
      .addColumn('revoked_at', 'bigint')
      .addColumn('revoked_by', 'text')
      .addColumn('revoked_by_name', 'text')
      .addColumn('revoked_reason', 'text')
      .execute()
    await db.schema.createIndex('service_tokens_by_owner').on('service_tokens').columns(['owner', 'name']).execute()

    await db.schema.alterTable('sessions').addColumn('owner', 'text').execute()
    await db.schema.alterTable('sessions').addColumn('owner_name', 'text').execute()
    await db.schema.createIndex('sessions_by_owner').on('sessions').columns(['owner', 'started_at', 'id']).execute()
    await db.schema.alterTable('approvals').addColumn('owner', 'text').execute()
  },
}
