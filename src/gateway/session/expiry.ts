/** setTimeout counts in 32 bits. */
const LONGEST = 2 ** 31 - 1

/** One timer for each chain of grants that has sessions: it rings when the last grant of the chain has expired. */
export class ChainClocks {
  readonly #clocks = new Map<string, { expiresAt: Date; timer: NodeJS.Timeout }>()
  readonly #lapsed: (chain: string) => void

  constructor(lapsed: (chain: string) => void) {
    this.#lapsed = lapsed
  }

  /** A session has begun under a grant: the chain lasts at least as long. */
  extend(chain: string, expiresAt: Date): void {
    const known = this.#clocks.get(chain)
    if (!known || known.expiresAt < expiresAt) this.set(chain, expiresAt)
  }

  /** The grant has been renewed. */
  set(chain: string, expiresAt: Date): void {
    this.stop(chain)
    const wait = Math.min(Math.max(expiresAt.getTime() - Date.now(), 0), LONGEST)
    const timer = setTimeout(() => this.#ring(chain), wait)
    timer.unref()
    this.#clocks.set(chain, { expiresAt, timer })
  }

  stop(chain: string): void {
    clearTimeout(this.#clocks.get(chain)?.timer)
    this.#clocks.delete(chain)
  }

  #ring(chain: string): void {
    const known = this.#clocks.get(chain)
    if (!known) return
    if (known.expiresAt.getTime() > Date.now()) return this.set(chain, known.expiresAt)
    this.#clocks.delete(chain)
    this.#lapsed(chain)
  }
}
