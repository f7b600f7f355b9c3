import type { TokenScope } from '../lib/api/service-tokens.js'

/** Whose a service token is. */
export interface Owner {
  readonly subject: string
  readonly name: string
  readonly email?: string
}

/** What a service token is good for, and by which of its secrets it came, counted from 1. */
export interface TokenUse {
  readonly scope: readonly TokenScope[]
  readonly secret: number
}

/** By what a workload was recognized. */
export interface WorkloadProof {
  /** Name of the trust in `identity.workloads`. */
  readonly trust: string
  /** The claims that its conditions look at, as text. */
  readonly claims: Readonly<Record<string, string>>
}

/** Somebody who proved who they are. */
export interface Principal {
  /** The issuer's `sub`; of a service token `token:<id>`. */
  readonly subject: string
  readonly issuer: string
  /** For people: e-mail, or preferred_username, or the subject. Of a service token the owner's name, `/` and its own. */
  readonly name: string
  readonly email?: string
  readonly groups: readonly string[]
  /** The login at the identity provider, where they come from one. */
  readonly login?: Login
  /** When the issuer said so, milliseconds since 1970; absent where nothing tells. */
  readonly namedAt?: number
  /** Of a service token. The groups are the owner's, as the provider named them last. */
  readonly owner?: Owner
  readonly token?: TokenUse
  /** Of a program that proved itself by a token of its platform: never with groups, and no person's rights are its. */
  readonly workload?: WorkloadProof
  /** Thumbprint (RFC 7638) of the key that proved this request. */
  readonly jkt: string
}

/** A login at the identity provider, as its ID token tells it. */
export interface Login {
  /** When it was made or last refreshed, by the provider's clock, seconds since 1970. */
  readonly at: number
  /** The provider's session (OpenID Connect Front-Channel Logout 1.0, section 3). */
  readonly sid?: string
}

/** A grant as the gateway signed it. */
export interface Grant {
  readonly id: string
  /** The first grant of a chain of renewals; sessions belong to the chain. */
  readonly chain: string
  readonly principal: Principal
  readonly connection: string
  readonly reason?: string
  /** Asked for in an emergency: what needs an approval runs without, and alerts. */
  readonly breakGlass?: boolean
  readonly expiresAt: Date
}
