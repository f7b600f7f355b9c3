import { type Dialect, type Driver, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { PostgresConnection } from './connection.js'
import { ConnectionPool } from './pool.js'
import type { PostgresServer } from './server.js'

/** Connections of one gateway: what it asks at the same time. */
const most = 8

/** The server stops a statement by itself a little before nobody waits for it any more. */
const serverSide = (patience: number): number | undefined =>
  patience === Infinity ? undefined : Math.max(1, Math.floor(patience * 0.9))

const driver = (server: PostgresServer, patience: () => number): Driver => {
  const open = () => PostgresConnection.open(server, { patience, statementTimeout: serverSide(patience()) })
  const pool = new ConnectionPool({ name: server.name, open, most, patience })
  const of = (connection: unknown) => connection as PostgresConnection
  return {
    init: () => Promise.resolve(),
    acquireConnection: () => pool.acquire(),
    beginTransaction: (its) => of(its).begin(),
    commitTransaction: (its) => of(its).commit(),
    rollbackTransaction: (its) => of(its).rollback(),
    releaseConnection: (its) => Promise.resolve(pool.release(of(its))),
    destroy: () => pool.end(),
  }
}

/**
 * Kysely's dialect over a few connections to a server, all transactions of which are serializable.
 * @param patience milliseconds that each query may take, as of then; the server gets what holds when a connection is opened
 * @throws {HoopError} STORE_FAILED, from every query
 */
export const postgresDialect = (server: PostgresServer, patience: () => number = () => Infinity): Dialect => ({
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => driver(server, patience),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
})
