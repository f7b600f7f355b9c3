import type { Exposure, RecordedStatement, StatementPage } from '../../lib/api/statements.js'
import { momentOf } from '../../lib/when.js'

export interface WantedExposure {
  readonly person?: string | undefined
  readonly connection?: string | undefined
  readonly table?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
}

export interface WantedStatements extends WantedExposure {
  readonly column?: string | undefined
  readonly text?: string | undefined
  readonly rule?: string | undefined
  readonly session?: string | undefined
  readonly refused?: boolean | undefined
  readonly limit: number
}

export interface FoundStatements {
  readonly statements: readonly RecordedStatement[]
  readonly more: boolean
  /** Sessions of which the index hasn't all statements. */
  readonly incomplete: number
}

/** Largest page that the API gives. */
const largest = 500

const queryOf = (wanted: WantedExposure & Partial<WantedStatements>): URLSearchParams => {
  const { person, connection, table, column, text, rule, session, since, until, refused } = wanted
  const values = {
    ...{ person, connection, table, column, text, rule, session },
    since: since && momentOf(since),
    until: until && momentOf(until),
    refused: refused ? 'true' : undefined,
  }
  return new URLSearchParams(Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1])))
}

/**
 * Statements that match, newest first, from as many pages as it takes.
 * @param get asks the gateway for a path
 * @throws {HoopError} USAGE where a time can't be read
 */
export async function findStatements(
  get: (path: string) => Promise<StatementPage>,
  wanted: WantedStatements,
): Promise<FoundStatements> {
  const statements: RecordedStatement[] = []
  const query = queryOf(wanted)
  for (;;) {
    query.set('limit', String(Math.min(largest, wanted.limit - statements.length)))
    const { cursor, incomplete, ...page } = await get(`/v1/statements?${query.toString()}`)
    statements.push(...page.statements)
    if (cursor === undefined) return { statements, more: false, incomplete }
    if (statements.length >= wanted.limit) return { statements, more: true, incomplete }
    query.set('cursor', cursor)
  }
}

/** What left. @throws {HoopError} USAGE where a time can't be read */
export const findExposure = (get: (path: string) => Promise<Exposure>, wanted: WantedExposure): Promise<Exposure> =>
  get(`/v1/exposure?${queryOf(wanted).toString()}`)
