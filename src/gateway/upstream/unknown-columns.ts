import { setTimeout as after } from 'node:timers/promises'
import type { Logger } from 'pino'
import { HoopError } from '../../lib/errors.js'
import type { LoadedConfig } from '../../policy/config/load.js'
import { readOnce } from './catalog-source.js'
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
  readonly unknown: readonly UnknownColumn[]
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

/** Columns that one connection's databases don't have, by policy entry. @throws where one can't be read */
const missingOn = async (
  loaded: LoadedConfig,
  connection: string,
  columns: readonly string[],
): Promise<Set<string>> => {
  const target = targetOf(loaded, connection)
  const unknown = await Promise.all(
    databasesOf(loaded, connection).map(async (name) => new Set((await readOnce(target, name, columns)).unknown)),
  )
  return new Set(columns.filter((column) => unknown.every((missing) => missing.has(column))))
}

const survey = async (loaded: LoadedConfig, policy: string): Promise<ColumnSurvey> => {
  const entries = columnsOf(loaded, policy)
  const users = usersOf(loaded, policy)
  if (entries.length === 0 || users.length === 0) return { unknown: [], unread: [], known: 0 }
  const columns = entries.map(({ column }) => column)
  const asked = await Promise.allSettled(users.map((connection) => missingOn(loaded, connection, columns)))
  const unread = asked.flatMap((one, at) =>
    one.status === 'rejected' ? [{ policy, connection: users[at]!, error: one.reason as unknown }] : [],
  )
  const read = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const unknown = entries.filter(({ column }) => read.every((missing) => missing.has(column)))
  // A column that isn't where we could look may be where we couldn't.
  if (unread.length > 0) return { unknown: [], unread, known: entries.length - unknown.length }
  return { unknown: unknown.map((entry) => ({ policy, ...entry })), unread, known: entries.length - unknown.length }
}

/** Looks for the columns that masks name in the live databases: a misspelled one would mask nothing. */
export const surveyColumns = async (loaded: LoadedConfig): Promise<ColumnSurvey> => {
  const surveys = await Promise.all(Object.keys(loaded.config.policies).map((policy) => survey(loaded, policy)))
  return {
    unknown: surveys.flatMap(({ unknown }) => unknown),
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

/**
 * Refuses a configuration whose masks name columns that aren't there. A database that doesn't answer is no reason not to
 * start: that is logged, and its sessions are refused until its catalog can be read.
 * @throws {HoopError} CONFIG_INVALID
 */
export const assertKnownColumns = async (loaded: LoadedConfig, log: Logger): Promise<void> => {
  const answer = await Promise.race([surveyColumns(loaded), after(patience, undefined, { ref: false })])
  if (!answer) return log.warn('the databases answer slowly: whether they have the masked columns was not checked')
  for (const { policy, connection, error: err } of answer.unread)
    log.warn({ policy, connection, err }, 'whether it has the masked columns could not be checked')
  if (answer.unknown.length > 0) throw unknownColumns(answer.unknown)
}
