import type { SessionCounters, SessionSummary } from '../../../lib/api.js'

/** What all sessions of a grant and its renewals did so far. */
export interface Totals extends Pick<SessionCounters, 'statements' | 'refused' | 'rows' | 'masked'> {
  readonly lastRefusal?: string
}

const none: Totals = { statements: 0, refused: 0, rows: 0, masked: 0 }

/** Sums sessions, newest first: the first refusal met is the last that happened. */
export const total = (sessions: readonly SessionSummary[]): Totals =>
  sessions.reduce<Totals>(
    (sum, { counters }) => ({
      statements: sum.statements + counters.statements,
      refused: sum.refused + counters.refused,
      rows: sum.rows + counters.rows,
      masked: sum.masked + counters.masked,
      ...((sum.lastRefusal ?? counters.lastRefusal) !== undefined && {
        lastRefusal: (sum.lastRefusal ?? counters.lastRefusal)!,
      }),
    }),
    none,
  )

/** Milliseconds after a client came or left in which the counters may still change. */
const settling = 10_000

/** Whether there may be news: clients are there, or were just now. */
export const mayChange = (open: number, lastEvent: number, now: number): boolean =>
  open > 0 || now - lastEvent < settling
