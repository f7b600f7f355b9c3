import { revokeGrantsOf } from '../../../store/grants-of.js'
import type { Store } from '../../../store/open.js'
import type { Holdings } from '../../access/holdings.js'
import type { Approvals } from '../../approvals/approvals.js'

/** What ends with a person who is shut out, besides their sessions; they themselves are refused by the deny list. */
export const holdingsOf = (
  { db }: Pick<Store, 'db'>,
  approvals: Pick<Approvals, 'forgetRequests' | 'forgetStanding'>,
  tokens: Holdings['tokens'],
): Holdings => ({
  tokens,
  grants: (subject) => revokeGrantsOf(db, subject, Date.now()),
  requests: async (subject) => (await approvals.forgetRequests(subject, { kind: 'statement' })).length,
  accessRequests: async (subject) =>
    (await approvals.forgetRequests(subject, { kind: 'access', states: ['open'] })).length,
  accesses: async (subject) =>
    (await approvals.forgetRequests(subject, { kind: 'access', states: ['approved'] })).length,
  standing: (subject, { by }) => approvals.forgetStanding(subject, by.subject),
})
