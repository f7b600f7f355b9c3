import type { Actor } from './actor.js'
import type { Ended } from './holdings.js'

/** `POST /v1/sessions/:id/kill` body. */
export interface KillRequest {
  /** The client is told, and the recording ends with it. */
  readonly reason: string
}

/** `POST /v1/sessions/kill` body: the live sessions that fit all that is given, of those that the caller may end. */
export interface KillManyRequest extends KillRequest {
  /** Subject, or name in any case. */
  readonly person?: string
  readonly connection?: string
  /** Id of a grant: its whole chain is revoked, so that it can't be renewed and opens nothing more. */
  readonly grant?: string
  /** With a grant of one's own: it is given back because the identity provider refused to refresh the login. */
  readonly refused?: true
  readonly all?: boolean
}

/** Answer to both. */
export interface KillAnswer {
  readonly sessions: readonly KilledSession[]
}

export interface KilledSession {
  readonly id: string
  readonly subject: string
  readonly name: string
  readonly connection: string
  /** Of a service token's session: whose token it is. */
  readonly owner?: Actor
  /** False where it was still closing when the answer was given. */
  readonly ended: boolean
}

/** `GET /v1/people` → `{ people: PersonSeen[] }` */
export interface PersonSeen {
  readonly subject: string
  readonly name: string
  readonly email?: string
  readonly firstSeen: string
  /** When they last asked the API for something. */
  readonly lastSeen: string
  readonly lastSession?: string
  readonly sessions: number
  readonly live: number
  readonly revoked?: RevocationInfo
}

export interface RevocationInfo {
  readonly by: Actor
  readonly reason: string
  readonly at: string
  /** When it ends by itself; absent where it doesn't. */
  readonly until?: string
}

/** `POST /v1/people/revoke` → RevokeAnswer */
export interface RevokeRequest {
  /** Subject, or name or e-mail address in any case. */
  readonly person: string
  readonly reason: string
  readonly until?: string
  /** `person` is a subject that the gateway may never have seen. */
  readonly unseen?: boolean
}

export interface RevokeAnswer extends KillAnswer {
  readonly subject: string
  readonly name: string
  readonly revoked: RevocationInfo
  /** How many of each were ended; nothing the second time. */
  readonly ended: Ended
}

/** `POST /v1/people/restore` → `{ subject, name }` */
export interface RestoreRequest {
  readonly person: string
}
