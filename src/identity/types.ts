/** By what a workload was recognized. */
export interface WorkloadProof {
  /** Name of the trust in `identity.workloads`. */
  readonly trust: string
  /** The claims that its conditions look at, as text. */
  readonly claims: Readonly<Record<string, string>>
}

/** Somebody who proved who they are. */
export interface Principal {
  /** The issuer's `sub`. */
  readonly subject: string
  readonly issuer: string
  /** For people: e-mail, or preferred_username, or the subject. */
  readonly name: string
  readonly email?: string
  readonly groups: readonly string[]
  /** Of a program that proved itself by a token of its platform: never with groups, and no person's rights are its. */
  readonly workload?: WorkloadProof
  /** Thumbprint (RFC 7638) of the key that proved this request. */
  readonly jkt: string
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
