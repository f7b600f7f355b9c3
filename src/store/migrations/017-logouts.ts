import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Which login a grant came from, who was logged out at the identity provider, and the tokens that said so. */
export const logouts: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('grants').addColumn('sid', 'text').execute()
    await db.schema.alterTable('grants').addColumn('login_at', 'bigint').execute()
    await db.schema.createIndex('grants_by_sid').on('grants').column('sid').execute()
    await db.schema
      .createTable('logouts')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addColumn('subject', 'text')
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('logouts_by_value', ['kind', 'value'])
      .execute()
    await db.schema.createIndex('logouts_by_time').on('logouts').column('at').execute()
    await db.schema
      .createTable('logout_tokens')
      .addColumn('jti', 'text', (column) => column.primaryKey())
      .addColumn('until', 'bigint', (column) => column.notNull())
      .execute()
  },
}
