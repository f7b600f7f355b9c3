import { extname } from 'node:path'
import type { SQLInputValue } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { type CompiledQuery, type DatabaseConnection, type QueryResult } from 'kysely'
import type { HoopError } from '../../lib/errors.js'
import { storeFailure } from '../failure.js'
import type { StoreAnswer, StoreQuery, ThreadData } from './messages.js'

interface Waiting {
  readonly answered: (answer: StoreAnswer) => void
}

/** What the thread is told though it has yet to answer something: it comes in its order, and ends what may be half done. */
const ENDS = 'rollback'
/** A transaction that began too late is nobody's. */
const BEGINS = 'begin'

/**
 * A store's connection in a thread of its own. What waits for the disk, or for whoever holds the file, waits there, and
 * the event loop that carries sessions goes on. A thread that ends by itself is not started anew: the next query could be
 * the second half of a transaction.
 */
export class SqliteConnection implements DatabaseConnection {
  readonly #path: string
  readonly #patience: () => number
  readonly #worker: Worker
  readonly #waiting: Waiting[] = []
  /** Answers that nobody waits for any more, and that are still to come. */
  #overdue = 0
  #ended: Error | undefined

  private constructor(path: string, patience: () => number) {
    this.#path = path
    this.#patience = patience
    const data: ThreadData = { path }
    this.#worker = new Worker(new URL(`thread${extname(import.meta.url)}`, import.meta.url), { workerData: data })
    this.#worker.on('message', (answer: StoreAnswer) => this.#answered(answer))
    this.#worker.on('error', (error: Error) => this.#end(error))
    this.#worker.on('exit', () => this.#end(new Error('the thread of the store has ended')))
    this.#worker.unref()
  }

  /**
   * @param patience milliseconds that a query may take, asked for each: beyond, it counts as failed, and so does whatever is
   * asked until the thread has answered it
   * @throws {HoopError} STORE_FAILED
   */
  static async open(path: string, patience: () => number): Promise<SqliteConnection> {
    const connection = new SqliteConnection(path, patience)
    const opened = connection.#next()
    try {
      connection.#result(await opened)
    } catch (error) {
      await connection.close()
      throw error
    }
    return connection
  }

  /** @throws {HoopError} STORE_FAILED */
  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#ended) throw storeFailure(this.#path, this.#ended)
    const hangs = this.#overdue > 0
    if (hangs && sql !== ENDS) throw this.#late()
    const answer = this.#ask({ sql, parameters: parameters as readonly SQLInputValue[] })
    const come = await this.#inTime(answer, hangs ? 0 : this.#patience())
    if (!come) {
      this.#leave(answer)
      if (sql === BEGINS) this.#leave(this.#ask({ sql: ENDS, parameters: [] }))
      throw this.#late()
    }
    const { rows, changes, insertId } = this.#result(come)
    return {
      rows: rows as R[],
      ...(changes !== undefined && { numAffectedRows: changes }),
      ...(insertId !== undefined && { insertId }),
    }
  }

  /** All rows at once: nothing of the store is large. */
  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query)
  }

  /** Resolves when the file is closed. What was asked before is answered first. */
  async close(): Promise<void> {
    if (this.#ended) return
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve))
    this.#worker.ref()
    this.#worker.postMessage('end')
    await ended
  }

  /** The answer to what is asked now. The process stays for as long as one is missing. */
  #next(): Promise<StoreAnswer> {
    if (this.#waiting.length === 0) this.#worker.ref()
    return new Promise((answered) => this.#waiting.push({ answered }))
  }

  #ask(query: StoreQuery): Promise<StoreAnswer> {
    const answer = this.#next()
    this.#worker.postMessage(query)
    return answer
  }

  /** @returns undefined where it takes too long */
  async #inTime(answer: Promise<StoreAnswer>, patience: number): Promise<StoreAnswer | undefined> {
    if (patience === Infinity) return answer
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), patience)))
    return Promise.race([answer, late]).finally(() => clearTimeout(timer))
  }

  /** Nobody waits for the answer any more; what comes holds all the same. */
  #leave(answer: Promise<StoreAnswer>): void {
    this.#overdue++
    void answer.then(() => this.#overdue--)
  }

  #late(): HoopError {
    return storeFailure(this.#path, { code: 'ETIMEDOUT' })
  }

  #answered(answer: StoreAnswer): void {
    this.#waiting.shift()?.answered(answer)
    if (this.#waiting.length === 0) this.#worker.unref()
  }

  #result(answer: StoreAnswer): Extract<StoreAnswer, { ok: true }> {
    if (answer.ok) return answer
    throw storeFailure(this.#path, answer.thrown)
  }

  #end(error: Error): void {
    this.#ended ??= error
    for (const { answered } of this.#waiting.splice(0))
      answered({ ok: false, thrown: { message: this.#ended.message } })
  }
}
