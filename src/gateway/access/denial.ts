import type { DenyList } from '../../identity/deny-list.js'
import type { GrantService } from '../../identity/grant-service.js'
import { HoopError } from '../../lib/errors.js'
import type { Ending, SessionName } from '../session/registry.js'
import { accessOf } from './access.js'
import type { AccessView } from './view.js'

/** Why a session may not begin though its grant was good a moment ago. */
export const shutOut =
  (denied: Pick<DenyList, 'find'>, grants: Pick<GrantService, 'isRevoked'>) =>
  ({ subject, chain }: SessionName): Ending | undefined => {
    const found = denied.find(subject)
    if (found) return { error: new HoopError('PERSON_REVOKED', found.reason), end: 'killed', by: found.by }
    if (grants.isRevoked(chain)) return { error: new HoopError('GRANT_INVALID', 'it was revoked'), end: 'killed' }
    return undefined
  }

/**
 * Why a session may not go on: the configuration in force, or the groups that the provider names now, no longer give its
 * person what it began with. That a policy's text has changed is no reason: a session keeps the one it began with.
 */
export const lostAccess =
  (view: () => AccessView) =>
  ({ connection, access: { person, policy, clear, breakGlass } }: SessionName): Ending | undefined => {
    const now = accessOf(view(), person, connection)
    if (!now) return ended(`you may no longer use ${connection}`, 'Ask an administrator for access.')
    if (now.policy !== policy || (clear && !now.clear) || (breakGlass && !now.breakGlass))
      return ended(`what you may do on ${connection} has changed`, 'Connect again.')
    return undefined
  }

const ended = (about: string, hint: string): Ending => ({
  error: new HoopError('SESSION_KILLED', about, { hint }),
  end: 'killed',
})
