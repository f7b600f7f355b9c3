import type { Logouts } from '../../identity/logouts.js'
import { HoopError } from '../../lib/errors.js'
import type { Logout } from '../../store/people/logouts.js'
import type { Ending, SessionName, SessionRegistry } from '../session/registry.js'
import type { WriteAudit } from './audit-log.js'
import { provider, reasons } from './leaving.js'

export interface LogoutOptions {
  readonly logouts: Logouts
  readonly registry: Pick<SessionRegistry, 'review'>
  readonly write: WriteAudit
  /** What a logout means beyond the login: perhaps that somebody has gone. @throws {HoopError} STORE_FAILED */
  readonly leave: (logout: Logout) => Promise<void>
}

const by = provider
const reason = reasons.logout

/** Why a session may not go on, or begin: the login that it rests on is over. */
export const loggedOut =
  (logouts: Pick<Logouts, 'isOut'>) =>
  ({ access: { person } }: SessionName): Ending | undefined =>
    logouts.isOut(person) ? { error: new HoopError('LOGGED_OUT'), end: 'killed', by } : undefined

/**
 * The identity provider has ended a login: what rests on it ends here, and nothing new of it begins. The token is spent last,
 * so that the provider can say again what the store failed to keep; one that was spent does nothing, since somebody may
 * have been let in since.
 * @throws {HoopError} TOKEN_INVALID where the token was used before; STORE_FAILED, with the sessions ended
 */
export const endLogins = ({ logouts, registry, write, leave }: LogoutOptions): ((logout: Logout) => Promise<void>) => {
  const why = loggedOut(logouts)
  const end = async (noted: Set<string>): Promise<void> => {
    const ended = registry.review(why).filter(({ id }) => !noted.has(id))
    for (const { id } of ended) noted.add(id)
    await Promise.all(ended.map(({ id, subject }) => write({ act: 'session.kill', target: id, subject, by, reason })))
  }
  return async (logout) => {
    const { subject, sid } = logout
    const noted = new Set<string>()
    await logouts
      .assertUnused(logout)
      .then(() => leave(logout))
      .catch(async (error: unknown) => {
        if (error instanceof HoopError && error.code === 'TOKEN_INVALID') throw error
        logouts.hold(logout)
        await end(noted)
        throw error
      })
    await Promise.all([logouts.add(logout), end(noted)])
    const act = { act: 'login.end', by, target: sid ?? subject ?? '', subject } as const
    // What the store knows of the login may mean sessions that the token alone doesn't.
    await Promise.all([write({ ...act, after: { at: new Date(logout.at).toISOString() } }), end(noted)])
  }
}
