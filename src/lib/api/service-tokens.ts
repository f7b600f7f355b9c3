import type { Actor, KilledSession } from '../api.js'

/** One thing that a service token opens. */
export interface TokenScope {
  readonly connection: string
  /** Name of the policy that it runs under. Where its owner is given another one, the token opens it no more. */
  readonly policy: string
}

/** What is worth a look. */
export type TokenMark =
  'revoked' | 'expired' | 'expires-soon' | 'unused' | 'owner-revoked' | 'owner-gone' | 'access-lost'

/** A service token. Its secret is in the answer that made it, and nowhere else. */
export interface ServiceTokenInfo {
  readonly id: string
  /** Unique among the owner's tokens that are good. */
  readonly name: string
  readonly owner: Actor
  readonly connections: readonly TokenScope[]
  /** Addresses and networks that it may be used from; empty where it may be from anywhere. */
  readonly networks: readonly string[]
  /** Thumbprint (RFC 7638) of the one key that it may be used with. */
  readonly boundTo?: string
  readonly createdAt: string
  readonly createdBy: Actor
  readonly expiresAt: string
  readonly rotatedAt?: string
  /** Until when the secret before is good as well. */
  readonly oldSecretUntil?: string
  /** To the minute. */
  readonly lastUsed?: { readonly at: string; readonly from?: string }
  readonly revoked?: { readonly by: Actor; readonly reason: string; readonly at: string }
  readonly marks: readonly TokenMark[]
  /** Live sessions under it. */
  readonly live: number
}

/** `POST /v1/tokens` body → 201 and ServiceTokenMade. */
export interface CreateTokenRequest {
  readonly name: string
  /** Without a policy the one that its owner is given now. */
  readonly connections: readonly { readonly connection: string; readonly policy?: string }[]
  /** Milliseconds. */
  readonly ttl: number
  readonly networks?: readonly string[]
  readonly boundTo?: string
  /** Subject, name or e-mail address of its owner; whoever asks where it is left out. Admins only. */
  readonly owner?: string
}

/** `POST /v1/tokens/:id/rotate` body → ServiceTokenMade. */
export interface RotateTokenRequest {
  /** Milliseconds for which the old secret is good as well; 0 ends it now, with what runs by it. */
  readonly overlap: number
}

export interface ServiceTokenMade {
  /** The token itself, for this once. */
  readonly secret: string
  readonly token: ServiceTokenInfo
  /** Sessions that were ended with the old secret. */
  readonly sessions: readonly KilledSession[]
}

/** `POST /v1/tokens/:id/revoke` → ServiceTokenRevoked. */
export interface RevokeTokenRequest {
  readonly reason: string
}

export interface ServiceTokenRevoked {
  readonly token: ServiceTokenInfo
  readonly sessions: readonly KilledSession[]
}
