import type { ApprovalMode, ApprovalState } from '../../lib/api/approvals.js'
import type { MaybeWhole, Whole } from '../whole.js'

/** Requests for approval. Texts are bounded by whoever writes them. */
export interface ApprovalsTable {
  id: string
  /** SHA-256 of what the approval is bound to: person, connection, statement, parameters, policy. */
  key: string
  subject: string
  name: string
  connection: string
  database: string
  session: string
  policy_hash: string
  rule: string
  message: string | null
  /** JSON: groups whose members may decide. */
  groups: string
  /** How many of them have to approve. */
  needed: Whole
  /** JSON, where it takes so many of several: `groups` and `needed` are of all together then. */
  approvers: string | null
  /** The policy that a request for access is for; null for one of a statement. */
  policy: string | null
  /** What the entry that it was asked by is known by; null for a statement, and in those from before there was one. */
  entry: string | null
  mode: ApprovalMode
  state: ApprovalState
  text: string
  /** JSON, values cut. */
  parameters: string
  reason: string | null
  /** Milliseconds that it waits, and once approved may be used. */
  life: Whole
  created_at: Whole
  expires_at: Whole
  settled_at: MaybeWhole
  /** Why it was withdrawn. */
  why: string | null
  /** Subject of whose service token asks, where one does. */
  owner: string | null
  /** JSON: what the text stands for; null for access, and in those from before it was kept. */
  meaning: string | null
}

export interface ApprovalVotesTable {
  approval: string
  subject: string
  name: string
  vote: 'approve' | 'deny'
  reason: string | null
  at: Whole
  /** Since then whoever gave it is shut out, and it counts no more. */
  revoked_at: MaybeWhole
}

export interface StandingApprovalsTable {
  id: string
  subject: string
  name: string
  connection: string
  /** Absent in those from before there was one. */
  database: string | null
  text: string
  /** SHA-256 of the text and what it stands for; of the text alone in those from before that was kept. */
  text_hash: string
  /** JSON: what the text stands for; null in those from before it was kept, which cover nothing. */
  meaning: string | null
  by_subject: string
  by_name: string
  /** JSON: the groups of whoever made it, as they were then. */
  by_groups: string
  reason: string
  created_at: Whole
  expires_at: Whole
  revoked_at: MaybeWhole
  revoked_by: string | null
}
