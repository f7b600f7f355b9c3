import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import type { PostgresConnection } from './connection.js'
import type { ConnectionPool } from './pool.js'

/** Who writes and who reads. */
export interface Pools {
  /** One connection: what a gateway writes keeps its order, and its own transactions never come into each other. */
  readonly writing: ConnectionPool
  readonly reading: ConnectionPool
}

const isRead = ({ query, sql }: CompiledQuery): boolean =>
  query.kind === 'SelectQueryNode' || (query.kind === 'RawNode' && /^\s*select\b/i.test(sql))

/**
 * What kysely gets for a query or a transaction. Which connection it is shows only with the first thing that is asked, and it
 * stays that one.
 */
export class Lease implements DatabaseConnection {
  readonly #pools: Pools
  #taken: { readonly pool: ConnectionPool; readonly connection: PostgresConnection } | undefined

  constructor(pools: Pools) {
    this.#pools = pools
  }

  /** @throws {HoopError} STORE_FAILED */
  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return (await this.#take(isRead(query) ? 'reading' : 'writing')).executeQuery<R>(query)
  }

  /** All rows at once: nothing of the store is large. */
  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query)
  }

  /** @throws {HoopError} STORE_FAILED */
  async begin(): Promise<void> {
    await (await this.#take('writing')).begin()
  }

  /** @throws {HoopError} STORE_FAILED */
  async commit(): Promise<void> {
    await this.#taken?.connection.commit()
  }

  async rollback(): Promise<void> {
    await this.#taken?.connection.rollback()
  }

  release(): void {
    const taken = this.#taken
    this.#taken = undefined
    taken?.pool.release(taken.connection)
  }

  async #take(which: keyof Pools): Promise<PostgresConnection> {
    if (!this.#taken) {
      const pool = this.#pools[which]
      this.#taken = { pool, connection: await pool.acquire() }
    }
    return this.#taken.connection
  }
}
