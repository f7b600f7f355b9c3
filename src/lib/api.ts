import type { Actor } from './api/actor.js'

export type { Actor }
export type * from './api/ending.js'

/**
 * The shapes of the gateway's HTTP API, as both ends see them. Paths and statuses are in the OpenAPI document at
 * `/v1/openapi.json`. Times are ISO 8601 in UTC; sizes are bytes; durations milliseconds.
 *
 * Every request but `GET /v1/gateway` carries `Authorization: DPoP <token>` and `DPoP: <proof>` (RFC 9449), where the
 * token is an OIDC ID token of the configured issuer, a service token (api/service-tokens.ts), a workload's token of
 * `POST /v1/token` or, for a stream, a grant.
 */

/** `GET /v1/gateway`: what a client needs before it has logged in. */
export interface GatewayInfo {
  readonly version: string
  /** Protocol of streams; a client that doesn't know it must stop. */
  readonly tunnel: 'hoop-pg/1'
  readonly issuer: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** The gateway's clock, for a warning about skew. */
  readonly time: string
}

/** `GET /v1/me` */
export interface Me {
  readonly subject: string
  readonly name: string
  readonly email?: string
  readonly groups: readonly string[]
  readonly roles: readonly ('admin' | 'auditor')[]
  /** Of a service token: whose it is, and until when it is good. */
  readonly token?: { readonly owner: Actor; readonly expiresAt: string }
  /** Of a workload: the trust that takes it, and the claims by which it fitted. */
  readonly workload?: { readonly trust: string; readonly claims: Readonly<Record<string, string>> }
}

/** `GET /v1/connections` → `{ connections: ConnectionInfo[] }`: what this person may use, and on what terms. */
export interface ConnectionInfo {
  readonly name: string
  readonly description?: string
  readonly policy: string
  /** The database that a defaulted name means. */
  readonly database: string
  readonly databases: readonly string[]
  /** One line each, for people: `public.customers.email as email`. */
  readonly masks: readonly string[]
  readonly rules: readonly string[]
  /** Whether this person sees masked columns in the clear. */
  readonly clear: boolean
  /** Why sessions are refused for now, by database; absent where they aren't. */
  readonly unavailable?: readonly Unavailable[]
}

export interface Unavailable {
  readonly database: string
  readonly code: string
  /** For people: no more than what a refused session is told. */
  readonly reason: string
}

/** `GET /v1/quarantine` → `{ connections: QuarantinedConnection[] }`, for admins and auditors. */
export interface QuarantinedConnection {
  readonly connection: string
  readonly since: string
  readonly troubles: readonly ConnectionTrouble[]
}

/** What is in the way, in an operator's words. */
export interface ConnectionTrouble {
  readonly database: string
  /** Only who gets this policy is refused. */
  readonly policy?: string
  /** Only who logs in to the database as this user, by an entry's own login, is refused. */
  readonly login?: string
  readonly code: string
  readonly message: string
  readonly hint: string
}

/** `POST /v1/grants` body. */
export interface GrantRequest {
  readonly connection: string
  readonly reason?: string
  /** An emergency: what needs an approval runs without, is recorded so, and alerts. Needs a reason, and a policy that allows it. */
  readonly breakGlass?: boolean
  /** Renewal: the grant token that this one continues. Its sessions go on under the new expiry. */
  readonly renews?: string
}

/** `POST /v1/grants` answer, 201. */
export interface GrantAnswer {
  readonly grant: string
  readonly id: string
  readonly expiresAt: string
  readonly connection: ConnectionInfo
  readonly subject: string
}

/** `GET /v1/sessions?person&connection&since&until&text&live&grant&limit&cursor` → `{ sessions, cursor? }`; `GET /v1/sessions/:id` → one. */
export interface SessionSummary {
  readonly id: string
  readonly subject: string
  readonly name: string
  /** Of a service token's session: whose token it is. */
  readonly owner?: Actor
  readonly connection: string
  readonly grantId: string
  readonly clientApplication?: string
  readonly clientAddress?: string
  readonly startedAt: string
  readonly endedAt?: string
  /** closed | aborted | killed | lapsed | failed, or absent while live. */
  readonly end?: SessionEnd
  readonly reason?: string
  /** Who ended it, where somebody did. */
  readonly endedBy?: Actor
  readonly counters: SessionCounters
  readonly policyHash: string
  readonly seenClear: boolean
  /** In a list: the beginning of its first statement on a table, or else of its first. */
  readonly first?: string
  /** Its recording is gone as it should be: by retention, or since somebody erased it. */
  readonly removed?: { readonly how: 'retired' | 'erased'; readonly at: string }
}

export type SessionEnd = 'closed' | 'aborted' | 'killed' | 'lapsed' | 'failed'

export interface SessionCounters {
  readonly statements: number
  readonly refused: number
  readonly errors: number
  readonly rows: number
  /** Bytes sent to the client. */
  readonly bytes: number
  readonly masked: number
  /** Statements to which rules would have done something, were their policy in force. */
  readonly observed?: number
  readonly lastRefusal?: string
}

/** `GET /v1/usage` → `{ connections: ConnectionUse[] }`: what is left of the caller's budgets. */
export interface ConnectionUse {
  readonly connection: string
  readonly policy: string
  /** Empty where the policy has none. */
  readonly budgets: readonly BudgetUse[]
  /** As in `ConnectionInfo`. */
  readonly unavailable?: readonly Unavailable[]
}

export interface BudgetUse {
  /** Of `statement`, `used` is always 0: each statement has all of it. */
  readonly budget: 'statement' | 'session' | 'identity' | 'questions'
  readonly per?: 'hour' | 'day'
  /** Of `identity` and `questions`: when counting begins anew. */
  readonly until?: string
  /** Of `session`: which; absent where none is open, and so all of it is left. */
  readonly session?: string
  /** Of `questions`: vectors that masked ones are compared with, rows found by distances, and guesses. */
  readonly unit: 'rows' | 'bytes' | 'vectors' | 'queries' | 'neighbors' | 'guesses'
  readonly limit: number
  readonly used: number
  readonly left: number
}

/** `GET /v1/sessions/:id/events` streams `application/x-ndjson`: the recording's events (src/recording/events.ts), one a line; a recording that turns out damaged ends with a line `{ type: 'error', …ApiError }`. */

/** Every error answer: the HTTP status of the catalogue and this body. */
export interface ApiError {
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly detail?: string
}
