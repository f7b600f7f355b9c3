import type { SessionSummary } from '../../../lib/api.js'
import { encodeCursor } from '../../../store/sessions/cursor.js'
import { listSessions, type SessionFilter, type SessionPage } from '../../../store/sessions/queries.js'
import type { HttpDeps } from './deps.js'

export interface Search {
  readonly text?: string | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

/** Milliseconds and recordings that one request may cost; the caller goes on with the cursor. */
const patience = 5_000
const most = 500

/**
 * A page of sessions whose recordings contain a text. Recordings are read, not indexed: statements are kept in one place.
 * @throws {HoopError} REQUEST_INVALID for a cursor that isn't ours
 */
export const searchSessions = async (
  { store, matches }: Pick<HttpDeps, 'store' | 'matches'>,
  filter: SessionFilter,
  { text, limit, cursor }: Search,
): Promise<SessionPage> => {
  if (text === undefined) return listSessions(store.db, filter, limit, cursor)
  const until = performance.now() + patience
  const candidates = await listSessions(store.db, filter, most, cursor)
  const found: SessionSummary[] = []
  for (const session of candidates.sessions) {
    // A recording that is gone or damaged has nothing to find; the list goes on.
    if (await matches(session.id, text, session.startedAt).catch(() => false)) found.push(session)
    const isLast = session === candidates.sessions.at(-1)
    if (!isLast && (found.length >= limit || performance.now() > until)) {
      return { sessions: found, cursor: encodeCursor(session) }
    }
  }
  return { ...candidates, sessions: found }
}
