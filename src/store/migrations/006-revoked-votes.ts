import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Votes of people who were shut out stay to be seen, and count no more. */
export const revokedVotes: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('approval_votes').addColumn('revoked_at', 'bigint').execute()
  },
}
