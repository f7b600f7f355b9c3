import { HoopError } from '../../../lib/errors.js'
import type { LoadedConfig } from '../../../policy/config/load.js'
import type { Catalog } from '../../../sql/catalog.js'
import { readOnce } from './catalog-source.js'
import { anyTargetOf } from '../login/logins.js'
import { databasesOf } from '../target.js'

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

/** How one database is under these masks. @throws where its catalog can't be read */
export type Look = (connection: string, database: string, masked: readonly string[]) => Promise<Catalog>

const once =
  (loaded: LoadedConfig): Look =>
  (connection, database, masked) =>
    readOnce(anyTargetOf(loaded, connection), database, { masked })

/** What a database lacks of the columns that masks name. */
interface Missing {
  readonly columns: ReadonlySet<string>
  /** Of these, those whose table isn't there. */
  readonly tables: ReadonlySet<string>
}

const hasTable = ({ named }: Catalog, column: string): boolean => {
  const [schema, table] = column.split('.')
  return named.get(table ?? '')?.some((relation) => relation.schema === schema) === true
}

const missingIn = (catalog: Catalog): Missing => ({
  columns: new Set(catalog.unknown),
  tables: new Set(catalog.unknown.filter((column) => !hasTable(catalog, column))),
})

/** Columns that one connection's databases don't have, by policy entry. @throws where one can't be read */
const missingOn = async (
  loaded: LoadedConfig,
  connection: string,
  columns: readonly string[],
  look: Look,
): Promise<Missing> => {
  const found = await Promise.all(
    databasesOf(loaded, connection).map(async (name) => missingIn(await look(connection, name, columns))),
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

export interface GoneOptions {
  readonly loaded: LoadedConfig
  /** Name of the policy. */
  readonly policy: string
  /** The database in question. */
  readonly at: { readonly connection: string; readonly database: string }
  readonly look: Look
  /** Entries that a database that can't be read now once had. */
  readonly had: (connection: string, database: string) => Promise<ReadonlySet<string>>
}

/**
 * Columns that a policy masks and that their table in this database doesn't have: misspelled, or dropped. What any other
 * database of the policy has, or once had and can't be read now, is none.
 * @throws where this database's catalog can't be read
 */
export const goneColumns = async ({ loaded, policy, at, look, had }: GoneOptions): Promise<UnknownColumn[]> => {
  const entries = columnsOf(loaded, policy)
  if (entries.length === 0) return []
  const columns = entries.map(({ column }) => column)
  const { columns: missing, tables } = missingIn(await look(at.connection, at.database, columns))
  const gone = new Set(columns.filter((column) => missing.has(column) && !tables.has(column)))
  if (gone.size === 0) return []
  const others = usersOf(loaded, policy).flatMap((connection) =>
    databasesOf(loaded, connection).map((database) => ({ connection, database })),
  )
  await Promise.all(
    others.map(async ({ connection, database }) => {
      if (connection === at.connection && database === at.database) return
      const absent = await look(connection, database, columns).then(
        (catalog) => new Set(catalog.unknown),
        async () => {
          const once = await had(connection, database)
          return new Set(columns.filter((column) => !once.has(column)))
        },
      )
      for (const column of gone) if (!absent.has(column)) gone.delete(column)
    }),
  )
  return entries.filter(({ column }) => gone.has(column)).map((each) => ({ policy, ...each }))
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
    'POLICY_UNAPPLIED',
    `\n${unknown.map(({ position, policy, column }) => `${position}: policies.${policy}.masks: found ${column}, which no database of this policy has`).join('\n')}`,
    { hint: 'Write schema.table.column as the catalog has it: a misspelled column would not be masked.' },
  )

export const unseenTable = ({ position, policy, column }: UnknownColumn): string =>
  `${position}: policies.${policy}.masks: no database of this policy has the table of ${column}; it is masked once it is there`
