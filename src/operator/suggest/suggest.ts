import type { Client } from 'pg'
import { HoopError } from '../../lib/errors.js'
import { loadConfig, type LoadedConfig } from '../../policy/config/load.js'
import { openOwnClient, unlimited } from '../../gateway/upstream/own-client.js'
import { anyTargetOf } from '../../gateway/upstream/login/logins.js'
import { databasesOf } from '../../gateway/upstream/target.js'
import { judge, type Sampled } from './judge.js'
import { readTables, sampleTable, type Table } from './sample.js'
import { type Suggestion, yamlOf } from './yaml.js'

export interface Suggestions {
  readonly connection: string
  readonly database: string
  readonly tables: number
  readonly suggestions: readonly Suggestion[]
  /** Tables that could not be read, and what the database says. */
  readonly unread: readonly { readonly table: string; readonly why: string }[]
  /** Lines to paste into a policy; empty where there is nothing to suggest. */
  readonly yaml: string
}

export interface SuggestOptions {
  /** Path of `hoop.yaml`. */
  readonly config: string
  readonly connection: string
  /** Rows to look at in each table. */
  readonly rows: number
  readonly env?: NodeJS.ProcessEnv
}

/** For one table, milliseconds. */
const patience = 5_000

/** Columns that every policy of the connection masks, and detectors that every one of them has. */
const coveredIn = ({ config }: LoadedConfig, connection: string): ((name: string) => boolean) => {
  const policies = new Set(config.connections[connection]?.access.map(({ policy }) => policy))
  const covered = [...policies].map((policy) => {
    const masks = config.policies[policy]?.masks ?? []
    const detectors = masks.flatMap(({ detect }) => (detect && !detect.only ? detect.detectors : []))
    return new Set([
      ...masks.flatMap(({ columns }) => columns),
      ...detectors.filter((each) => typeof each === 'string'),
    ])
  })
  return (name) => covered.length > 0 && covered.every((names) => names.has(name))
}

const suggestionFor = (sampled: Sampled, covered: (name: string) => boolean): Suggestion[] => {
  const { column, type, values, found } = sampled
  // A name with a dot in it can't be written in a policy.
  if (covered(column) || column.split('.').length !== 3) return []
  const verdict = judge(sampled)
  const detect = verdict?.detect?.filter((name) => !covered(name))
  if (!verdict || detect?.length === 0) return []
  const { with: spec, reason } = verdict
  return [{ column, type, ...(spec !== undefined && { with: spec }), ...(detect && { detect }), reason, values, found }]
}

/** Each table behind a savepoint: one that can't be read is no reason to leave out the others. */
const attempt = async (client: Client, table: Table, rows: number): Promise<readonly Sampled[] | string> => {
  await client.query('SAVEPOINT sampling')
  try {
    return await sampleTable(client, table, rows)
  } catch (error) {
    // What the database says may quote a value: its code may not.
    const { code, name } = error as { code?: string; name?: string }
    return code === undefined ? (name ?? 'error') : `SQLSTATE ${code}`
  } finally {
    await client.query('ROLLBACK TO SAVEPOINT sampling')
  }
}

/**
 * Looks for columns that hold personal data, secrets or embeddings: by their types, their names, and what detectors find in
 * a bounded sample, read in a transaction that can't write. No value is kept.
 * @throws {HoopError} as `loadConfig` does; CONNECTION_UNKNOWN; UPSTREAM_… where the database can't be asked
 */
export const suggestMasks = async ({ config, connection, rows, env }: SuggestOptions): Promise<Suggestions> => {
  const loaded = await loadConfig(config, env)
  if (!loaded.config.connections[connection]) {
    const known = Object.keys(loaded.config.connections).join(', ')
    throw new HoopError('CONNECTION_UNKNOWN', connection, { hint: `${config} has ${known || 'none'}.` })
  }
  const [database] = databasesOf(loaded, connection)
  const client = await openOwnClient(anyTargetOf(loaded, connection), database)
  const covered = coveredIn(loaded, connection)
  const suggestions: Suggestion[] = []
  const unread: { table: string; why: string }[] = []
  try {
    await client.query('BEGIN READ ONLY')
    // What somebody made on the login's path must not stand in for the server's own.
    await client.query('SET LOCAL search_path = pg_catalog, pg_temp')
    await client.query(`SET LOCAL statement_timeout = ${patience}`)
    const tables = await readTables(client)
    for (const table of tables) {
      const sampled = await attempt(client, table, rows)
      if (typeof sampled === 'string') unread.push({ table: `${table.schema}.${table.name}`, why: sampled })
      else suggestions.push(...sampled.flatMap((each) => suggestionFor(each, covered)))
    }
    return { connection, database, tables: tables.length, suggestions, unread, yaml: yamlOf(suggestions) }
  } finally {
    await client.query('ROLLBACK').catch(() => undefined)
    await client.query(unlimited).catch(() => undefined)
    await client.end().catch(() => undefined)
  }
}
