import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Actor, SessionCounters, SessionEnd } from '../../lib/api.js'
import { HoopError } from '../../lib/errors.js'
import type { Counts } from '../budgets/counts.js'
import { GrantExpiry } from './expiry.js'
import type { LoggedIn } from '../../identity/logouts.js'
import type { Person } from '../access/access.js'
import { accountOf } from '../../identity/account.js'
import { type QuotaLimits, SessionQuota, type QuotaRequest } from './quota.js'

/** What a session is known by from the moment that it is being opened. */
export interface SessionName {
  readonly id: string
  readonly subject: string
  /** Of a service token's session: whose token it is. */
  readonly owner?: Actor
  readonly connection: string
  /** The chain of grants it lives under. */
  readonly chain: string
  /** Of the person. */
  readonly name: string
  readonly access: SessionAccess
}

/** What a session rests on: its person, as the last grant of the chain knows them, and what they were given. */
export interface SessionAccess {
  person: Person & LoggedIn
  /** Name of the policy. */
  readonly policy: string
  /** Whether masked columns are shown in the clear. */
  readonly clear: boolean
  /** Whether it runs without an approval what needs one. */
  readonly breakGlass: boolean
  /** Id of the access for a while that it lives under. */
  readonly given?: string | undefined
  /** The role in the database that it goes on as, where groups decide that. */
  readonly role?: string | undefined
  /** The user of the database by an entry's own login. */
  readonly login?: string | undefined
  /** The groups by which rules of its policy go. Its person was in some of them when it began. */
  readonly counted?: { readonly groups: readonly string[]; readonly held: readonly string[] } | undefined
}

/** A session that is running. */
export interface LiveSession extends SessionName {
  readonly counters: SessionCounters
  /** What it has used of its budgets; absent where it has none. */
  readonly counts?: Readonly<Counts>
  /** What the client was told to cancel with. */
  readonly key: { readonly pid: number; readonly secret: Buffer }
  readonly busy: boolean
  /** Sends a CancelRequest to the server. */
  cancel(): Promise<void>
  end(error: HoopError, end: SessionEnd, by?: Actor): void
  readonly finished: Promise<unknown>
}

/** Why a session ends. */
export interface Ending {
  readonly error: HoopError
  readonly end: SessionEnd
  readonly by?: Actor
}

/** Room for a session that is being opened. */
export interface Reservation extends Disposable {
  /** Aborts, with the error as its reason, when the session is ended before it has begun. */
  readonly signal: AbortSignal
}

export interface RegistryOptions {
  /** In force now. */
  readonly limits: () => QuotaLimits
  /** Whether somebody, or a chain of grants, was shut out meanwhile. */
  readonly denied?: (session: SessionName) => Ending | undefined
}

interface Opening {
  readonly session: SessionName
  readonly aborter: AbortController
  ending?: Ending
}

/** The live sessions of one gateway: found by cancel key, ended with their grant, by hand, and together at shutdown. */
export class SessionRegistry {
  readonly #live = new Map<string, LiveSession>()
  readonly #opening = new Map<string, Opening>()
  readonly #expiry = new GrantExpiry((chain) => this.#lapse(chain))
  readonly #quota: SessionQuota
  readonly #denied: (session: SessionName) => Ending | undefined
  #draining = false

  constructor({ limits, denied = () => undefined }: RegistryOptions) {
    this.#quota = new SessionQuota(limits)
    this.#denied = denied
  }

  get size(): number {
    return this.#live.size
  }

  get draining(): boolean {
    return this.#draining
  }

