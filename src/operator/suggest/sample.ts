import type { Client } from 'pg'
import { builtinDetector, detectorNames } from '../../masking/detectors/detector.js'
import { findIn, possibleIn, type Detection } from '../../masking/detectors/finding.js'
import { signalsOf } from '../../masking/detectors/signals.js'
import type { Sampled } from './judge.js'

export interface Table {
  readonly schema: string
  readonly name: string
  /** The planner's estimate of its rows; -1 where it was never analysed. */
  readonly estimate: number
  readonly columns: readonly { readonly name: string; readonly type: string; readonly category: string }[]
}

/** Tables that this role may read. Partitions are read through their parents; views show what tables hold. */
const tables = `SELECT n.nspname AS schema, c.relname AS name, c.reltuples::pg_catalog.float8 AS estimate,
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', a.attname, 'type', b.typname, 'category', b.typcategory)
      ORDER BY a.attnum)
     FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
       JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')) AS columns
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'
    AND n.nspname OPERATOR(pg_catalog.!~) '^pg_' AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  ORDER BY 1, 2`

export const readTables = async (client: Client): Promise<readonly Table[]> =>
  (await client.query<Table>(tables)).rows.map((table) => ({ ...table, columns: table.columns ?? [] }))

/** Strings, documents, numbers and arrays can hold something that detectors know. */
const readable = ({ type, category }: Table['columns'][number]): boolean =>
  ['S', 'A'].includes(category) || ['json', 'jsonb', 'xml', 'hstore', 'int8', 'numeric', 'inet'].includes(type)

/** Characters of one value that are looked at. */
const MOST_CHARACTERS = 20_000

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

const detections: readonly Detection[] = detectorNames.map((name) => ({
  detector: builtinDetector(name),
  with: 'redact',
}))

const detectorsIn = (value: string): Set<string> => {
  const bytes = Buffer.from(value)
  const possible = possibleIn(signalsOf(bytes, 0, bytes.length), detections)
  return new Set(findIn({ text: value }, possible).map(({ by }) => by.detector.name))
}

const read = async (
  client: Client,
  { schema, name, estimate }: Table,
  list: string,
  rows: number,
): Promise<(string | null)[][]> => {
  const from = `${quoted(schema)}.${quoted(name)}`
  const ask = async (sampling: string) =>
    (
      await client.query<(string | null)[]>({
        text: `SELECT ${list} FROM ${from}${sampling} LIMIT ${rows}`,
        rowMode: 'array',
      })
    ).rows
  // Of a large table some pages, from everywhere; of others, and where that yields nothing, the first rows.
  const share = (100 * 10 * rows) / estimate
  const sampled = estimate > 0 && share < 50 ? await ask(` TABLESAMPLE pg_catalog.system (${share.toFixed(6)})`) : []
  return sampled.length > 0 ? sampled : await ask('')
}

/**
 * Looks at some rows of a table, in the transaction at hand.
 * @throws what the database says
 */
export const sampleTable = async (client: Client, table: Table, rows: number): Promise<readonly Sampled[]> => {
  const looked = table.columns.filter(readable)
  // `concat` writes a value as its type does, where `::text` would run what somebody made to be the cast.
  const text = (name: string): string =>
    `CASE WHEN ${name} IS NOT NULL THEN pg_catalog.left(pg_catalog.concat(${name}), ${MOST_CHARACTERS}) END`
  const list = looked.map(({ name }) => text(quoted(name))).join(', ')
  const sample = looked.length > 0 ? await read(client, table, list, rows) : []
  return table.columns.map((column) => {
    const at = looked.indexOf(column)
    const values = at < 0 ? [] : sample.flatMap((row) => row[at] ?? [])
    const found: Record<string, number> = {}
    for (const value of values) for (const name of detectorsIn(value)) found[name] = (found[name] ?? 0) + 1
    const { name, type, category } = column
    return { column: `${table.schema}.${table.name}.${name}`, type, category, values: values.length, found }
  })
}
