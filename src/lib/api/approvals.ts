import type { Parameter } from './parameter.js'

/** How a statement waits: its session is held, or it is refused and may be run again once approved. */
export type ApprovalMode = 'wait' | 'retry'

/**
 * `approved` may be used until it expires; `used` has run; `break-glass` ran without having been asked for.
 */
export type ApprovalState = 'open' | 'approved' | 'used' | 'denied' | 'expired' | 'withdrawn' | 'break-glass'

/**
 * What a statement's text stands for where it runs, and nothing in that text can say: kept and shown apart from it, so that
 * no comment of a client's passes for it.
 */
export interface StatementMeaning {
  /** User of the database. */
  readonly user: string
  /** As which the session goes on behind the login, where that is another. */
  readonly role?: string
  /** Where it is not the usual one, or the login or role may have one of its own. */
  readonly searchPath?: string
  /** Texts that it runs by a name. */
  readonly named?: readonly string[]
}

/**
 * `GET /v1/approvals?state&kind&connection&person&limit&wait&version` → `{ approvals, version }`: newest first, those that you
 * asked for, may decide on, or may see as an auditor. With `version` of an earlier answer and `wait` in seconds, the
 * answer comes when something has changed, or the time is over.
 */
export interface Approval {
  readonly id: string
  readonly state: ApprovalState
  readonly mode: ApprovalMode
  readonly subject: string
  readonly name: string
  /** Subject of whose service token asks, where one does. */
  readonly owner?: string
  readonly connection: string
  readonly database: string
  readonly session: string
  readonly policyHash: string
  readonly rule: string
  readonly message?: string
  /** Groups whose members may decide, and how many of them it takes. */
  readonly groups: readonly string[]
  readonly needed: number
  /** Where it takes so many of each: `groups` and `needed` are of all together then. */
  readonly approvers?: readonly { readonly groups: readonly string[]; readonly count: number }[]
  /** Of a request for access: the policy, and for how many milliseconds from the approval on. */
  readonly access?: { readonly policy: string; readonly for: number }
  readonly text: string
  /** Absent for access, and in those from before it was kept. */
  readonly meaning?: StatementMeaning
  readonly parameters: readonly Parameter[]
  /** Why the requester asks, as given with the grant. */
  readonly reason?: string
  readonly createdAt: string
  readonly expiresAt: string
  readonly settledAt?: string
  /** Why it was withdrawn. */
  readonly why?: string
  readonly votes: readonly ApprovalVote[]
  /** Whether whoever asks may decide on it now. */
  readonly mayDecide: boolean
}

export interface ApprovalVote {
  readonly subject: string
  readonly name: string
  readonly vote: 'approve' | 'deny'
  readonly reason?: string
  readonly at: string
  /** Whoever gave it was shut out then: it counts no more. */
  readonly revokedAt?: string
}

/** The votes that count. */
export const valid = (votes: readonly ApprovalVote[]): ApprovalVote[] =>
  votes.filter(({ revokedAt }) => revokedAt === undefined)

/** `POST /v1/approvals/:id/approve` and `…/deny` → the Approval. A denial needs a reason. */
export interface ApprovalDecision {
  readonly reason?: string
}

/** `GET /v1/standing-approvals?all` → `{ standing }`; `DELETE /v1/standing-approvals/:id`. */
export interface StandingApproval {
  readonly id: string
  readonly subject: string
  readonly name: string
  readonly connection: string
  readonly database?: string
  readonly text: string
  /** Absent in those from before it was kept, which count no more. */
  readonly meaning?: StatementMeaning
  readonly by: { readonly subject: string; readonly name: string }
  readonly reason: string
  readonly createdAt: string
  readonly expiresAt: string
  readonly revokedAt?: string
  readonly revokedBy?: string
}

/** `POST /v1/standing-approvals` → 201 and the StandingApproval. With `from`, person, connection and text are a request's. */
export interface StandingApprovalRequest {
  readonly from?: string
  /** Subject, or a name that only one person has been seen under. */
  readonly person?: string
  readonly connection?: string
  /** By default the request's, or the connection's first. */
  readonly database?: string
  /** By default the request's. One that no request was made with is for the connection's own login and search_path, without a role. */
  readonly text?: string
  readonly until: string
  readonly reason: string
}
