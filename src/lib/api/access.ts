import { type Approval, valid } from './approvals.js'

/** `POST /v1/access` → 201 and an Approval, which is listed and decided on under `/v1/approvals`. */
export interface AccessRequest {
  readonly connection: string
  /** May be left out where there is only one to ask for. */
  readonly policy?: string
  /** Milliseconds, counted from the approval. */
  readonly for: number
  readonly reason: string
}

/** `POST /v1/access/:id/revoke` → the Approval. */
export interface AccessRevocation {
  readonly reason: string
}

/** What became of a request for access: an approval of a statement is used or not, access is in force until it is over. */
export const accessState = (one: Pick<Approval, 'state' | 'votes' | 'needed'>): string => {
  if (one.state === 'approved') return 'active'
  const given = valid(one.votes).filter(({ vote }) => vote === 'approve').length >= one.needed
  if (given && one.state === 'expired') return 'ended'
  return given && one.state === 'withdrawn' ? 'revoked' : one.state
}
