import type { WebSessions } from '../../../../identity/web/sessions.js'
import { revokeGrantsOf } from '../../../../store/grants-of.js'
import type { Store } from '../../../../store/open.js'
import type { Accesses } from '../../../access/accesses.js'
import type { Holdings } from '../../../access/holdings.js'
import type { Approvals } from '../../../approvals/approvals.js'

/** What ends with a person who is shut out, besides their sessions; they themselves are refused by the deny list. */
export const holdingsOf = (
  { db }: Pick<Store, 'db'>,
  approvals: Pick<Approvals, 'forgetRequests' | 'forgetStanding'>,
  accesses: Pick<Accesses, 'endOf'>,
  tokens: Holdings['tokens'],
  webSessions: Pick<WebSessions, 'endOf'>,
): Holdings => ({
  tokens,
  signIns: async (subject) => webSessions.endOf(subject),
  grants: (subject) => revokeGrantsOf(db, subject, Date.now()),
  requests: async (subject, { by }) => (await approvals.forgetRequests(subject, by, { kind: 'statement' })).length,
  accessRequests: async (subject, { by }) =>
    (await approvals.forgetRequests(subject, by, { kind: 'access', states: ['open'] })).length,
  accesses: async (subject, { by }) => {
    accesses.endOf(subject)
    return (await approvals.forgetRequests(subject, by, { kind: 'access', states: ['approved'] })).length
  },
  standing: (subject, { by }) => approvals.forgetStanding(subject, by.subject),
})
