import { HoopError } from '../../lib/errors.js'

interface Reason {
  readonly what: string
  /** For an operator. */
  readonly hint: string
}

const away: Reason = {
  what: 'the server can’t be reached',
  hint: 'Start the server of gateway.store, or look at the network between. The gateway goes on by itself when it is back.',
}
const refused: Reason = {
  what: 'the server refuses the login',
  hint: 'Check the user and gateway.store_password, and the server’s pg_hba.conf.',
}
const insecure: Reason = {
  what: 'TLS to the server fails',
  hint: 'Check sslmode, sslrootcert and the server’s certificate.',
}
const crowded: Reason = {
  what: 'the server has no room for another connection',
  hint: 'Raise max_connections, or the role’s or database’s CONNECTION LIMIT: a gateway takes up to seven.',
}
const full: Reason = { what: 'the server’s disk or memory is full', hint: 'Make room on the server of gateway.store.' }
const silent: Reason = {
  what: 'the server does not answer in time',
  hint: 'Look at the server of gateway.store: its disk, its load, and what it waits for (pg_stat_activity).',
}
const locked: Reason = {
  what: 'another session of the server holds what is needed',
  hint: 'Find it in pg_locks and pg_stat_activity, and end it: nobody but gateways should work in the schema hoop.',
}
const contended: Reason = {
  what: 'others change the same all the time',
  hint: 'It was tried several times. Ask again; if it stays, look at who else writes in the schema hoop.',
}
const standby: Reason = {
  what: 'the server takes no writes',
  hint: 'Name the primary in gateway.store; of several hosts, the one that takes writes is taken.',
}
const forbidden: Reason = {
  what: 'its user may not do that',
  hint: 'The user of gateway.store has to own the schema hoop: CREATE SCHEMA hoop AUTHORIZATION user',
}
const nowhere: Reason = {
  what: 'there is no such database',
  hint: 'Make it: CREATE DATABASE … OWNER user ENCODING UTF8',
}

/** By SQLSTATE, the whole or its class. @see PostgreSQL documentation, "PostgreSQL Error Codes" */
const bySqlstate: Readonly<Record<string, Reason>> = {
  '08': away,
  '25006': standby,
  '28': refused,
  '3D000': nowhere,
  '40001': contended,
  '40P01': contended,
  '42501': forbidden,
  '53': full,
  '53300': crowded,
  '55P03': locked,
  '57014': silent,
  '57P': away,
}

/** By the code of what failed while a connection was opened. */
const byCode: Readonly<Record<string, Reason>> = {
  UPSTREAM_UNREACHABLE: away,
  UPSTREAM_FULL: crowded,
  UPSTREAM_TLS: insecure,
  UPSTREAM_LOGIN: refused,
}

const sqlstateOf = (cause: unknown): string | undefined => {
  const { code } = (cause ?? {}) as { code?: unknown }
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** Of an error of ours, or of the server's, the SQLSTATE. */
export const sqlstateIn = (error: unknown): string | undefined =>
  sqlstateOf(error) ?? sqlstateOf((error as { cause?: unknown } | undefined)?.cause)

/** Of the system, or of the driver where a connection ends under it. */
const isOfNetwork = (cause: unknown): boolean => {
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown }
  return (
    /^E[A-Z]+$/.test(String(code)) ||
    /connection (?:was )?(?:terminated|ended|closed)|closed the connection|not queryable/i.test(String(message))
  )
}

const reasonOf = (cause: unknown): Reason | undefined => {
  const state = sqlstateIn(cause)
  if (state !== undefined) {
    const known = bySqlstate[state] ?? bySqlstate[state.slice(0, 3)] ?? bySqlstate[state.slice(0, 2)]
    if (known) return known
  }
  if (cause instanceof HoopError) return byCode[cause.code]
  return state === undefined && isOfNetwork(cause) ? away : undefined
}

/** What a server said, without the values that stand in its detail. */
const bare = (cause: unknown): Error =>
  cause instanceof HoopError
    ? cause
    : Object.assign(new Error(cause instanceof Error ? cause.message : String(cause)), { code: sqlstateOf(cause) })

/**
 * What went wrong with a store on a server, in an operator's words.
 * @param name of the server; no client may hear it
 */
export const postgresFailure = (name: string, cause: unknown): HoopError => {
  if (cause instanceof HoopError && !cause.code.startsWith('UPSTREAM_')) return cause
  const reason = reasonOf(cause)
  const said = cause instanceof HoopError ? cause.about : bare(cause).message
  const { code } = (cause ?? {}) as { code?: string }
  const words = said || code || 'it closed the connection'
  return new HoopError('STORE_FAILED', `${name}: ${reason ? `${reason.what} (${words})` : words}`, {
    ...(reason && { hint: reason.hint }),
    cause: bare(cause),
  })
}

/** Nothing came in time. */
export const lateFailure = (name: string): HoopError => postgresFailure(name, { code: '57014', message: '' })
