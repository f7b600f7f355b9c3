import { createHash } from 'node:crypto'
import { HoopError } from '../lib/errors.js'
import type { UsedProofs } from '../store/tokens/used-proofs.js'
import { clockTolerance } from './clock.js'

export interface ReplayOptions {
  /** Milliseconds for which a proof could be accepted: nothing needs to be remembered longer. */
  readonly window?: number
  /** Proofs remembered per window. */
  readonly capacity?: number
}

/**
 * Remembers proofs that were used, in two generations: what is older than a whole window is forgotten at once, without
 * looking at each. Memory only: `lastingReplayGuard` is what outlives the process.
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

/** Says of a proof that it is used now. */
export interface SpendsProofs {
  /** @throws {HoopError} PROOF_REPLAYED, GATEWAY_FULL, STORE_FAILED */
  use(id: string): void | Promise<void>
}

/** Milliseconds for which a proof that comes now could still be accepted, whatever its time: RFC 9449, section 11.1. */
const acceptable = 2 * clockTolerance * 1000

/**
 * Proofs that were used are remembered in the store too, so that one which was used before the gateway was killed is not
 * good after it. A proof counts as accepted only when that is durable. Memory decides first: of two copies that come
 * together one is refused without asking the store.
 */
export const lastingReplayGuard = (guard: ReplayGuard, store: UsedProofs): SpendsProofs => ({
  async use(id) {
    guard.use(id)
    const hash = createHash('sha256').update(id).digest('base64url')
    if (!(await store.add(hash, Date.now() + acceptable))) throw new HoopError('PROOF_REPLAYED')
  },
})
