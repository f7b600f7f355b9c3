import { setTimeout as after } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { sqlstateIn } from './failure.js'

/** Attempts at most; the waits between them come to some two seconds. */
const most = 12
/** Milliseconds that the wait grows to. */
const longest = 400

/** Serializable transactions end so where the order of two would matter, and one of two that wait for each other does. */
const conflicts = new Set(['40001', '40P01'])

/**
 * Does work again that another writer came into. What it did before is undone.
 * @throws what the last attempt threw
 * @see PostgreSQL documentation, "Serialization Failure Handling"
 */
export const again = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === most || !conflicts.has(sqlstateIn(error) ?? '')) throw error
    }
    // At random, so that two don't meet again.
    await after(Math.random() * Math.min(4 * 2 ** tries, longest))
  }
}

/** Has every transaction done again that another writer came into: what is given to it must bear that. */
export const withRetries = <Tables>(db: Kysely<Tables>): Kysely<Tables> => {
  const begin = db.transaction.bind(db)
  const transaction: typeof begin = () => {
    const builder = begin()
    const execute = builder.execute.bind(builder)
    const repeated: typeof execute = (work) => again(() => execute(work))
    return Object.assign(builder, { execute: repeated })
  }
  return Object.assign(db, { transaction })
}
