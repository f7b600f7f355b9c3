import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { SessionCounters, SessionEnd } from '../lib/api.js'
import { HoopError } from '../lib/errors.js'
import type { Counts } from './budgets/counts.js'

/** A session that is running. */
export interface LiveSession {
  readonly id: string
  readonly subject: string
  readonly connection: string
  /** The chain of grants it lives under. */
  readonly chain: string
  readonly counters: SessionCounters
  /** What it has used of its budgets; absent where it has none. */
  readonly counts?: Readonly<Counts>
  /** What the client was told to cancel with. */
  readonly key: { readonly pid: number; readonly secret: Buffer }
  readonly busy: boolean
  /** Sends a CancelRequest to the server. */
  cancel(): Promise<void>
  end(error: HoopError, end: SessionEnd): void
  readonly finished: Promise<unknown>
}

/** setTimeout counts in 32 bits. */
const LONGEST = 2 ** 31 - 1

/** The live sessions of one gateway: found by cancel key, ended with their grant, ended together at shutdown. */
export class SessionRegistry {
  readonly #live = new Map<string, LiveSession>()
  readonly #chains = new Map<string, { expiresAt: Date; timer: NodeJS.Timeout }>()
  #reserved = 0
  #draining = false
  readonly #limit: () => number

  /** @param limit live sessions that are allowed now */
  constructor(limit: () => number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#live.size
  }

  get draining(): boolean {
    return this.#draining
  }

  /**
   * A place for a session that is being opened; give it back when the session has ended or didn't come about.
   * @throws {HoopError} GATEWAY_DRAINING, GATEWAY_FULL
   */
  reserve(): Disposable {
    if (this.#draining) throw new HoopError('GATEWAY_DRAINING')
    if (this.#reserved >= this.#limit()) throw new HoopError('GATEWAY_FULL', `${this.#reserved} sessions`)
    this.#reserved++
    let given = false
    return {
      [Symbol.dispose]: () => {
        if (!given) this.#reserved--
        given = true
      },
    }
  }

  /** Enters a session; it ends when its grant's chain does. */
  add(session: LiveSession, expiresAt: Date): void {
    this.#live.set(session.id, session)
    const known = this.#chains.get(session.chain)
    if (!known || known.expiresAt < expiresAt) this.renew(session.chain, expiresAt)
    void session.finished.finally(() => this.#remove(session))
    if (this.#draining) session.end(new HoopError('GATEWAY_DRAINING'), 'killed')
  }

  /** The grant has been renewed: its sessions live on. */
  renew(chain: string, expiresAt: Date): void {
    const known = this.#chains.get(chain)
    if (known) clearTimeout(known.timer)
    const wait = Math.min(Math.max(expiresAt.getTime() - Date.now(), 0), LONGEST)
    const timer = setTimeout(() => this.#lapse(chain), wait)
    timer.unref()
    this.#chains.set(chain, { expiresAt, timer })
  }

  get(id: string): LiveSession | undefined {
    return this.#live.get(id)
  }

  /** The sessions of one person. */
  of(subject: string): LiveSession[] {
    return [...this.#live.values()].filter((session) => session.subject === subject)
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

  /** No new sessions from now on. */
  drain(): void {
    this.#draining = true
  }

  /** Ends every session and waits until all are closed. */
  async endAll(error: HoopError, end: SessionEnd = 'killed'): Promise<void> {
    this.drain()
    const live = [...this.#live.values()]
    for (const session of live) session.end(error, end)
    await Promise.allSettled(live.map((session) => session.finished))
  }

  /** Resolves when no session is left. */
  async idle(): Promise<void> {
    while (this.#live.size > 0) await Promise.allSettled([...this.#live.values()].map((session) => session.finished))
  }

  #lapse(chain: string): void {
    const known = this.#chains.get(chain)
    if (!known) return
    if (known.expiresAt.getTime() > Date.now()) return this.renew(chain, known.expiresAt)
    this.#chains.delete(chain)
    for (const session of this.#live.values())
      if (session.chain === chain) session.end(new HoopError('GRANT_EXPIRED'), 'lapsed')
  }

  #remove(session: LiveSession): void {
    this.#live.delete(session.id)
    for (const other of this.#live.values()) if (other.chain === session.chain) return
    clearTimeout(this.#chains.get(session.chain)?.timer)
    this.#chains.delete(session.chain)
  }
}