  /**
   * Room for a session that is being opened; give it back when the session has ended or didn't come about.
   * @throws {HoopError} GATEWAY_DRAINING, GATEWAY_FULL, SESSIONS_LIMIT, and why the person or the grant is shut out
   */
  reserve(session: SessionName, { limits }: Pick<QuotaRequest, 'limits'> = {}): Reservation {
    if (this.#draining) throw new HoopError('GATEWAY_DRAINING')
    const denied = this.#denied(session)
    if (denied) throw denied.error
    const taken = this.#quota.take({ ...session, subject: accountOf(session), limits })
    const opening: Opening = { session, aborter: new AbortController() }
    this.#opening.set(session.id, opening)
    return {
      signal: opening.aborter.signal,
      [Symbol.dispose]: () => {
        this.#opening.delete(session.id)
        taken[Symbol.dispose]()
      },
    }
  }

  /**
   * Enters a session; it ends when its grant's chain does.
   * @returns why it may not go on: the caller ends it before it does anything
   */
  add(session: LiveSession, expiresAt: Date): Ending | undefined {
    const ending = this.#opening.get(session.id)?.ending ?? this.#denied(session)
    this.#opening.delete(session.id)
    this.#live.set(session.id, session)
    this.#expiry.extend(session.chain, expiresAt)
    void session.finished.finally(() => this.#remove(session))
    return ending ?? (this.#draining ? { error: new HoopError('GATEWAY_DRAINING'), end: 'killed' } : undefined)
  }

  /** The grant has been renewed: its sessions live on. */
  renew(chain: string, expiresAt: Date): void {
    this.#expiry.set(chain, expiresAt)
  }

  /** The provider has said anew who somebody is: their groups may have changed. */
  known(chain: string, person: Person & LoggedIn): void {
    const opening = [...this.#opening.values()].map(({ session }) => session)
    for (const session of [...opening, ...this.#live.values()])
      if (session.chain === chain) session.access.person = person
  }

  get(id: string): LiveSession | undefined {
    return this.#live.get(id)
  }

  /** The sessions of one person. */
  of(subject: string): LiveSession[] {
    return [...this.#live.values()].filter((session) => session.subject === subject)
  }

  /** Live sessions of each person. */
  perPerson(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const { subject } of this.#live.values()) counts.set(subject, (counts.get(subject) ?? 0) + 1)
    return counts
  }

  /** A key for BackendKeyData: the server's process id, a secret of our own. */
  static secret(minor: number): Buffer {
    // 3.0 has room for four bytes; 3.2 allows up to 256
    return randomBytes(minor >= 2 ? 32 : 4)
  }

  /** The session that a CancelRequest means, if it belongs to that person. Compares in constant time. */
  byKey(pid: number, secret: Buffer, subject: string): LiveSession | undefined {
    let found: LiveSession | undefined
    for (const session of this.#live.values()) {
      const { key } = session
      const same = key.secret.length === secret.length && timingSafeEqual(key.secret, secret)
      if (same && key.pid === pid && session.subject === subject) found = session
    }
    return found
  }

  /**
   * Ends the live sessions that are meant, and those that are being opened.
   * @returns the live ones
   */
  end(meant: (session: SessionName) => boolean, ending: Ending): LiveSession[] {
    return this.review((session) => (meant(session) ? ending : undefined))
  }

  /** The same, each for a reason of its own. */
  review(why: (session: SessionName) => Ending | undefined): LiveSession[] {
    for (const opening of this.#opening.values()) {
      const ending = why(opening.session)
      if (!ending) continue
      opening.ending ??= ending
      opening.aborter.abort(ending.error)
    }
    return [...this.#live.values()].filter((session) => {
      const ending = why(session)
      if (ending) session.end(ending.error, ending.end, ending.by)
      return ending !== undefined
    })
  }

  /** No new sessions from now on. */
  drain(): void {
    this.#draining = true
  }

  /** Ends every session and waits until all are closed. */
  async endAll(error: HoopError, end: SessionEnd = 'killed'): Promise<void> {
    this.drain()
    const live = this.end(() => true, { error, end })
    await Promise.allSettled(live.map((session) => session.finished))
  }

  /** Resolves when no session is left. */
  async idle(): Promise<void> {
    while (this.#live.size > 0) await Promise.allSettled([...this.#live.values()].map((session) => session.finished))
  }

  #lapse(chain: string): void {
    this.end((session) => session.chain === chain, { error: new HoopError('GRANT_EXPIRED'), end: 'lapsed' })
  }

  #remove(session: LiveSession): void {
    this.#live.delete(session.id)
    for (const other of this.#live.values()) if (other.chain === session.chain) return
    this.#expiry.stop(session.chain)
  }
}
