import type { Kysely } from 'kysely'
import { HoopError } from '../lib/errors.js'
import {
  assertUnused,
  type Logout,
  type LogoutMark,
  markOf,
  noteLogout,
  standingLogouts,
} from '../store/people/logouts.js'
import type { Tables } from '../store/schema.js'
import type { Principal } from './types.js'

/** As much of a person as says which login they come from. */
export type LoggedIn = Pick<Principal, 'subject'> & Partial<Pick<Principal, 'login' | 'jkt'>>

/**
 * Who was logged out at the identity provider: kept in the store, asked in memory, since every request and every session
 * asks. It is no revocation: a login that is newer is good.
 */
export class Logouts {
  readonly #db: Kysely<Tables>
  readonly #marks = new Map<string, LogoutMark>()
  /** When a session of theirs was last ended, by subject, where the provider named both. */
  readonly #named = new Map<string, number>()

  private constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /** @throws {HoopError} STORE_FAILED */
  static async open(db: Kysely<Tables>): Promise<Logouts> {
    const logouts = new Logouts(db)
    for (const mark of await standingLogouts(db, Date.now())) logouts.#mark(mark)
    return logouts
  }

  /** Whether the login that somebody comes from is over. */
  isOut({ subject, login, jkt }: LoggedIn): boolean {
    const of = (kind: LogoutMark['kind'], value: string | undefined): LogoutMark | undefined => {
      const mark = value === undefined ? undefined : this.#marks.get(`${kind} ${value}`)
      return mark?.subject === undefined || mark.subject === subject ? mark : undefined
    }
    const all = of('subject', subject)
    // A login of unknown age can't be shown to be newer, nor one of no session to be of another than was named.
    const one = login?.sid === undefined ? this.#named.get(subject) : undefined
    for (const at of [all?.at, one]) if (at !== undefined && (login === undefined || login.at * 1000 <= at)) return true
    return (of('sid', login?.sid) ?? of('key', jkt)) !== undefined
  }

  /** @throws {HoopError} LOGGED_OUT */
  assert(person: LoggedIn): void {
    if (this.isOut(person)) throw new HoopError('LOGGED_OUT')
  }

  /** @throws {HoopError} TOKEN_INVALID where the token was used before; STORE_FAILED */
  assertUnused(logout: Logout): Promise<void> {
    return assertUnused(this.#db, logout)
  }

  /** In force from now on, until the gateway is started anew; the token stays good. */
  hold(logout: Logout): void {
    this.#mark(markOf(logout))
  }

  /**
   * In force when this is called, kept when it resolves; what else is known of the login is in force then.
   * @throws {HoopError} TOKEN_INVALID where the token was used before; STORE_FAILED: in force even so, until the gateway is
   * started anew
   */
  async add(logout: Logout): Promise<void> {
    this.hold(logout)
    for (const mark of await noteLogout(this.#db, logout, Date.now())) this.#mark(mark)
  }

  #mark(mark: LogoutMark): void {
    const key = `${mark.kind} ${mark.value}`
    const before = this.#marks.get(key)
    if (!before || before.at < mark.at) this.#marks.set(key, mark)
    const { kind, subject, at } = mark
    if (kind === 'sid' && subject !== undefined && (this.#named.get(subject) ?? 0) < at) this.#named.set(subject, at)
  }
}
