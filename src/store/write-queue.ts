import type { Kysely, Transaction } from 'kysely'
import { asHoopError } from '../lib/errors.js'
import type { Tables } from './schema.js'

export type Write = (transaction: Transaction<Tables>) => Promise<unknown>

interface Waiting {
  readonly write: Write
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/** Writes of one transaction: bounds how long others wait for the store's one connection, to some 10 ms. */
const batchSize = 100

/**
 * Writes in the order in which they were asked for, those of one turn of the event loop in one transaction: what costs
 * is the fsync, and callers that come together share it.
 */
export class WriteQueue {
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /** Resolves when the write is durable. @throws {HoopError} STORE_FAILED */
  push(write: Write): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ write, done, failed })
      this.#running ??= this.#run()
    })
  }

  /** Resolves when everything asked for so far has been written or has failed. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise((turn) => setImmediate(turn))
      const batch = this.#waiting.splice(0, batchSize)
      // One write that the database refuses must not take its neighbors down: then each has its own transaction.
      if (!(await this.#commit(batch, batch.length === 1))) for (const one of batch) await this.#commit([one], true)
    }
    this.#running = undefined
  }

  async #commit(batch: readonly Waiting[], last: boolean): Promise<boolean> {
    try {
      await this.#db.transaction().execute(async (transaction) => {
        for (const { write } of batch) await write(transaction)
      })
    } catch (error) {
      if (last) for (const { failed } of batch) failed(asHoopError(error, 'STORE_FAILED'))
      return last
    }
    for (const { done } of batch) done()
    return true
  }
}
