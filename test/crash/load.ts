import type { Client, DatabaseError } from 'pg'
import type { Person } from '../gateway/server/start/person.js'

/** A generator of numbers from 0 to before 1 that a seed gives again (mulberry32). */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What somebody has been answered, up to the moment at which nobody answered any more. */
export interface Acknowledged {
  /** Texts that ran. */
  readonly ran: string[]
  /** Texts that were refused. */
  readonly refused: string[]
}

const isRefusal = (error: unknown): boolean => (error as Partial<DatabaseError>).code === '42501'

/** One round of statements: simple, extended, and one that is refused. */
const deeds: readonly ((client: Client, name: string, to: Acknowledged) => Promise<unknown>)[] = [
  async (client, name, { ran }) => {
    const text = `SELECT '${name}'`
    await client.query(text)
    ran.push(text)
  },
  async (client, name, { ran }) => {
    const text = `SELECT $1::text AS "${name}", repeat('x', 3000)`
    await client.query(text, ['value'])
    ran.push(text)
  },
  async (client, name, { refused }) => {
    const text = `DROP TABLE "${name}"`
    await client.query(text).catch((error: unknown) => {
      if (!isRefusal(error)) throw error
      refused.push(text)
    })
  },
]

/**
 * Works in a session of its own until the connection is gone.
 * @param name begins the names of what it runs
 * @param first told of the first answer
 */
export const work = async (person: Person, name: string, first: () => void, to: Acknowledged): Promise<void> => {
  try {
    const { client } = await person.connect()
    for (let n = 0; ; n++) {
      await deeds[n % deeds.length]!(client, `${name}-${n}`, to)
      if (n === 0) first()
    }
  } catch {
    // The kill: whatever was on its way has no answer.
  }
}
