/** Bytes of a chunk from which it is bulk. Answers that are smaller never wait. */
const BULK = 4 * 1024
/** Bytes of bulk that may pass in one turn of the event loop before streams have to queue. */
const TURN = 512 * 1024
/** Bytes that a stream gets before it queues again, and how many streams a turn begins with. */
const QUANTUM = 64 * 1024
const STREAMS = 8

/** One stream's place among those that take turns. */
export interface Turn {
  /** Whether it has to wait; it is called back when its turn has come. */
  readonly waits: boolean
  /** @returns false where the stream must not read on until it is called back */
  took(bytes: number): boolean
}

/**
 * Keeps the event loop's turns short where many sessions stream at once. Each turn would otherwise carry a chunk of every
 * one of them, and what takes several turns, such as an order to end a session, would take seconds. Who streams alone
 * never waits.
 */
export class Scheduler {
  readonly #queue: (() => void)[] = []
  #used = 0
  #scheduled = false

  join(resume: () => void): Turn {
    let [waits, got] = [false, 0]
    const next = (): void => {
      waits = false
      resume()
    }
    const took = (bytes: number): boolean => {
      if (waits) return false
      if (bytes < BULK) return true
      this.#used += bytes
      got += bytes
      this.#schedule()
      if (got < QUANTUM || (this.#used <= TURN && this.#queue.length === 0)) return true
      waits = true
      got = 0
      this.#queue.push(next)
      return false
    }
    return {
      took,
      get waits() {
        return waits
      },
    }
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#used = 0
      for (const next of this.#queue.splice(0, STREAMS)) next()
      if (this.#queue.length > 0) this.#schedule()
    })
  }
}

/** Of the whole process, whose event loop all sessions share. */
export const scheduler = new Scheduler()
