/**
 * What somebody may hold that goes on without them, one and many, for people. Whoever adds a kind adds a line here; the
 * compiler then asks for what ends it (`Holdings`), and `hoop people revoke` counts it.
 */
export const holdings = {
  grants: ['grant', 'grants'],
  tokens: ['service token', 'service tokens'],
  requests: ['request for an approval', 'requests for an approval'],
  accessRequests: ['request for access', 'requests for access'],
  accesses: ['access for a while', 'accesses for a while'],
  signIns: ['sign-in by a browser', 'sign-ins by a browser'],
  standing: ['standing approval', 'standing approvals'],
} as const satisfies Record<string, readonly [one: string, many: string]>

export type HoldingName = keyof typeof holdings

/** How many of each were ended. */
export type Ended = Readonly<Record<'sessions' | HoldingName, number>>
