import { setTimeout as sleep } from 'node:timers/promises'
import type { SessionSummary } from '../../../lib/api.js'
import type { Approval } from '../../../lib/api/approvals.js'
import type { RecordedStatement, StatementPage } from '../../../lib/api/statements.js'
import type { GatewayClient } from '../client.js'
import { total, type Totals } from './totals.js'

/** Milliseconds between two looks at the gateway. */
const period = 2_000

/** Statements that are shown. */
const shown = 5

/** What the sessions of one grant and its renewals do. */
export interface Activity extends Totals {
  /** Ids of its sessions, newest first. */
  readonly sessions: readonly string[]
  /** The last statements, oldest first. */
  readonly recent: readonly RecordedStatement[]
  /** Requests for approval that wait now. */
  readonly waiting: readonly Approval[]
}

/** Whose sessions, and which. */
export interface Watched {
  /** Of the grant. */
  readonly chain: string
  readonly connection: string
  readonly subject: string
  /** ISO 8601: since when the port is open. */
  readonly since: string
}

/**
 * Asks the gateway every two seconds what a grant's sessions do, as long as there may be news: a port that nobody uses
 * costs the gateway nothing and leaves its log alone. What it doesn't answer stands as it was: the view says by itself
 * when the grant can't be renewed.
 */
export async function* watchActivity(
  client: Pick<GatewayClient, 'get'>,
  watched: Watched,
  news: () => boolean,
  signal: AbortSignal,
): AsyncGenerator<Activity> {
  let last: Pick<Activity, 'recent' | 'waiting'> = { recent: [], waiting: [] }
  for (; !signal.aborted; await sleep(period, undefined, { signal }).catch(() => undefined)) {
    if (!news()) continue
    const query = new URLSearchParams({ grant: watched.chain, limit: '200' })
    const found = await client
      .get<{ sessions: SessionSummary[] }>(`/v1/sessions?${query.toString()}`)
      .catch(() => undefined)
    if (!found) continue
    const ids = new Set(found.sessions.map(({ id }) => id))
    if (ids.size > 0) last = await details(client, watched, ids, last)
    yield { ...total(found.sessions), ...last, sessions: [...ids] }
  }
}

async function details(
  client: Pick<GatewayClient, 'get'>,
  { connection, subject, since }: Watched,
  ids: ReadonlySet<string>,
  last: Pick<Activity, 'recent' | 'waiting'>,
): Promise<Pick<Activity, 'recent' | 'waiting'>> {
  const about = { connection, person: subject }
  const statements = new URLSearchParams({ ...about, since, limit: '50' })
  const open = new URLSearchParams({ ...about, state: 'open', limit: '50' })
  const [page, asked] = await Promise.all([
    client.get<StatementPage>(`/v1/statements?${statements.toString()}`).catch(() => undefined),
    client.get<{ approvals: Approval[] }>(`/v1/approvals?${open.toString()}`).catch(() => undefined),
  ])
  const own = page?.statements.filter(({ session }) => ids.has(session)).slice(0, shown)
  return {
    recent: own?.toReversed() ?? last.recent,
    waiting: asked?.approvals.filter(({ session }) => ids.has(session)) ?? last.waiting,
  }
}
