/**
 * Milliseconds between two looks at the clock on the wall, by which grants expire: timers stand still while the machine sleeps, and
 * know nothing of a clock that is set.
 */
const LOOKS = 5_000

/**
 * One timer for each chain of grants that has sessions: it goes off when the last grant of the chain has expired, by the
 * clock on the wall.
 */
export class GrantExpiry {
  readonly #timers = new Map<string, { expiresAt: Date; timer: NodeJS.Timeout }>()
  readonly #lapsed: (chain: string) => void

  constructor(lapsed: (chain: string) => void) {
    this.#lapsed = lapsed
  }

  /** A session has begun under a grant: the chain lasts at least as long. */
  extend(chain: string, expiresAt: Date): void {
    const known = this.#timers.get(chain)
    if (!known || known.expiresAt < expiresAt) this.set(chain, expiresAt)
  }

  /** The grant has been renewed. */
  set(chain: string, expiresAt: Date): void {
    this.stop(chain)
    const wait = Math.min(Math.max(expiresAt.getTime() - Date.now(), 0), LOOKS)
    const timer = setTimeout(() => this.#expire(chain), wait)
    timer.unref()
    this.#timers.set(chain, { expiresAt, timer })
  }

  stop(chain: string): void {
    clearTimeout(this.#timers.get(chain)?.timer)
    this.#timers.delete(chain)
  }

  #expire(chain: string): void {
    const known = this.#timers.get(chain)
    if (!known) return
    if (known.expiresAt.getTime() > Date.now()) return this.set(chain, known.expiresAt)
    this.#timers.delete(chain)
    this.#lapsed(chain)
  }
}
