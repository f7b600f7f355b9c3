import type { PersonSeen, RevocationInfo } from '../../../../lib/api.js'
import type { KnownPerson } from '../../../../store/people/people.js'
import type { Revocation } from '../../../../store/people/revocations.js'
import type { HttpDeps } from '../deps.js'

const iso = (time: number): string => new Date(time).toISOString()

const infoOf = ({ by, reason, at, until }: Revocation): RevocationInfo => ({
  ...{ by, reason, at: iso(at) },
  ...(until !== undefined && { until: iso(until) }),
})

/** A person as lists show them: when they were here, and whether they are shut out. */
export const personSeen = (
  { denied, livePerPerson }: Pick<HttpDeps, 'denied' | 'livePerPerson'>,
  { firstSeen, lastSeen, lastSession, ...person }: KnownPerson,
): PersonSeen => {
  const revoked = denied.find(person.subject)
  return {
    ...person,
    ...{ firstSeen: iso(firstSeen), lastSeen: iso(lastSeen), live: livePerPerson().get(person.subject) ?? 0 },
    ...(lastSession !== undefined && { lastSession: iso(lastSession) }),
    ...(revoked && { revoked: infoOf(revoked) }),
  }
}
