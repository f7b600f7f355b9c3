import {
  CompiledQuery,
  type Dialect,
  type Driver,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { SqliteConnection } from './connection.js'

const run = async (connection: Pick<SqliteConnection, 'executeQuery'>, sql: string): Promise<void> => {
  await connection.executeQuery(CompiledQuery.raw(sql))
}

/** One connection, which kysely's own lock gives to one caller at a time, for a query or a transaction. */
const driver = (path: string, patience: () => number): Driver => {
  let connection: SqliteConnection | undefined
  return {
    init: async () => void (connection = await SqliteConnection.open(path, patience)),
    acquireConnection: () => Promise.resolve(connection!),
    beginTransaction: (its) => run(its, 'begin'),
    commitTransaction: (its) => run(its, 'commit'),
    rollbackTransaction: (its) => run(its, 'rollback'),
    releaseConnection: () => Promise.resolve(),
    destroy: async () => connection?.close(),
  }
}

/**
 * Kysely's dialect over node:sqlite in a thread of its own.
 * @param path a file, made with mode 0600 where it is missing; the files beside it (-wal, -shm) inherit the mode
 * @param patience milliseconds that each query may take, as of then; any time where nothing is said
 * @throws {HoopError} STORE_FAILED, from every query; the first opens the file
 */
export const sqliteDialect = (path: string, patience: () => number = () => Infinity): Dialect => ({
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => driver(path, patience),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
})
