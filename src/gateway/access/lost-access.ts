import { HoopError } from '../../lib/errors.js'
import { accessOf } from './access.js'
import type { AccessView } from './view.js'
import type { Ending, SessionName } from '../session/registry.js'

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
