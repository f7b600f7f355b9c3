import { HoopError } from '../../lib/errors.js'
import type { StartupPacket } from '../../wire/startup.js'
import { meansUtf8 } from '../../sql/settings.js'
import type { ConnectionRuntime } from './services.js'

export type Startup = Extract<StartupPacket, { kind: 'startup' }>

/**
 * Settings that drivers send and that change nobody's rights: no policy is asked about them. Custom ones (`app.user`) are
 * data. Names are compared without case, as PostgreSQL does.
 */
const usual = new Set(
  `application_name bytea_output client_encoding client_min_messages commit_delay constraint_exclusion cpu_tuple_cost
  cursor_tuple_fraction datestyle deadlock_timeout default_statistics_target default_text_search_config
  default_transaction_deferrable default_transaction_isolation default_transaction_read_only effective_cache_size
  enable_bitmapscan enable_hashagg enable_hashjoin enable_indexonlyscan enable_indexscan enable_material
  enable_mergejoin enable_nestloop enable_seqscan enable_sort extra_float_digits from_collapse_limit geqo
  gin_fuzzy_search_limit gin_pending_list_limit hash_mem_multiplier idle_in_transaction_session_timeout
  idle_session_timeout intervalstyle jit join_collapse_limit lc_messages lc_monetary lc_numeric lc_time lock_timeout
  maintenance_work_mem max_parallel_workers max_parallel_workers_per_gather plan_cache_mode random_page_cost
  search_path seq_page_cost statement_timeout synchronous_commit tcp_keepalives_count tcp_keepalives_idle
  tcp_keepalives_interval tcp_user_timeout temp_buffers timezone timezone_abbreviations transaction_timeout
  work_mem xmlbinary xmloption`.split(/\s+/),
)

/** 3.2, of PostgreSQL 18; 3.1 was never used. */
const NEWEST_MINOR = 2

const word = '[a-z_][a-z0-9_$]*'

const isCustom = (name: string): boolean => new RegExp(`^${word}(\\.${word})+$`, 'i').test(name)

const isSetting = (name: string): boolean => new RegExp(`^${word}$`, 'i').test(name)

/** What a session asks of the server. */
export interface SessionRequest {
  readonly database: string
  /** Parameters for the upstream StartupMessage, without user, database and application_name. */
  readonly settings: ReadonlyMap<string, string>
  /** Further settings, which the policy has to allow as it would SET, and the server to know. */
  readonly asked: ReadonlyMap<string, string>
  readonly application: string | undefined
  /** The user name that the client gave; identity comes from the grant. */
  readonly user: string | undefined
  /** Minor version of protocol 3 that is spoken with the client, 2 at most. */
  readonly minor: number
  /** Present where NegotiateProtocolVersion has to be sent: options that aren't known. */
  readonly negotiate: readonly string[] | undefined
}

/**
 * Reads a StartupMessage in the light of a connection.
 * @param guarded a policy reads statements: they must come in UTF-8
 * @throws {HoopError} DATABASE_REFUSED, REPLICATION_REFUSED, OPTION_REFUSED
 * @see PostgreSQL documentation, "Message Formats", StartupMessage; "Protocol versions"
 */
export const readRequest = (
  startup: Startup,
  runtime: Pick<ConnectionRuntime, 'name' | 'databases'>,
  guarded: boolean,
): SessionRequest => {
  const { parameters, minor } = startup
  const user = parameters.get('user')
  const replication = parameters.get('replication')
  if (replication !== undefined && !/^(off?|false|no?|0|f)$/i.test(replication))
    throw new HoopError('REPLICATION_REFUSED')
  const unknown: string[] = []
  const settings = new Map<string, string>()
  const asked = new Map<string, string>()
  let application: string | undefined
  const set = (name: string, value: string): void => {
    const key = name.toLowerCase()
    if (key === 'application_name') application = value
    else if (key === 'client_encoding' && guarded) settings.set(key, encoding(value))
    else if (usual.has(key) || (isCustom(key) && !key.startsWith('_pq_.'))) settings.set(key, value)
    else if (isSetting(key)) asked.set(key, value)
    else throw new HoopError('OPTION_REFUSED', name)
  }
  for (const [name, value] of parameters) {
    if (name.startsWith('_pq_.')) unknown.push(name)
    else if (name === 'options') for (const [option, given] of readOptions(value)) set(option, given)
    else if (!['user', 'database', 'replication'].includes(name)) set(name, value)
  }
  // What the reading of statements rests on, so that RESET goes back to it, too.
  if (guarded) settings.set('standard_conforming_strings', 'on').set('client_encoding', 'UTF8')
  const spoken = Math.min(minor, NEWEST_MINOR)
  return {
    database: databaseOf(parameters.get('database'), user, runtime),
    settings,
    asked,
    application,
    user,
    minor: spoken,
    negotiate: spoken !== minor || unknown.length > 0 ? unknown : undefined,
  }
}

/** A name that was merely defaulted means the connection's database. */
const databaseOf = (
  asked: string | undefined,
  user: string | undefined,
  { name, databases }: Pick<ConnectionRuntime, 'name' | 'databases'>,
): string => {
  if (asked !== undefined && databases.includes(asked)) return asked
  if (asked === undefined || asked === '' || asked === user || asked === name) return databases[0]
  throw new HoopError('DATABASE_REFUSED', `“${asked}”`, {
    hint: `This connection leads to ${databases.map((database) => `“${database}”`).join(', ')}; leave the name out, or use that.`,
  })
}

/** Statements are read as UTF-8, so that is what they must be; SQL_ASCII and `auto` only mean that nobody cared. */
const encoding = (asked: string): string => {
  if (meansUtf8(asked) || ['sqlascii', 'auto', ''].includes(asked.replace(/[^a-z0-9]/gi, '').toLowerCase()))
    return 'UTF8'
  throw new HoopError('OPTION_REFUSED', `client_encoding = ${asked}`, { hint: 'Use UTF8 as the client encoding.' })
}

/**
 * The `options` parameter: `-c name=value` and `--name=value`, blanks escaped by backslashes.
 * @throws {HoopError} OPTION_REFUSED for anything else
 */
const readOptions = (text: string): [string, string][] => {
  const words = (text.match(/(?:\\.|[^\s\\])+/gs) ?? []).map((word) => word.replace(/\\(.)/gs, '$1'))
  const settings: [string, string][] = []
  for (let i = 0; i < words.length; i++) {
    let word = words[i]!
    if (word === '-c') word = words[++i] ?? ''
    else if (word.startsWith('--')) word = word.slice(2)
    else if (word.startsWith('-c')) word = word.slice(2)
    else throw new HoopError('OPTION_REFUSED', word)
    const equals = word.indexOf('=')
    if (equals < 1) throw new HoopError('OPTION_REFUSED', word)
    settings.push([word.slice(0, equals).replaceAll('-', '_'), word.slice(equals + 1)])
  }
  return settings
}
