import type { DenyList } from '../../identity/deny-list.js'
import type { GrantService } from '../../identity/grant-service.js'
import type { ServiceTokens } from '../../identity/service-tokens/token-kind.js'
import { asHoopError, HoopError } from '../../lib/errors.js'
import type { Ending, SessionName } from '../session/registry.js'
import { accessOf, fits, type Person } from './access.js'
import { roleOf } from '../../policy/role.js'
import { outOfTime } from './terms.js'
import type { AccessView, ConnectionView } from './view.js'

/** Why a session may not begin though its grant was good a moment ago. */
export const shutOut =
  (denied: Pick<DenyList, 'find'>, grants: Pick<GrantService, 'isRevoked'>) =>
  ({ subject, owner, chain }: SessionName): Ending | undefined => {
    const found = denied.find(subject) ?? (owner && denied.find(owner.subject))
    if (found) return { error: new HoopError('PERSON_REVOKED', found.reason), end: 'killed', by: found.by }
    if (grants.isRevoked(chain)) return { error: new HoopError('GRANT_INVALID', 'it was revoked'), end: 'killed' }
    return undefined
  }

/**
 * Why a session may not go on: the configuration in force, or the groups that the provider names now, no longer give its
 * person what it began with. That a policy's text has changed is no reason: a session keeps the one it began with.
 */
export const lostAccess =
  (view: () => AccessView, tokens: Pick<ServiceTokens, 'known'>) =>
  ({ connection, access }: SessionName): Ending | undefined => {
    const { person, policy, clear, breakGlass, given } = access
    let known: Person
    try {
      known = tokens.known(person)
    } catch (error) {
      const { message, hint } = asHoopError(error)
      return ended(message, hint)
    }
    const config = view()
    // It goes on with what it began with: an access that was given since is for sessions that begin since.
    const theirs = given === undefined ? [] : (config.given?.(known.subject, connection) ?? [])
    const still = theirs.filter(({ id }) => id === given)
    const now = accessOf(config, known, connection, { given: still })
    if (given !== undefined && (still.length === 0 || now?.given === undefined))
      return ended(`your access to ${connection} for a while is over`, `Ask again: hoop access request ${connection}`)
    if (!now) {
      const late = timeOf(config, known, connection, policy)
      if (late !== undefined)
        return ended(`your access to ${connection} is over: ${late}`, 'Connect again when you may.')
    }
    if (!now && person.owner) return ended(`this service token is no longer good for ${connection}`, askOwner)
    if (!now) return ended(`you may no longer use ${connection}`, 'Ask an administrator for access.')
    const lost = now.policy !== policy || (clear && !now.clear) || (breakGlass && !now.breakGlass)
    if (lost || now.entry.login?.user !== access.login || isRegrouped(access, now.connection, known.groups))
      return ended(`what you may do on ${connection} has changed`, 'Connect again.')
    return undefined
  }

/** Whether the role or the rules that groups decide would be others now. */
const isRegrouped = (
  { role, counted }: SessionName['access'],
  connection: ConnectionView,
  groups: readonly string[],
): boolean =>
  (connection.role && roleOf(connection.role, groups)) !== role ||
  counted?.groups.some((group) => groups.includes(group) !== counted.held.includes(group)) === true

const askOwner =
  'Its owner may no longer use the connection under the policy that the token is for: ask them for a new one.'

/** Whether a session can lose its access by nothing but the time. */
export const isTimed = ({ connections }: AccessView, { connection, access }: SessionName): boolean =>
  access.given !== undefined ||
  (Object.hasOwn(connections, connection) &&
    connections[connection]!.access.some(({ until, hours }) => until !== undefined || hours !== undefined))

/** Why an entry that gave this policy gives nothing any more, where its time is the reason. */
const timeOf = ({ connections }: AccessView, person: Person, name: string, policy: string): string | undefined =>
  connections[name]?.access.flatMap((entry) =>
    entry.policy === policy && fits(person, entry) ? (outOfTime(entry, new Date()) ?? []) : [],
  )[0]

const ended = (about: string, hint: string): Ending => ({
  error: new HoopError('SESSION_KILLED', about, { hint }),
  end: 'killed',
})
