import type { Client } from 'pg'
import { HoopError } from '../../lib/errors.js'
import { storeSchema } from './server.js'
import { storeTypes } from './types.js'

export interface SettleOptions {
  /** Milliseconds after which the server itself stops a statement; absent: never. */
  readonly statementTimeout?: number | undefined
  /** Of transactions, single statements included; serializable unless said. */
  readonly isolation?: 'read committed' | undefined
}

/** The oldest server, as `server_version_num` has it. */
const oldest = 130_000

/** Milliseconds that a statement may wait for a lock, as a SQLite store waits for whoever holds the file. */
const lockTimeout = 5_000
/** Milliseconds after which the server undoes a transaction of a gateway that says nothing more. */
const idleTimeout = 20_000

/** Everything that a role, a database or a server may have set otherwise, and that statements of the store rest on. */
const settings = ({ statementTimeout = 0, isolation }: SettleOptions): Readonly<Record<string, string>> => ({
  search_path: storeSchema,
  default_transaction_isolation: isolation ?? 'serializable',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  standard_conforming_strings: 'on',
  client_encoding: 'UTF8',
  client_min_messages: 'warning',
  row_security: 'off',
  statement_timeout: String(statementTimeout),
  lock_timeout: String(lockTimeout),
  idle_in_transaction_session_timeout: String(idleTimeout),
  // A gateway whose host is gone holds nothing for longer than a lease.
  tcp_keepalives_idle: '5',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '2',
  tcp_user_timeout: '15000',
})

interface About {
  readonly version: bigint
  readonly encoding: string
  readonly pid: bigint
  readonly standby: bigint
  readonly durable: string
}

const about = `select pg_catalog.current_setting('server_version_num')::pg_catalog.int4 as version,
  pg_catalog.current_setting('server_encoding') as encoding, pg_catalog.pg_backend_pid() as pid,
  pg_catalog.pg_is_in_recovery() as standby, pg_catalog.current_setting('synchronous_commit') as durable`

const unfit = (name: string, why: string, hint: string): HoopError =>
  new HoopError('STORE_FAILED', `${name}: ${why}`, { hint })

/**
 * Makes a connection one that the store may use: nothing of what it rests on is left to the role's or the server's settings.
 * @throws {HoopError} STORE_FAILED where the server can't have a store; the server's own error
 */
export const settle = async (client: Client, name: string, how: SettleOptions): Promise<void> => {
  const { rows } = await client.query<About>({ text: about, types: storeTypes })
  const { version, encoding, pid, standby, durable } = rows[0]!
  if (version < oldest)
    throw unfit(name, `it is PostgreSQL ${version / 10_000n}`, 'A store takes PostgreSQL 13 or later.')
  if (encoding !== 'UTF8')
    throw unfit(name, `the database has the encoding ${encoding}`, 'Make one with ENCODING UTF8 for it.')
  // A pooler gives a statement whatever connection is free, and neither settings nor locks stay with it.
  const { processID } = client as unknown as { processID: number | null }
  if (processID !== null && BigInt(processID) !== pid)
    throw unfit(name, 'a pooler is between', 'Name the server itself in gateway.store.')
  if (standby === 1n)
    throw unfit(name, 'the server takes no writes, as a standby', 'Name the primary in gateway.store.')
  const set = Object.entries(settings(how))
  // What was acknowledged must outlive a power failure; what goes further, as remote_apply does, is the operator's.
  if (durable === 'off') set.push(['synchronous_commit', 'on'])
  await client.query(set.map(([key, value]) => `set ${key} = '${value}'`).join('; '))
}
