import { HoopError } from '../lib/errors.js'

export interface ReplayOptions {
  /** Milliseconds for which a proof could be accepted: nothing needs to be remembered longer. */
  readonly window?: number
  /** Proofs remembered per window. */
  readonly capacity?: number
}

/**
 * Remembers proofs that were used, in two generations: what is older than a whole window is forgotten at once, without
 * looking at each. Memory only and per gateway: a proof is good for 60 s around its time, so a restart opens a minute at
 * most, for somebody who already holds the request of a TLS connection that was read.
 */
export class ReplayGuard {
  #current = new Set<string>()
  #previous = new Set<string>()
  #since = performance.now()
  readonly #window: number
  readonly #capacity: number

  constructor({ window = 120_000, capacity = 250_000 }: ReplayOptions = {}) {
    this.#window = window
    this.#capacity = capacity
  }

  /**
   * @param id of the proof, unique per key
   * @throws {HoopError} PROOF_REPLAYED; GATEWAY_FULL where so many came that no more can be told apart
   */
  use(id: string): void {
    const age = performance.now() - this.#since
    if (age >= this.#window) {
      this.#previous = age >= 2 * this.#window ? new Set() : this.#current
      this.#current = new Set()
      this.#since = performance.now()
    }
    if (this.#current.has(id) || this.#previous.has(id)) throw new HoopError('PROOF_REPLAYED')
    if (this.#current.size >= this.#capacity) throw new HoopError('GATEWAY_FULL', 'too many requests')
    this.#current.add(id)
  }
}
