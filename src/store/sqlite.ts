import { chmodSync, closeSync, openSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { SqliteDialect, type Dialect } from 'kysely'
import { storeFailure } from './failure.js'

/** Statements kept prepared; kysely writes a few dozen different ones. */
const keptStatements = 200

/** @throws {HoopError} STORE_FAILED in place of whatever SQLite or the file system threw */
const failing =
  (path: string) =>
  <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw storeFailure(path, error)
    }
  }

const open = (path: string): DatabaseSync => {
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
  const database = new DatabaseSync(path, { timeout: 5000, readBigInts: true })
  // A record that was acknowledged must outlive a power failure, so FULL although WAL would do with NORMAL.
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on')
  return database
}

/** Prepares each statement once. */
const preparing = (database: DatabaseSync): ((sql: string) => StatementSync) => {
  const kept = new Map<string, StatementSync>()
  return (sql) => {
    const known = kept.get(sql)
    if (known) return known
    const statement = database.prepare(sql)
    if (kept.size >= keptStatements) kept.clear()
    kept.set(sql, statement)
    return statement
  }
}

/**
 * Kysely's dialect over node:sqlite. The connection is one and synchronous: kysely's own lock keeps transactions of
 * different callers apart.
 * @param path a file, made with mode 0600 where it is missing; the files beside it (-wal, -shm) inherit the mode
 * @throws {HoopError} STORE_FAILED, here and from every query
 */
export const sqliteDialect = (path: string): Dialect => {
  const orFail = failing(path)
  const database = orFail(() => open(path))
  const prepare = preparing(database)
  return new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare: (sql) => {
        const statement = orFail(() => prepare(sql))
        return {
          reader: statement.columns().length > 0,
          all: (parameters) => orFail(() => statement.all(...(parameters as SQLInputValue[]))),
          run: (parameters) => orFail(() => statement.run(...(parameters as SQLInputValue[]))),
          iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
        }
      },
    },
  })
}
