import type { Client, QueryResult as PgResult } from 'pg'
import type { CompiledQuery, QueryResult } from 'kysely'
import { HoopError } from '../../lib/errors.js'
import { lateFailure, postgresFailure, sqlstateIn } from './failure.js'
import { again } from './retry.js'
import type { PostgresServer } from './server.js'
import { type SettleOptions, settle } from './settle.js'
import { storeTypes } from './types.js'

/** Whether it is the server's word on one statement. Anything else has ended the connection, or is about to. */
const isOfStatement = (error: unknown): boolean => !/^(?:08|57P|25P03|$)/.test(sqlstateIn(error) ?? '')

export interface ConnectionOptions extends SettleOptions {
  /** Milliseconds that a query may take, asked for each. */
  readonly patience: () => number
}

/** Commands whose rows are counted. */
const changing = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/** The answer within some milliseconds, or undefined. */
const inTime = async <T>(answer: Promise<T>, patience: number): Promise<T | undefined> => {
  if (patience === Infinity) return answer
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), patience)))
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}

/** One connection to a store's server. Once it is broken it stays so: the next one is another. */
export class PostgresConnection {
  readonly #client: Client
  readonly #name: string
  readonly #patience: () => number
  #broken: HoopError | undefined
  #inTransaction = false
  /** The server has said nothing in time. */
  isLate = false

  private constructor(client: Client, name: string, patience: () => number) {
    this.#client = client
    this.#name = name
    this.#patience = patience
    const gone = (error?: Error) =>
      (this.#broken ??= postgresFailure(name, error ?? { message: 'it closed the connection' }))
    client.on('error', gone)
    client.on('end', () => void gone())
  }

  /** @throws {HoopError} STORE_FAILED */
  static async open(server: PostgresServer, { patience, ...how }: ConnectionOptions): Promise<PostgresConnection> {
    let client: Client
    try {
      client = await server.connect()
    } catch (error) {
      throw postgresFailure(server.name, error)
    }
    const connection = new PostgresConnection(client, server.name, patience)
    try {
      await settle(client, server.name, how)
      return connection
    } catch (error) {
      connection.close()
      throw postgresFailure(server.name, error)
    }
  }

  /** It may be used again. */
  get isUsable(): boolean {
    return this.#broken === undefined && !this.#inTransaction
  }

  /** Outside of a transaction it is done again where another writer came into it. @throws {HoopError} STORE_FAILED */
  executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const run = () => this.#run<R>(sql, parameters)
    return this.#inTransaction ? run() : again(run)
  }

  /** @throws {HoopError} STORE_FAILED */
  async begin(): Promise<void> {
    await this.#run('begin')
    this.#inTransaction = true
  }

  /** @throws {HoopError} STORE_FAILED */
  async commit(): Promise<void> {
    const { command } = await this.#ask('commit')
    this.#inTransaction = false
    // So the server answers where a statement of it had failed.
    if (command === 'ROLLBACK') throw new HoopError('STORE_FAILED', `${this.#name}: a transaction was undone`)
  }

  /** Never throws: a transaction whose connection breaks the server undoes by itself. */
  async rollback(): Promise<void> {
    if (this.#broken) return
    try {
      await this.#ask('rollback')
      this.#inTransaction = false
    } catch {
      this.close()
    }
  }

  /** At once; what runs is the server's to undo. */
  close(): void {
    this.#broken ??= postgresFailure(this.#name, { message: 'the connection was closed' })
    this.#client.connection.stream.destroy()
  }

  /** Says goodbye. */
  async end(): Promise<void> {
    if (this.#broken) return this.close()
    await inTime(
      this.#client.end().catch(() => undefined),
      1000,
    )
    this.close()
  }

  async #run<R>(sql: string, parameters: readonly unknown[] = []): Promise<QueryResult<R>> {
    const { command, rowCount, rows } = await this.#ask(sql, parameters)
    return {
      rows: rows as R[],
      ...(changing.has(command) && { numAffectedRows: BigInt(rowCount ?? 0) }),
    }
  }

  async #ask(text: string, values: readonly unknown[] = []): Promise<PgResult> {
    if (this.#broken) throw this.#broken
    const asked = this.#client.query({ text, values: [...values], types: storeTypes })
    try {
      const answer = await inTime(asked, this.#patience())
      if (answer) return answer
    } catch (error) {
      const failure = postgresFailure(this.#name, error)
      if (!isOfStatement(error)) this.#broken ??= failure
      throw failure
    }
    asked.catch(() => undefined)
    this.isLate = true
    this.#broken ??= lateFailure(this.#name)
    this.close()
    throw this.#broken
  }
}
