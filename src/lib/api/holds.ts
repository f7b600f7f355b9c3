import type { Actor } from '../api.js'

/** What a legal hold covers. What of it is given has to hold together; at least one is. */
export interface HoldScope {
  /** Sessions of a person and of their service tokens. */
  readonly person?: Actor
  /** One session, by its id. */
  readonly session?: string
  /** Sessions that went on then or later. ISO 8601. */
  readonly since?: string
  /** Sessions that began before. ISO 8601. */
  readonly until?: string
}

/** A legal hold: what it covers is neither retired nor erased while it is in force. */
export interface Hold extends HoldScope {
  readonly id: string
  readonly by: Actor
  readonly reason: string
  readonly placedAt: string
  readonly released?: { readonly by: Actor; readonly reason: string; readonly at: string }
  /** Sessions that it covers by now. */
  readonly sessions: number
}

/** `POST /v1/audit/holds` body → 201 and Hold; for admins and auditors. */
export interface HoldRequest {
  readonly reason: string
  /** Subject, or name of one person in any case. */
  readonly person?: string
  /** Id of a session, or a beginning that no other has. */
  readonly session?: string
  readonly since?: string
  readonly until?: string
}

/** `POST /v1/audit/holds/:id/release` body → Hold. */
export interface ReleaseHoldRequest {
  readonly reason: string
}

/** A session, as far as a hold has to know it. Times are ISO 8601. */
export interface HeldSession {
  readonly id: string
  readonly subject: string
  /** Subject of whose service token it is. */
  readonly owner?: string | undefined
  readonly startedAt: string
  readonly endedAt?: string | undefined
}

/** Whether a hold covers a session. The store asks the same in SQL (`src/store/holds.ts`). */
export const isCovered = (
  { person, session, since, until }: HoldScope,
  { id, subject, owner, startedAt, endedAt }: HeldSession,
): boolean =>
  (person === undefined || person.subject === subject || person.subject === owner) &&
  (session === undefined || session === id) &&
  (since === undefined || endedAt === undefined || Date.parse(endedAt) >= Date.parse(since)) &&
  (until === undefined || Date.parse(startedAt) < Date.parse(until))
