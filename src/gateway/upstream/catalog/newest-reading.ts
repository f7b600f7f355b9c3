import type { Reading } from '../../../sql/catalog.js'

/**
 * What names mean in one database, for all policies and connections that lead to it. Read at the first session, and again
 * where a statement has changed the schema, a witness found it changed, or a statement would be refused by it. It does not
 * grow old by itself: what a decision rests on is confirmed by the server before a statement runs.
 */
export class NewestReading {
  readonly #read: (last: Reading | undefined) => Promise<Reading>
  #current: { readonly reading: Reading; readonly number: number } | undefined
  /** Readings that have begun so far. */
  #count = 0
  #running: Promise<Reading> | undefined
  #next: Promise<Reading> | undefined

  constructor(read: (last: Reading | undefined) => Promise<Reading>) {
    this.#read = read
  }

  /** For a session that begins: the last one, or the first. @throws {HoopError} where it can't be read */
  known(): Promise<Reading> {
    if (this.#current) return Promise.resolve(this.#current.reading)
    return this.#running ?? this.refresh()
  }

  /** The last one, where there is one. */
  get lastRead(): Reading | undefined {
    return this.#current?.reading
  }

  /** The last one. `known` must have resolved. */
  get last(): Reading {
    if (!this.#current) throw new Error('the catalog was never read')
    return this.#current.reading
  }

  /**
   * A snapshot that begins after this call: one that is being read may have missed what just happened. All who ask while one
   * is being read share the next.
   * @throws {HoopError} where it can't be read
   */
  refresh(): Promise<Reading> {
    if (!this.#running) return this.#start()
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined
        return this.#start()
      })
    return this.#next
  }

  async #start(): Promise<Reading> {
    const running = this.#whole(++this.#count)
    this.#running = running
    try {
      return await running
    } finally {
      if (this.#running === running) this.#running = undefined
    }
  }

  /** Puts a reading in force at once with all that is made of it, unless one that began later is by then. */
  async #whole(number: number): Promise<Reading> {
    const reading = await this.#read(this.#current?.reading)
    while (number > (this.#current?.number ?? 0)) {
      const preparing = this.prepare(reading)
      if (preparing) await preparing
      else {
        this.#current = { reading, number }
        this.begun(reading)
        break
      }
    }
    return reading
  }

  /** The next thing that has to be made of a reading before it can be in force; asked again when that is there. */
  protected prepare(_reading: Reading): Promise<void> | undefined {
    return undefined
  }

  /** A reading is in force from now on. */
  protected begun(_reading: Reading): void {
    // Nothing rests on it here.
  }
}
