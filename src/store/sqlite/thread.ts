import { chmodSync, closeSync, openSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
// Types alone: tests start this file as it stands, and what it imported by name they would not find.
import type { StoreAnswer, StoreQuery, ThreadData, Thrown } from './messages.js'

/** Statements kept prepared; kysely writes a few dozen different ones. */
const keptStatements = 200

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

const answering = (work: () => Extract<StoreAnswer, { ok: true }>): StoreAnswer => {
  try {
    return work()
  } catch (error) {
    const { message, errcode, code } = error as Thrown
    const thrown = { message, ...(errcode !== undefined && { errcode }), ...(code !== undefined && { code }) }
    return { ok: false, thrown }
  }
}

/** Opens the store and answers queries until it is told to end. */
const serve = ({ path }: ThreadData): void => {
  const port = parentPort!
  let database: DatabaseSync | undefined
  let prepare = (_: string): StatementSync => {
    throw new Error('the store is not open')
  }
  const run = ({ sql, parameters }: StoreQuery): Extract<StoreAnswer, { ok: true }> => {
    // A full disk has ended the transaction already, and why is what the caller has to hear.
    if (sql === 'rollback' && database?.isTransaction === false) return { ok: true, rows: [] }
    const statement = prepare(sql)
    if (statement.columns().length > 0) return { ok: true, rows: statement.all(...parameters) }
    const { changes, lastInsertRowid } = statement.run(...parameters)
    return { ok: true, rows: [], changes: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }
  port.on('message', (query: StoreQuery | 'end') => {
    if (query !== 'end') return port.postMessage(answering(() => run(query)))
    database?.close()
    port.close()
  })
  port.postMessage(
    answering(() => {
      database = open(path)
      prepare = preparing(database)
      return { ok: true, rows: [] }
    }),
  )
}

serve(workerData as ThreadData)
