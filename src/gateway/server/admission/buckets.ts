import type { Rate } from '../../../policy/config/sections/rates.js'

/** Names that are remembered; beyond, whoever was seen longest ago is forgotten, which can only be to their advantage. */
const MOST = 10_000
/** What sums of fractions may be off, milliseconds. */
const ROUNDING = 0.001

/**
 * A token bucket for each name: it holds `count` tokens, and gets as many back in each `per`. Kept as one number a name,
 * the moment at which its bucket will be full again.
 * @see ITU-T I.371, "Generic cell rate algorithm", virtual scheduling
 */
export class Buckets {
  readonly #interval: number
  readonly #depth: number
  readonly #now: () => number
  readonly #most: number
  /** The least recently used first. */
  readonly #fullAt = new Map<string, number>()

  /** @param now milliseconds of any clock that only goes forward */
  constructor({ count, per }: Rate, now: () => number, most = MOST) {
    this.#interval = per / count
    this.#depth = per - this.#interval
    this.#now = now
    this.#most = most
  }

  get size(): number {
    return this.#fullAt.size
  }

  /** Milliseconds until there is a token; 0 where there is one. */
  wait(name: string): number {
    const wait = (this.#fullAt.get(name) ?? 0) - this.#depth - this.#now()
    return wait > ROUNDING ? wait : 0
  }

  /** Takes a token where there is one. @returns milliseconds until there is one, 0 where it was taken */
  take(name: string): number {
    const wait = this.wait(name)
    if (wait > 0) return wait
    const fullAt = Math.max(this.#fullAt.get(name) ?? 0, this.#now()) + this.#interval
    this.#fullAt.delete(name)
    this.#fullAt.set(name, fullAt)
    if (this.#fullAt.size > this.#most) this.#forget()
    return 0
  }

  #forget(): void {
    for (const name of this.#fullAt.keys()) return void this.#fullAt.delete(name)
  }
}
