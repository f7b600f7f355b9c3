import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { approvalsMigration } from './migrations/approvals.js'
import { usage } from './migrations/003-usage.js'
import { people } from './migrations/004-people.js'
import { observed } from './migrations/005-observed.js'
import { revokedVotes } from './migrations/006-revoked-votes.js'
import { questions } from './migrations/008-questions.js'
import { knownNames } from './migrations/009-known-names.js'
import { serviceTokens } from './migrations/013-service-tokens.js'
import { logouts } from './migrations/017-logouts.js'
import { entry } from './migrations/020-entry.js'
import { ledger } from './migrations/021-ledger.js'
import { formerLedgers } from './migrations/022-former-ledgers.js'
import { revokedTokens } from './migrations/023-revoked-tokens.js'
import { holds } from './migrations/025-holds.js'
import { removedRecordings } from './migrations/026-removed-recordings.js'
import { meaning } from './migrations/027-meaning.js'
import { gateways } from './migrations/028-gateways.js'
import { seals } from './migrations/029-seals.js'
import { scim } from './migrations/018-scim.js'
import { standingDatabase } from './migrations/007-standing-database.js'
import { acts } from './migrations/010-acts.js'
import { access } from './migrations/012-access.js'
import { groups } from './migrations/011-groups.js'
import { presentedTokens } from './migrations/014-presented-tokens.js'
import { usedProofs } from './migrations/015-used-proofs.js'

/** Steps that a store goes through, by name in order. A step that was released never changes; a new one is added. */
export const migrations: Record<string, Migration> = {
  '001-sessions-and-grants': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('sessions')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('connection', 'text', (column) => column.notNull())
        .addColumn('grant_id', 'text', (column) => column.notNull())
        .addColumn('client_application', 'text')
        .addColumn('client_address', 'text')
        .addColumn('started_at', 'bigint', (column) => column.notNull())
        .addColumn('ended_at', 'bigint')
        .addColumn('end', 'text')
        .addColumn('reason', 'text')
        .addColumn('statements', 'bigint', (column) => column.notNull())
        .addColumn('refused', 'bigint', (column) => column.notNull())
        .addColumn('errors', 'bigint', (column) => column.notNull())
        .addColumn('rows', 'bigint', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .addColumn('masked', 'bigint', (column) => column.notNull())
        .addColumn('last_refusal', 'text')
        .addColumn('policy_hash', 'text', (column) => column.notNull())
        .addColumn('seen_clear', 'integer', (column) => column.notNull())
        .execute()
      const index = (name: string, columns: string[]) =>
        db.schema.createIndex(name).on('sessions').columns(columns).execute()
      await index('sessions_by_start', ['started_at', 'id'])
      await index('sessions_by_subject', ['subject', 'started_at', 'id'])
      await index('sessions_by_connection', ['connection', 'started_at', 'id'])
      await index('sessions_by_grant', ['grant_id'])
      await sql`create index sessions_live on sessions (started_at, id) where ended_at is null`.execute(db)

      await db.schema
        .createTable('grants')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('chain', 'text', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('connection', 'text', (column) => column.notNull())
        .addColumn('jkt', 'text', (column) => column.notNull())
        .addColumn('issued_at', 'bigint', (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .addColumn('revoked_at', 'bigint')
        .execute()
      await db.schema.createIndex('grants_by_chain').on('grants').column('chain').execute()
      await db.schema.createIndex('grants_by_subject').on('grants').column('subject').execute()

      await db.schema
        .createTable('meta')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('value', 'text', (column) => column.notNull())
        .execute()
    },
  },
  '002-approvals': approvalsMigration,
  '003-usage': usage,
  '004-people': people,
  '005-observed': observed,
  '006-revoked-votes': revokedVotes,
  '007-standing-database': standingDatabase,
  '008-questions': questions,
  '009-known-names': knownNames,
  '010-acts': acts,
  '011-groups': groups,
  '012-access': access,
  '013-service-tokens': serviceTokens,
  '014-presented-tokens': presentedTokens,
  '015-used-proofs': usedProofs,
  '017-logouts': logouts,
  '018-scim': scim,
  '020-entry': entry,
  '021-ledger': ledger,
  '022-former-ledgers': formerLedgers,
  '023-revoked-tokens': revokedTokens,
  '025-holds': holds,
  '026-removed-recordings': removedRecordings,
  '027-meaning': meaning,
  '028-gateways': gateways,
  '029-seals': seals,
}
