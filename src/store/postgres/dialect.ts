import { type Dialect, type Driver, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { PostgresConnection } from './connection.js'
import { Lease } from './lease.js'
import { ConnectionPool } from './pool.js'
import type { PostgresServer } from './server.js'

/** Connections that read for one gateway at the same time. */
const readers = 4

/** The server stops a statement by itself a little before nobody waits for it any more. */
const serverSide = (patience: number): number | undefined =>
  patience === Infinity ? undefined : Math.max(1, Math.floor(patience * 0.9))

const driver = (server: PostgresServer, patience: () => number): Driver => {
  const pool = (most: number, isolation?: 'read committed') =>
    new ConnectionPool({
      ...{ name: server.name, most, patience },
      open: () => PostgresConnection.open(server, { patience, statementTimeout: serverSide(patience()), isolation }),
    })
  // One statement reads what is committed as of one moment anyway, and a serializable one could end others.
  const pools = { writing: pool(1), reading: pool(readers, 'read committed') }
  const of = (connection: unknown) => connection as Lease
  return {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(new Lease(pools)),
    beginTransaction: (its) => of(its).begin(),
    commitTransaction: (its) => of(its).commit(),
    rollbackTransaction: (its) => of(its).rollback(),
    releaseConnection: (its) => Promise.resolve(of(its).release()),
    destroy: async () => void (await Promise.all([pools.writing.end(), pools.reading.end()])),
  }
}

/**
 * Kysely's dialect over a few connections to a server: one that writes, in serializable transactions, and some that read.
 * @param patience milliseconds that each query may take, as of then; the server gets what holds when a connection is opened
 * @throws {HoopError} STORE_FAILED, from every query
 */
export const postgresDialect = (server: PostgresServer, patience: () => number = () => Infinity): Dialect => ({
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => driver(server, patience),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
})
