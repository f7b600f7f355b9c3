import type { ColumnType, Generated } from 'kysely'
import type { SessionEnd } from '../lib/api.js'
import type { ActName } from '../lib/api/acts.js'
import type { ApprovalsTable, ApprovalVotesTable, StandingApprovalsTable } from './approvals/tables.js'
import type { HoldsTable } from './hold-table.js'
import type { LogoutsTable, LogoutTokensTable } from './people/logout-tables.js'
import type { ScimGroupsTable, ScimMembersTable, ScimUsersTable } from './scim/tables.js'
import type { MaybeWhole, Whole } from './whole.js'

/** The gateway's state. Times are milliseconds since 1970 in UTC, truth values 0 and 1. */
export interface Tables {
  sessions: SessionsTable
  grants: GrantsTable
  meta: MetaTable
  approvals: ApprovalsTable
  approval_votes: ApprovalVotesTable
  standing_approvals: StandingApprovalsTable
  usage: UsageTable
  questions: QuestionsTable
  people: PeopleTable
  revocations: RevocationsTable
  known_names: KnownNamesTable
  logouts: LogoutsTable
  scim_users: ScimUsersTable
  scim_groups: ScimGroupsTable
  scim_members: ScimMembersTable
  logout_tokens: LogoutTokensTable
  acts: ActsTable
  act_seals: ActSealsTable
  service_tokens: ServiceTokensTable
  access_entries: AccessEntriesTable
  presented_tokens: PresentedTokensTable
  used_proofs: UsedProofsTable
  ledger_leaves: LedgerLeavesTable
  former_ledger_leaves: LedgerLeavesTable & { origin: string }
  holds: HoldsTable
}

export interface SessionsTable {
  id: string
  subject: string
  name: string
  connection: string
  grant_id: string
  client_application: string | null
  client_address: string | null
  started_at: Whole
  ended_at: ColumnType<number | bigint | string | null, number | null, number | null>
  end: SessionEnd | null
  reason: string | null
  /** Who ended it, by subject and name, where somebody did. */
  ended_by: string | null
  ended_by_name: string | null
  statements: Whole
  refused: Whole
  errors: Whole
  rows: Whole
  bytes: Whole
  masked: Whole
  observed: Whole
  last_refusal: string | null
  policy_hash: string
  seen_clear: Whole
  /** Of a service token's session: whose token it is, by subject and name. */
  owner: string | null
  owner_name: string | null
  /** Its recording is gone as it should be: which way, and when. */
  removed: ColumnType<RemovedHow | null, RemovedHow | null | undefined, RemovedHow | null>
  removed_at: ColumnType<number | bigint | string | null, number | null | undefined, number | null>
  /** By which what the ledger is told of its beginning and its end is known to be the gateway's own. */
  start_seal: ColumnType<string | null, string | null | undefined, string | null>
  end_seal: ColumnType<string | null, string | null | undefined, string | null>
}

/** As the leaf is called that says so. */
export type RemovedHow = 'retired' | 'erased'

/** Grants as issued. The signed token itself is never kept. */
export interface GrantsTable {
  id: string
  chain: string
  subject: string
  connection: string
  /** Thumbprint of the key that the grant is bound to. */
  jkt: string
  issued_at: Whole
  expires_at: Whole
  /** When it was revoked, or null. */
  revoked_at: Generated<number | null>
  /** The session at the identity provider that it came from, or null. */
  sid: ColumnType<string | null, string | null | undefined, string | null>
  /** When that login was made or last refreshed, by the provider's clock, or null. */
  login_at: ColumnType<number | bigint | string | null, number | null | undefined, number | null>
}

/** What a person got within one clock hour. */
export interface QuestionsTable {
  subject: string
  /** Start of the day. */
  day: Whole
  kind: string
  key: string
  count: Whole
}

export interface UsageTable {
  subject: string
  /** Start of the hour. */
  hour: Whole
  rows: Whole
  bytes: Whole
  vectors: Whole
}

/** Everybody who has logged in, by subject. */
export interface PeopleTable {
  subject: string
  name: string
  email: string | null
  first_seen: Whole
  last_seen: Whole
  /** JSON: the groups that the provider named last, and when it did; null for who wasn't seen since this is kept. */
  groups: string | null
  groups_at: MaybeWhole
  /** JSON: since when the provider names each of them, without a break. */
  groups_since: string | null
}

/** Since when entries of connections let people in. */
export interface AccessEntriesTable {
  key: string
  since: Whole
}

/** What was done to people's access. Rows are only added. */
export interface ActsTable {
  number: Generated<number | bigint>
  time: Whole
  act: ActName
  by_subject: string
  by_name: string
  target: string
  /** Whom it concerns. */
  subject: string | null
  reason: string | null
  /** JSON. */
  before: string | null
  after: string | null
}

/** Apart from the acts: an act's number, which it seals too, is known when it is there. */
interface ActSealsTable {
  number: Whole
  seal: string
}

/** Who was shut out, and let in again. Rows are kept: they are the history. */
export interface RevocationsTable {
  id: string
  subject: string
  by_subject: string
  by_name: string
  reason: string
  revoked_at: Whole
  /** When it ends by itself, or null. */
  until: ColumnType<number | bigint | string | null, number | null, number | null>
  /** When and by whom it was taken back, or null. */
  restored_at: ColumnType<number | bigint | string | null, number | null, number | null>
  restored_by: string | null
  /** Tokens that were issued until then are no good even when it is taken back; null: until `revoked_at`. */
  issued_until: ColumnType<number | bigint | string | null, number | null, number | null>
}

/** What names of policies mean, by OID. */
export interface KnownNamesTable {
  /** Address and name of the database. */
  database: string
  /** See `Reading.identity`. */
  identity: string
  relation: Whole
  /** Of a column; 0 for the relation itself. */
  attribute: Whole
  /** As the policy has it. */
  entry: string
  /** What it was called when it was last seen. */
  name: string
}

/** Tokens for programs. Of a secret only the hash is kept. */
export interface ServiceTokensTable {
  id: string
  name: string
  owner: string
  owner_name: string
  /** JSON: connections, and the policy for each. */
  scope: string
  /** JSON: addresses and networks that it may be used from. */
  networks: string
  /** Thumbprint of the key that it is bound to, or null. */
  jkt: string | null
  /** SHA-256 of the whole token, in hexadecimal digits. */
  hash: string
  /** Which of its secrets that is, from 1. */
  secret: Whole
  /** The secret before, and until when it is good, or null. */
  old_hash: string | null
  old_until: MaybeWhole
  created_at: Whole
  created_by: string
  created_by_name: string
  expires_at: Whole
  rotated_at: MaybeWhole
  /** To the minute. */
  used_at: MaybeWhole
  used_from: string | null
  revoked_at: MaybeWhole
  revoked_by: string | null
  revoked_by_name: string | null
  revoked_reason: string | null
}

/** Tokens of identity providers, by hash: whose they are until they expire. */
interface PresentedTokensTable {
  hash: string
  /** Thumbprint of the key that presented it first. */
  jkt: string
  expires_at: Whole
}

interface UsedProofsTable {
  hash: string
  expires_at: Whole
}

/** Leaves of the ledger, by their place in it. */
interface LedgerLeavesTable {
  leaf: Whole
  kind: string
  target: string | null
  time: Whole
}

interface MetaTable {
  key: string
  value: string
}
