import { Cutter, type MemoryBudget } from '../../../../wire/cutter.js'
import { Frontend } from '../../../../wire/tags.js'

/** Bytes behind a message that waits at which the client is no longer read. */
const FULL = 1024 * 1024

/** What the client sends behind a message that waits: kept as it came, and looked through for a goodbye. */
export class Backlog {
  readonly #budget: MemoryBudget
  readonly #scan: Cutter
  #chunks: Buffer[] = []
  #bytes = 0
  /** The client has said Terminate. */
  goodbye = false

  constructor(budget: MemoryBudget) {
    this.#budget = budget
    const look = (tag: number): void => {
      if (tag === Frontend.Terminate) this.goodbye = true
    }
    // Nothing is wanted whole, so that the scan itself holds no more than a header.
    this.#scan = new Cutter({ whole: () => false, frame: look, piece: look }, budget)
  }

  get full(): boolean {
    return this.#bytes >= FULL
  }

  /** @throws {HoopError} FRAME_LENGTH, MEMORY_EXHAUSTED */
  add(chunk: Buffer): void {
    this.#budget.take(chunk.length)
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    this.#scan.feed(chunk)
  }

  /** Takes everything out. */
  take(): readonly Buffer[] {
    const chunks = this.#chunks
    this.#budget.give(this.#bytes)
    this.#scan.dispose()
    this.#chunks = []
    this.#bytes = 0
    return chunks
  }
}
