import type { Turns } from './turns.js'

/** Whoever takes the record along for longer than this may find recordings gone that were retired meanwhile, milliseconds. */
const patience = 3_600_000

/** Who takes the record along: the ledger comes first and recordings last, and what the one has the other is to have. */
export class Taken {
  readonly #since = new Set<{ readonly at: number }>()
  readonly #turns: Turns

  constructor(turns: Turns) {
    this.#turns = turns
  }

  /** Whether somebody does now. A client that stands still doesn't hold up retention for good. */
  get isTaken(): boolean {
    return [...this.#since].some(({ at }) => Date.now() - at < patience)
  }

  async *during<Part>(parts: AsyncIterable<Part>): AsyncGenerator<Part, void> {
    const mine = { at: Date.now() }
    // What is going now goes first: half of an erasure, taken along, would look like an alteration.
    await this.#turns.take(async () => void this.#since.add(mine))
    try {
      yield* parts
    } finally {
      this.#since.delete(mine)
    }
  }
}
