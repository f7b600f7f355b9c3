import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Up to when the provider had issued tokens that a revocation ended, where that is later than it by the provider's clock. */
export const revokedTokens: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('revocations').addColumn('issued_until', 'bigint').execute()
  },
}
