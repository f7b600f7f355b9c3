import type { SessionSummary } from '../../../lib/api.js'
import { momentOf } from '../../../lib/when.js'

export interface Wanted {
  readonly person?: string | undefined
  readonly connection?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly text?: string | undefined
  readonly live?: boolean | undefined
  readonly grant?: string | undefined
  readonly limit: number
}

interface Page {
  readonly sessions: readonly SessionSummary[]
  readonly cursor?: string
}

/** Largest page that the API gives. */
const largest = 500

/**
 * Sessions that match, newest first, from as many pages as it takes.
 * @param get asks the gateway for a path
 * @throws {HoopError} USAGE where a time can't be read
 */
export async function findSessions(
  get: (path: string) => Promise<Page>,
  wanted: Wanted,
): Promise<{ sessions: SessionSummary[]; more: boolean }> {
  const sessions: SessionSummary[] = []
  const query = queryOf(wanted)
  for (;;) {
    query.set('limit', String(Math.min(largest, wanted.limit - sessions.length)))
    const page = await get(`/v1/sessions?${query.toString()}`)
    sessions.push(...page.sessions)
    if (page.cursor === undefined) return { sessions, more: false }
    if (sessions.length >= wanted.limit) return { sessions: sessions.slice(0, wanted.limit), more: true }
    query.set('cursor', page.cursor)
  }
}

function queryOf({ person, connection, since, until, text, live, grant }: Wanted): URLSearchParams {
  const values = {
    person,
    connection,
    since: since && momentOf(since),
    until: until && momentOf(until),
    text,
    live: live ? 'true' : undefined,
    grant,
  }
  return new URLSearchParams(Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1])))
}
