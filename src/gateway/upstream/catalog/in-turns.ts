import type { InTurns } from '../../../sql/steps.js'
import { parts } from '../../relay/parts.js'

/** Milliseconds of steps in one turn of the event loop. */
const TURN = 3

/** Runs steps some at a time, behind what else is done part by part: nothing holds up the loop that carries all sessions. */
export const inTurns: InTurns = (steps) =>
  new Promise((resolve, reject) => {
    const part = (): void => {
      const until = performance.now() + TURN
      try {
        for (;;) {
          const step = steps.next()
          if (step.done) return resolve(step.value)
          if (performance.now() >= until) return parts.add(part)
        }
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    }
    parts.add(part)
  })
