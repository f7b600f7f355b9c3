import type { Act } from './acts.js'
import type { Approval, StandingApproval } from './approvals.js'
import type { ServiceTokenInfo } from './service-tokens.js'
import type { Me, PersonSeen, SessionSummary } from '../api.js'

/** What somebody can reach now, and why. */
export interface Reach {
  readonly connection: string
  readonly policy: string
  /** Whether they see masked columns in the clear. */
  readonly clear: boolean
  readonly breakGlass: boolean
  /** The entry of the connection's `access`, counted from 1. */
  readonly entry: number
  /** What gives it: a group that the provider named, or the name under which the entry has them. */
  readonly group?: string
  readonly person?: string
  /** Id of the access for a while that gives it, and when it ends by itself; `until` of an entry as well. */
  readonly access?: string
  readonly until?: string
  /** Since when, as far back as hoop knows of group and entry. */
  readonly since?: string
}

export interface LiveGrant {
  readonly id: string
  readonly connection: string
  readonly issuedAt: string
  readonly expiresAt: string
}

/** `GET /v1/people/show?person`: what somebody can reach and holds now; for admins and auditors. */
export interface PersonDetail extends PersonSeen {
  /** The groups that the provider named last, and when; absent where it did not since the gateway keeps them. */
  readonly groups?: readonly string[]
  readonly groupsAt?: string
  readonly roles: Me['roles']
  readonly reaches: readonly Reach[]
  readonly liveSessions: readonly SessionSummary[]
  readonly lastSessions: readonly SessionSummary[]
  readonly grants: readonly LiveGrant[]
  /** Service tokens that they own and that are still good. */
  readonly tokens: readonly ServiceTokenInfo[]
  /** Theirs, and those that they gave. */
  readonly standing: readonly StandingApproval[]
  /** Theirs that wait, or are approved and not used. */
  readonly requests: readonly Approval[]
  /** What was done to them last. */
  readonly acts: readonly Act[]
}
