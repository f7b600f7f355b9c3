import type { Actor } from '../../lib/api.js'
import type { HoldingName } from '../../lib/api/holdings.js'

/** Who does it, and why: the client is told, and the recording ends with both. */
export interface Order {
  readonly by: Actor
  readonly reason: string
}

/**
 * Ends all of one kind that a person holds: in force when this is called where it lives in memory, kept when it resolves.
 * @returns how many there were: none where it is done again
 * @throws {HoopError} STORE_FAILED
 */
type EndAll = (subject: string, order: Order) => Promise<number>

/** Complete by type: what people can hold can be ended. */
export type Holdings = Readonly<Record<HoldingName, EndAll>>

/** @throws {HoopError} STORE_FAILED, with everything in force that takes no store */
export const endAll = async (
  holdings: Holdings,
  subject: string,
  order: Order,
): Promise<Readonly<Record<HoldingName, number>>> => {
  const names = Object.keys(holdings) as HoldingName[]
  const counts = await Promise.all(names.map((name) => holdings[name](subject, order)))
  return Object.fromEntries(names.map((name, i) => [name, counts[i]!])) as Record<HoldingName, number>
}
