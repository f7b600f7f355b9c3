import { Distribution, waitBounds } from './distribution.js'

/** Why the thread that reads long texts was started anew: a text took too long, or it ended by itself. */
export type RestartReason = 'late' | 'failed'

/** What is counted of long texts that are read in a thread. */
export class AnalystMetrics {
  /** Texts that wait for their turn. */
  waiting = 0
  /** Seconds of each text, in the thread. */
  readonly seconds = new Distribution(waitBounds)
  readonly restarted: Record<RestartReason, number> = { late: 0, failed: 0 }
}
