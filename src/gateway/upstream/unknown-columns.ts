import { setTimeout as after } from 'node:timers/promises'
import type { Logger } from 'pino'
import { HoopError } from '../../lib/errors.js'
import type { LoadedConfig } from '../../policy/config/load.js'
import type { Catalog } from '../../sql/catalog.js'
import { type CatalogSources, readOnce } from './catalog-source.js'
import { databasesOf, targetOf } from './target.js'

/** How long a start may wait for the databases' catalogs, milliseconds. */
const patience = 5_000

/** A mask's column that is in none of the databases where its policy is used. */
export interface UnknownColumn {
  readonly policy: string
  readonly column: string
  /** `file:line:column` of the mask. */
  readonly position: string
}

export interface ColumnSurvey {
  /** Their tables are there. */
  readonly unknown: readonly UnknownColumn[]
  /** Their tables are in none of the databases: they are masked from the first row, once they are made. */
  readonly unseen: readonly UnknownColumn[]
  /** Policies of which nothing can be said, since a database that they are used on can't be read. */
  readonly unread: readonly { readonly policy: string; readonly connection: string; readonly error: unknown }[]
  /** Columns that were found. */
  readonly known: number
}

const usersOf = ({ config }: LoadedConfig, policy: string): string[] =>
  Object.keys(config.connections).filter((name) =>
    config.connections[name]?.access.some((entry) => entry.policy === policy),
  )

const columnsOf = (loaded: LoadedConfig, policy: string): { column: string; position: string }[] =>
  (loaded.config.policies[policy]?.masks ?? []).flatMap(({ columns, detect }, mask) => {
    const named = (key: string, each: readonly string[] = []) =>
      each.map((column, at) => ({ column, position: loaded.locate(['policies', policy, 'masks', mask, key, at]) }))
    return [...named('columns', detect?.only ?? columns), ...named('except', detect?.except)]
  })

/** How one database is under these masks. */
type Look = (connection: string, database: string, masked: readonly string[]) => Promise<Catalog>

const once =
  (loaded: LoadedConfig): Look =>
  (connection, database, masked) =>
    readOnce(targetOf(loaded, connection), database, { masked })

const shared =
  (loaded: LoadedConfig, catalogs: CatalogSources): Look =>
  async (connection, database, masked) => {
    const source = catalogs.of(targetOf(loaded, connection), database)
    await source.fresh()
    return source.under({ masked })
  }

interface Missing {
  readonly columns: ReadonlySet<string>
  /** Of these, those whose table isn't there. */
  readonly tables: ReadonlySet<string>
}

const hasTable = ({ named }: Catalog, column: string): boolean => {
  const [schema, table] = column.split('.')
  return named.get(table ?? '')?.some((relation) => relation.schema === schema) === true
}

/** Columns that one connection's databases don't have, by policy entry. @throws where one can't be read */
const missingOn = async (
  loaded: LoadedConfig,
  connection: string,
  columns: readonly string[],
  look: Look,
): Promise<Missing> => {
  const found = await Promise.all(
    databasesOf(loaded, connection).map(async (name) => {
      const catalog = await look(connection, name, columns)
      const tables = catalog.unknown.filter((column) => !hasTable(catalog, column))
      return { columns: new Set(catalog.unknown), tables: new Set(tables) }
    }),
  )
  return {
    columns: new Set(columns.filter((column) => found.every((missing) => missing.columns.has(column)))),
    tables: new Set(columns.filter((column) => found.every((missing) => missing.tables.has(column)))),
  }
}

const survey = async (loaded: LoadedConfig, policy: string, look: Look): Promise<ColumnSurvey> => {
  const entries = columnsOf(loaded, policy)
  const users = usersOf(loaded, policy)
  if (entries.length === 0 || users.length === 0) return { unknown: [], unseen: [], unread: [], known: 0 }
  const columns = entries.map(({ column }) => column)
  const asked = await Promise.allSettled(users.map((connection) => missingOn(loaded, connection, columns, look)))
  const unread = asked.flatMap((one, at) =>
    one.status === 'rejected' ? [{ policy, connection: users[at]!, error: one.reason as unknown }] : [],
  )
  const read = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const missing = entries.filter(({ column }) => read.every(({ columns }) => columns.has(column)))
  const known = entries.length - missing.length
  // A column that isn't where we could look may be where we couldn't.
  if (unread.length > 0) return { unknown: [], unseen: [], unread, known }
  const unseen = missing.filter(({ column }) => read.every(({ tables }) => tables.has(column)))
  const unknown = missing.filter((entry) => !unseen.includes(entry))
  const of = (each: (typeof entries)[number]): UnknownColumn => ({ policy, ...each })
  return { unknown: unknown.map(of), unseen: unseen.map(of), unread, known }
}

/**
 * Looks for the columns that masks name in the live databases: a misspelled one would mask nothing.
 * @param look reads each database anew unless it is given
 */
export const surveyColumns = async (loaded: LoadedConfig, look: Look = once(loaded)): Promise<ColumnSurvey> => {
  const surveys = await Promise.all(Object.keys(loaded.config.policies).map((policy) => survey(loaded, policy, look)))
  return {
    unknown: surveys.flatMap(({ unknown }) => unknown),
    unseen: surveys.flatMap(({ unseen }) => unseen),
    unread: surveys.flatMap(({ unread }) => unread),
    known: surveys.reduce((sum, { known }) => sum + known, 0),
  }
}

export const unknownColumns = (unknown: readonly UnknownColumn[]): HoopError =>
  new HoopError(
    'CONFIG_INVALID',
    `\n${unknown.map(({ position, policy, column }) => `${position}: policies.${policy}.masks: found ${column}, which no database of this policy has`).join('\n')}`,
    { hint: 'Write schema.table.column as the catalog has it: a misspelled column would not be masked.' },
  )

export const unseenTable = ({ position, policy, column }: UnknownColumn): string =>
  `${position}: policies.${policy}.masks: no database of this policy has the table of ${column}; it is masked once it is there`

/**
 * Refuses a configuration whose masks name columns that their tables don't have and never had. A table that isn't there is
 * said, and so is a database that doesn't answer: its sessions are refused until its catalog can be read.
 * @throws {HoopError} CONFIG_INVALID
 */
export const assertKnownColumns = async (
  loaded: LoadedConfig,
  catalogs: CatalogSources,
  log: Logger,
): Promise<void> => {
  const asked = surveyColumns(loaded, shared(loaded, catalogs))
  const answer = await Promise.race([asked, after(patience, undefined, { ref: false })])
  if (!answer) return log.warn('the databases answer slowly: whether they have the masked columns was not checked')
  for (const { policy, connection, error: err } of answer.unread)
    log.warn({ policy, connection, err }, 'whether it has the masked columns could not be checked')
  for (const each of answer.unseen) log.warn({ policy: each.policy, column: each.column }, unseenTable(each))
  if (answer.unknown.length > 0) throw unknownColumns(answer.unknown)
}
