import type { Insertable, Selectable } from 'kysely'
import type { Approval, ApprovalVote, StatementMeaning } from '../../lib/api/approvals.js'
import type { Parameter } from '../../lib/api/parameter.js'
import type { ApprovalsTable, ApprovalVotesTable } from './tables.js'
import { isoTime, whole } from '../whole.js'

/** A request as it is kept: what everybody may see of it, what it is bound to, and how long it lives in milliseconds. */
export interface ApprovalRecord extends Omit<Approval, 'mayDecide'> {
  readonly key: string
  readonly life: number
  /** Of a request for access: what the entry that it was asked by is known by. */
  readonly entry?: string
}

export const approvalRow = (record: ApprovalRecord): Insertable<ApprovalsTable> => ({
  id: record.id,
  key: record.key,
  subject: record.subject,
  name: record.name,
  connection: record.connection,
  database: record.database,
  session: record.session,
  policy_hash: record.policyHash,
  rule: record.rule,
  message: record.message ?? null,
  groups: JSON.stringify(record.groups),
  needed: record.needed,
  approvers: record.approvers ? JSON.stringify(record.approvers) : null,
  policy: record.access?.policy ?? null,
  entry: record.entry ?? null,
  mode: record.mode,
  state: record.state,
  text: record.text,
  parameters: JSON.stringify(record.parameters),
  reason: record.reason ?? null,
  life: record.life,
  created_at: Date.parse(record.createdAt),
  expires_at: Date.parse(record.expiresAt),
  settled_at: record.settledAt === undefined ? null : Date.parse(record.settledAt),
  why: record.why ?? null,
  owner: record.owner ?? null,
  meaning: record.meaning ? JSON.stringify(record.meaning) : null,
})

const voteOf = (row: Selectable<ApprovalVotesTable>): ApprovalVote => ({
  subject: row.subject,
  name: row.name,
  vote: row.vote,
  ...(row.reason !== null && { reason: row.reason }),
  at: isoTime(row.at),
  ...(row.revoked_at !== null && { revokedAt: isoTime(row.revoked_at) }),
})

export const approvalOf = (
  row: Selectable<ApprovalsTable>,
  votes: readonly Selectable<ApprovalVotesTable>[],
): ApprovalRecord => ({
  id: row.id,
  key: row.key,
  subject: row.subject,
  name: row.name,
  connection: row.connection,
  database: row.database,
  session: row.session,
  policyHash: row.policy_hash,
  rule: row.rule,
  ...(row.message !== null && { message: row.message }),
  groups: JSON.parse(row.groups) as string[],
  needed: whole(row.needed),
  ...(row.approvers !== null && { approvers: JSON.parse(row.approvers) as NonNullable<Approval['approvers']> }),
  mode: row.mode,
  state: row.state,
  ...(row.policy !== null && { access: { policy: row.policy, for: whole(row.life) } }),
  ...(row.entry !== null && { entry: row.entry }),
  text: row.text,
  ...(row.meaning !== null && { meaning: JSON.parse(row.meaning) as StatementMeaning }),
  parameters: JSON.parse(row.parameters) as Parameter[],
  ...(row.reason !== null && { reason: row.reason }),
  life: whole(row.life),
  createdAt: isoTime(row.created_at),
  expiresAt: isoTime(row.expires_at),
  ...(row.settled_at !== null && { settledAt: isoTime(row.settled_at) }),
  ...(row.why !== null && { why: row.why }),
  ...(row.owner !== null && { owner: row.owner }),
  votes: votes.filter(({ approval }) => approval === row.id).map(voteOf),
})
