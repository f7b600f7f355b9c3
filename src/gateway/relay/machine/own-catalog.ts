import type { MemoryBudget } from '../../../wire/cutter.js'
import type { MachineGuard } from './guard.js'

/** What a catalog takes in memory for each byte in which the server says it, about. */
const GROWTH = 4

/**
 * The policy by the catalog as one open transaction sees it, with what that has changed itself: in force until the transaction
 * ends. It is one session's, so what it takes counts against the memory of all.
 */
export class OwnCatalog {
  readonly #budget: MemoryBudget
  #guard: MachineGuard | undefined
  /** Bytes for the one in force, and for the one that is being read. */
  #held = 0
  #reading = 0

  constructor(budget: MemoryBudget) {
    this.#budget = budget
  }

  get guard(): MachineGuard | undefined {
    return this.#guard
  }

  /** A part of it has been read. @returns whether there is room for it */
  take(bytes: number): boolean {
    const more = bytes * GROWTH
    if (!this.#budget.has(more)) return false
    this.#budget.take(more)
    this.#reading += more
    return true
  }

  /** It has been read, for this guard; undefined where that came to nothing. */
  use(guard: MachineGuard | undefined): void {
    if (!guard) return this.#forget()
    this.#budget.give(this.#held)
    this.#held = this.#reading
    this.#guard = guard
    this.#reading = 0
  }

  /** The transaction is over, or the session. */
  drop(): void {
    this.#forget()
    this.#budget.give(this.#held)
    this.#held = 0
    this.#guard = undefined
  }

  #forget(): void {
    this.#budget.give(this.#reading)
    this.#reading = 0
  }
}
