import type { Reach, PersonDetail } from '../../../../lib/api/people.js'
import { entriesSince } from '../../../../store/access-entries.js'
import { listActs } from '../../../../store/acts.js'
import { liveGrantsOf } from '../../../../store/grants-of.js'
import { type KnownPerson, knownPerson, namedGroupsOf, type NamedGroups } from '../../../../store/people/people.js'
import { listSessions } from '../../../../store/sessions/queries.js'
import { type Access, accessOf, rolesOf } from '../../../access/access.js'
import { entryKey } from '../../../access/entry-key.js'
import { isEnded } from '../../../access/tokens/token-info.js'
import type { HttpDeps } from '../deps.js'
import { shownApproval, shownStanding } from '../shown.js'
import { personSeen } from './person-seen.js'

/** Sessions, requests and acts that one answer shows of each kind. */
const most = 20

const iso = (time: number): string => new Date(time).toISOString()

/** As far back as is known of both what the person has and the entry that asks for it. */
const sinceOf = (
  { connection, by }: Access,
  name: string,
  person: KnownPerson,
  groups: NamedGroups | undefined,
  entries: ReadonlyMap<string, number>,
): { since?: string } => {
  const has = by.group === undefined ? person.firstSeen : groups?.since[by.group]
  const entry = entries.get(entryKey(name, connection.access, by.entry))
  return has === undefined || entry === undefined ? {} : { since: iso(Math.max(has, entry)) }
}

/** What somebody can reach now, why and since when, and what they hold. @throws {HoopError} NOT_FOUND, STORE_FAILED */
export const personDetail = async (
  deps: Pick<HttpDeps, 'config' | 'store' | 'denied' | 'approvals' | 'livePerPerson' | 'tokens'>,
  subject: string,
  asker: { readonly subject: string; readonly name: string; readonly groups: readonly string[] },
): Promise<PersonDetail> => {
  const { db } = deps.store
  const now = Date.now()
  const view = deps.config()
  const person = await knownPerson(db, subject)
  const named = await namedGroupsOf(db, subject)
  const entries = await entriesSince(db)
  const known = { ...person, groups: named?.groups ?? [] }
  const reaches = Object.keys(view.connections)
    .toSorted()
    .flatMap((name): Reach[] => {
      const access = accessOf(view, known, name)
      if (!access) return []
      const { policy, clear, breakGlass, by, given } = access
      const { entry, ...what } = by
      const since = given ? { since: iso(given.approvedAt) } : sinceOf(access, name, person, named, entries)
      const ends = Math.min(given?.expiresAt ?? Infinity, access.entry.until ?? Infinity)
      const until = { ...(given && { access: given.id }), ...(ends < Infinity && { until: iso(ends) }) }
      return [{ connection: name, policy, clear, breakGlass, entry: entry + 1, ...what, ...since, ...until }]
    })
  const standing = await deps.approvals.standing.list(now)
  const requests = await deps.approvals.records.list({ states: ['open', 'approved'], subject }, most)
  return {
    ...personSeen(deps, person),
    ...(named && { groups: named.groups, groupsAt: iso(named.at) }),
    roles: rolesOf(view, known),
    reaches,
    liveSessions: (await listSessions(db, { subject, live: true }, most)).sessions,
    lastSessions: (await listSessions(db, { subject, live: false }, most)).sessions,
    grants: (await liveGrantsOf(db, subject, now)).map(({ id, connection, issuedAt, expiresAt }) => ({
      ...{ id, connection, issuedAt: iso(issuedAt), expiresAt: iso(expiresAt) },
    })),
    tokens: deps.tokens.all().filter((token) => token.owner.subject === subject && !isEnded(token)),
    standing: standing.filter((one) => one.subject === subject || one.by.subject === subject).map(shownStanding),
    requests: requests.map((one) => shownApproval(one, asker)),
    acts: (await listActs(db, { subject }, most)).acts,
  }
}
