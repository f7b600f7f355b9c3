import type { InTurns } from '../../steps.js'
import { text } from '../../tree.js'
import type { CatalogQuery } from '../types.js'
import { parsed } from './json.js'

/** How a catalog is read. */
export interface Asking {
  readonly query: CatalogQuery
  /** How what came is taken in: it may be much. */
  readonly inTurns: InTurns
}

/**
 * Each query yields one JSON document, so that it reads the same through any driver. They run on PostgreSQL 13 and
 * later; objects with an OID from 16384 on (`FirstNormalObjectId`) did not come with the server.
 */
const document = async <Row>({ query, inTurns }: Asking, sql: string, parameters?: unknown[]): Promise<Row[]> => {
  const [row] = await query(`SELECT (${sql})::text AS document`, parameters)
  return (await inTurns(parsed(text(row?.['document']) ?? '[]'))) as Row[]
}

/** @param columns of each row, which becomes an array */
export const rows = (columns: string, from: string): string =>
  `SELECT COALESCE(json_agg(json_build_array(${columns})), '[]'::json) FROM ${from}`

/** Rows of one document: the driver takes it in at once. */
const PAGE = 2_000

/**
 * Reads rows that begin with an OID page by page, so that sessions go on in between.
 * @param from what has the OID as `oid`, with a condition: FROM … WHERE …
 */
export const paged = async <Row extends readonly [oid: number, ...rest: unknown[]]>(
  asking: Asking,
  columns: string,
  oid: string,
  from: string,
): Promise<Row[]> => {
  const all: Row[] = []
  for (;;) {
    const page = `SELECT json_build_array(${columns}) AS found FROM ${from} AND ${oid} > $1::int8::oid ORDER BY ${oid} LIMIT ${PAGE}`
    const after = String(all.at(-1)?.[0] ?? 0)
    const found = await document<Row>(asking, `SELECT COALESCE(json_agg(x.found), '[]'::json) FROM (${page}) x`, [
      after,
    ])
    for (const each of found) all.push(each)
    if (found.length < PAGE) return all
  }
}

/** Several documents in one round trip. */
export const documents = async <Key extends string>(
  { query, inTurns }: Asking,
  queries: Readonly<Record<Key, string>>,
): Promise<Record<Key, unknown[]>> => {
  const members = Object.entries<string>(queries).map(([name, sql]) => `'${name}', (${sql})`)
  const [row] = await query(`SELECT json_build_object(${members.join(', ')})::text AS document`)
  return (await inTurns(parsed(text(row?.['document']) ?? '{}'))) as Record<Key, unknown[]>
}

/**
 * Does all reading of one snapshot in a transaction of its own that reads only and sees one state of the catalog. The
 * search path is emptied in it: definitions come out qualified, and nobody's objects can stand in for the system's.
 * Nothing stays behind on the connection, which a database that serves everybody over one backend (PGlite) would show to
 * others.
 */
export const reading = async <T>(query: CatalogQuery, work: () => Promise<T>): Promise<T> => {
  await query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  try {
    await query(`SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)`)
    return await work()
  } finally {
    await query('ROLLBACK')
  }
}
