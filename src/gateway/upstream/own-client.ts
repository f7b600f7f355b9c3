import { TLSSocket } from 'node:tls'
import { Client } from 'pg'
import { deadline } from '../../lib/deadline.js'
import { HoopError } from '../../lib/errors.js'
import { bindable, MAX_ITERATIONS } from './login/scram.js'
import { assertSuited, firstOf, type ServerState } from './hosts.js'
import { withRenewal } from './login/renewal.js'
import type { UpstreamTarget } from './target.js'
import { optionsOf } from './options.js'
import { brokenOff, openUpstream } from './tls.js'

/** The gateway's own questions are short: what takes longer is stopped, by the server and by the client. Milliseconds. */
const statementTimeout = 10_000

/** What the driver says when `connectionTimeoutMillis` are over. */
const LATE = 'timeout expired'

/** A statement that sets it. What is asked has to be qualified: a login's path may have schemas where others can make something. */
export const limited = `SET statement_timeout = ${statementTimeout}`

/** Takes it back, for a database that serves everybody over one backend (PGlite), where it would hold for others. */
export const unlimited = 'RESET statement_timeout'

type Stream = Awaited<ReturnType<typeof openUpstream>>

/** The driver connects its stream itself; this one is connected, and verified, by the same code as the sessions'. */
const connected = (socket: Stream): Stream => {
  const connect = () => {
    setImmediate(() => socket.emit('connect'))
    return socket
  }
  return Object.assign(socket, { connect })
}

const words = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  return cause.message || ((cause as NodeJS.ErrnoException).code ?? cause.name)
}

const stateOf = async (client: Client): Promise<ServerState | undefined> => {
  const standby = 'SELECT pg_catalog.pg_is_in_recovery() AS standby'
  const readOnly = `pg_catalog.current_setting('default_transaction_read_only') OPERATOR(pg_catalog.=) 'on' AS "readOnly"`
  return (await client.query<ServerState & Record<string, unknown>>(`${standby}, ${readOnly}`)).rows[0]
}

/** A server that has no room, or is starting or stopping, has said nothing about the gateway's login. */
const failureOf = (cause: unknown): HoopError => {
  if (cause instanceof HoopError) return cause
  if (words(cause) === LATE) return new HoopError('UPSTREAM_UNREACHABLE', 'no answer in time', { cause })
  const { code: sqlstate = '' } = cause as { code?: string }
  if (sqlstate.startsWith('ERR_SSL')) return brokenOff(cause)
  if (sqlstate === '53300') return new HoopError('UPSTREAM_FULL', '', { cause })
  const isDown = /^57P0\d$/.test(sqlstate)
  return new HoopError(isDown ? 'UPSTREAM_UNREACHABLE' : 'UPSTREAM_LOGIN', words(cause), { cause })
}

/**
 * A connection of the gateway's own, for the catalog: under a short statement timeout. Whoever opens it ends it.
 * @param role as which it goes on behind the login
 * @throws {HoopError} UPSTREAM_UNREACHABLE, UPSTREAM_FULL, UPSTREAM_TLS, UPSTREAM_LOGIN with the server's own words,
 * SECRET_MISSING
 */
export const openOwnClient = (target: UpstreamTarget, database: string, role?: string): Promise<Client> =>
  firstOf(target, (one) => withRenewal(one, () => openOn(one, database, { role, name: 'hoop:gateway', bounded: true })))

/**
 * A connection to the gateway's own store, on the first of its servers that takes writes. How long a statement may take is
 * the store's to say.
 * @throws {HoopError} as openOwnClient
 */
export const openStoreClient = (target: UpstreamTarget, database: string): Promise<Client> => {
  const open = (one: UpstreamTarget) => openOn(one, database, { name: 'hoop:store', bounded: false })
  return firstOf(target, (one) => withRenewal(one, () => open(one)))
}

interface Own {
  readonly role?: string | undefined
  /** As the server's lists show it. */
  readonly name: string
  /** Whether its statements are short. */
  readonly bounded: boolean
}

const openOn = async (target: UpstreamTarget, database: string, { role, name, bounded }: Own): Promise<Client> => {
  const password = await target.password()
  const socket = await openUpstream(target, deadline(target.connectTimeout))
  const client = new Client({
    stream: () => connected(socket),
    ssl: false, // TLS is there already, where it is to be
    enableChannelBinding: bindable(socket) !== undefined,
    ...{ scramMaxIterations: MAX_ITERATIONS }, // an option that pg's types leave out
    user: target.user,
    database,
    application_name: name,
    ...(role !== undefined && { options: optionsOf(new Map([['role', role]])) }),
    connectionTimeoutMillis: target.connectTimeout,
    ...(bounded && { query_timeout: statementTimeout + 1000 }),
    password: () => password ?? '', // a function: with an empty one the driver would look into its environment
  })
  client.on('error', () => undefined) // the query in flight reports it
  client.connection.once('authenticationCleartextPassword', () => {
    if (!(socket instanceof TLSSocket)) socket.destroy(new Error('the server asks for the password in clear'))
  })
  try {
    await client.connect()
    // Set here rather than at startup, where poolers refuse parameters that they don't know.
    if (bounded) await client.query(limited)
    if (target.attributes !== undefined) assertSuited(target, await stateOf(client))
    return client
  } catch (cause) {
    socket.destroy()
    throw failureOf(cause)
  }
}
