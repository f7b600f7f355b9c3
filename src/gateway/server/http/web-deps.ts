import type { Identity } from '../../../identity/principal.js'
import type { WebSessions } from '../../../identity/web/sessions.js'
import type { WebSignIn } from '../../../identity/web/sign-in.js'

/** What pages for browsers need. */
export interface WebDeps {
  readonly signIn: Pick<WebSignIn, 'client' | 'begin' | 'finish'>
  readonly sessions: Pick<WebSessions, 'open' | 'find' | 'end'>
  /** Somebody as they are now. @throws {HoopError} PERSON_REVOKED, LOGGED_OUT, STORE_FAILED */
  readonly admit: (person: Identity) => Promise<Identity>
}
