import { setTimeout as sleep } from 'node:timers/promises'
import type { SessionCounters, SessionSummary } from '../../../lib/api.js'
import type { GatewayClient } from '../client.js'

/** Milliseconds between two looks at the gateway's counters. */
const period = 2_000

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

/**
 * Asks the gateway every two seconds what a grant's sessions did, as long as there may be news: a port that nobody uses
 * costs the gateway nothing and leaves its log alone. Where it doesn't answer, the last numbers stand: the
 * view says so by itself when the grant can't be renewed.
 */
export async function* watchTotals(
  client: GatewayClient,
  chain: string,
  news: () => boolean,
  signal: AbortSignal,
): AsyncGenerator<Totals> {
  for (; !signal.aborted; await sleep(period, undefined, { signal }).catch(() => undefined)) {
    if (!news()) continue
    const query = new URLSearchParams({ grant: chain, limit: '200' })
    const found = await client
      .get<{ sessions: SessionSummary[] }>(`/v1/sessions?${query.toString()}`)
      .catch(() => undefined)
    if (found) yield total(found.sessions)
  }
}
