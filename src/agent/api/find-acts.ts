import type { Act } from '../../lib/api/acts.js'
import { momentOf } from '../../lib/when.js'

export interface WantedActs {
  readonly person?: string | undefined
  readonly act?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly limit: number
}

interface Page {
  readonly acts: readonly Act[]
  readonly cursor?: string
}

/** Largest page that the API gives. */
const largest = 500

/**
 * Acts that match, newest first, from as many pages as it takes.
 * @param get asks the gateway for a path
 * @throws {HoopError} USAGE where a time can't be read
 */
export async function findActs(
  get: (path: string) => Promise<Page>,
  { person, act, since, until, limit }: WantedActs,
): Promise<{ acts: Act[]; more: boolean }> {
  const values = { person, act, since: since && momentOf(since), until: until && momentOf(until) }
  const query = new URLSearchParams(
    Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1])),
  )
  const found: Act[] = []
  for (;;) {
    query.set('limit', String(Math.min(largest, limit - found.length)))
    const page = await get(`/v1/acts?${query.toString()}`)
    found.push(...page.acts)
    if (page.cursor === undefined) return { acts: found, more: false }
    if (found.length >= limit) return { acts: found, more: true }
    query.set('cursor', page.cursor)
  }
}
