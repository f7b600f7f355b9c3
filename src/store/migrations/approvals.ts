import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Requests for approval, who decided on them, and approvals that stand for a while. */
export const approvalsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('approvals')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('connection', 'text', (column) => column.notNull())
      .addColumn('database', 'text', (column) => column.notNull())
      .addColumn('session', 'text', (column) => column.notNull())
      .addColumn('policy_hash', 'text', (column) => column.notNull())
      .addColumn('rule', 'text', (column) => column.notNull())
      .addColumn('message', 'text')
      .addColumn('groups', 'text', (column) => column.notNull())
      .addColumn('needed', 'integer', (column) => column.notNull())
      .addColumn('mode', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('parameters', 'text', (column) => column.notNull())
      .addColumn('reason', 'text')
      .addColumn('life', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('settled_at', 'bigint')
      .addColumn('why', 'text')
      .execute()
    await db.schema.createIndex('approvals_by_time').on('approvals').columns(['created_at', 'id']).execute()
    await db.schema.createIndex('approvals_by_state').on('approvals').columns(['state', 'expires_at']).execute()
    await db.schema.createIndex('approvals_by_key').on('approvals').columns(['key', 'state']).execute()

    await db.schema
      .createTable('approval_votes')
      .addColumn('approval', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('vote', 'text', (column) => column.notNull())
      .addColumn('reason', 'text')
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('approval_votes_key', ['approval', 'subject'])
      .execute()

    await db.schema
      .createTable('standing_approvals')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('connection', 'text', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('text_hash', 'text', (column) => column.notNull())
      .addColumn('by_subject', 'text', (column) => column.notNull())
      .addColumn('by_name', 'text', (column) => column.notNull())
      .addColumn('by_groups', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('revoked_at', 'bigint')
      .addColumn('revoked_by', 'text')
      .execute()
    await db.schema
      .createIndex('standing_by_statement')
      .on('standing_approvals')
      .columns(['subject', 'connection', 'text_hash'])
      .execute()
  },
}
