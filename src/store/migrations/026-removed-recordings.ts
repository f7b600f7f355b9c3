import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Sessions whose recording is gone as it should be: which way, and when. */
export const removedRecordings: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('sessions').addColumn('removed', 'text').execute()
    await db.schema.alterTable('sessions').addColumn('removed_at', 'bigint').execute()
    await sql`create index sessions_kept on sessions (started_at, id)
      where removed is null and ended_at is not null`.execute(db)
  },
}
