import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * What a statement's text stands for where it runs. Of what was approved before nobody knows as which user of the database,
 * and a comment in the text could pass for a search_path: such approvals and requests end here. Access for a while goes on.
 */
export const meaning: Migration = {
  async up(db: Kysely<unknown>) {
    const at = Date.now()
    await db.schema.alterTable('approvals').addColumn('meaning', 'text').execute()
    await db.schema.alterTable('standing_approvals').addColumn('meaning', 'text').execute()
    const known = db.withTables<{
      approvals: { state: string; policy: string | null; settled_at: number | null; why: string | null }
      standing_approvals: { revoked_at: number | null; revoked_by: string | null; expires_at: number }
    }>()
    await known
      .updateTable('approvals')
      .set({ state: 'withdrawn', settled_at: at, why: 'it is from before approvals were bound to the database user' })
      .where('policy', 'is', null)
      .where('state', 'in', ['open', 'approved'])
      .execute()
    await known
      .updateTable('standing_approvals')
      .set({ revoked_at: at, revoked_by: 'hoop:system' })
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', at)
      .execute()
  },
}
