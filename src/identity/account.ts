/** How subjects begin that the gateway itself gives. In whatever letters: nobody is to look like one of them either. */
const reserved = /^\s*(?:token|workload)\s*:/i

/** Whether a subject is one of the gateway's own making, and so no person's: no provider and no directory has a say in it. */
export const isReserved = (subject: string): boolean => reserved.test(subject)

export const tokenSubject = (id: string): string => `token:${id}`

/** The id of a service token, or undefined where the subject is no token's. */
export const tokenOfSubject = (subject: string): string | undefined =>
  subject.startsWith('token:') ? subject.slice('token:'.length) : undefined

/**
 * Whose budgets, quotas and rates something counts against: a service token uses up its owner's, since whoever makes tokens could
 * else multiply them.
 */
export const accountOf = ({
  subject,
  owner,
}: {
  readonly subject: string
  readonly owner?: { readonly subject: string }
}): string => owner?.subject ?? subject
