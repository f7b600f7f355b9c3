import { performance } from 'node:perf_hooks'
import type { Distribution } from './distribution.js'

/** Milliseconds between two looks. */
const EVERY = 20

/** A delay is counted up to this, milliseconds: a process that was stopped for days has no more to say. */
const LONGEST = 3_600_000

/**
 * Looks how late the event loop is. Whoever came while it was held up waited, so a delay counts once for each look that
 * should have been in it, with what was left of it then; of looks alone a delay of a second would be one among fifty.
 * @param late gets seconds
 */
export const watchEventLoop = (late: Distribution): Disposable => {
  let due = performance.now() + EVERY
  const look = (): void => {
    const now = performance.now()
    let delay = Math.min(Math.max(0, now - due), LONGEST)
    for (; delay >= EVERY; delay -= EVERY) late.observe(delay / 1000)
    late.observe(delay / 1000)
    due = now + EVERY
  }
  const timer = setInterval(look, EVERY).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
