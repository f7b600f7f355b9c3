/** Milliseconds of work in one turn of the event loop. */
const TURN = 5

/**
 * Work that is done part by part, of all sessions together: however many of them have some, the event loop comes to everything
 * else after a few milliseconds of it.
 */
export class Parts {
  readonly #queue: (() => void)[] = []
  #scheduled = false

  /** @param part behind all others that wait, in a turn of the event loop to come */
  add(part: () => void): void {
    this.#queue.push(part)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.#turn())
  }

  #turn(): void {
    const until = performance.now() + TURN
    // What a part adds waits for its turn behind the others.
    try {
      for (let left = this.#queue.length; left > 0 && performance.now() < until; left--) this.#queue.shift()?.()
    } finally {
      // One that fails holds up none of the others.
      this.#scheduled = false
      if (this.#queue.length > 0) this.#schedule()
    }
  }
}

/** Of the whole process, whose event loop all sessions share. */
export const parts = new Parts()
