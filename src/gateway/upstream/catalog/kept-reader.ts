import type { Client } from 'pg'
import { CatalogReader, type Reading } from '../../../sql/catalog.js'
import { limited, openOwnClient, unlimited } from '../own-client.js'
import type { UpstreamTarget } from '../target.js'
import { inTurns } from './in-turns.js'

/** Shorter than the 5 seconds for which CREATE DATABASE and DROP DATABASE wait for others to leave. Milliseconds. */
const IDLE = 2_000

/** How long one connection serves, however busy: the password may have been changed. Milliseconds. */
const AGE = 60_000

interface Connection {
  readonly target: UpstreamTarget
  readonly client: Client
  readonly reader: CatalogReader
  readonly opened: number
}

const connect = async (target: UpstreamTarget, database: string): Promise<Connection> => {
  const client = await openOwnClient(target, database)
  const reader = new CatalogReader(
    async (sql, parameters) => (await client.query<Record<string, unknown>>(sql, parameters)).rows,
    inTurns,
  )
  return { target, client, reader, opened: performance.now() }
}

/** How long the server has to close a connection that was said goodbye to, milliseconds: it may be gone without a word. */
const FAREWELL = 1_000

const end = async (client: Client): Promise<void> => {
  const late = setTimeout(() => client.connection.stream.destroy(), FAREWELL)
  await client.end().catch(() => undefined)
  clearTimeout(late)
}

/**
 * Reads one database's catalog over a connection that stays open for a moment, since whoever was refused something tries
 * again: a login costs many times what it takes to see that nothing has changed.
 */
export class KeptReader {
  readonly #idle: number
  #kept: (Connection & { readonly timer: NodeJS.Timeout }) | undefined

  constructor(idle = IDLE) {
    this.#idle = idle
  }

  /** @throws {HoopError} UPSTREAM_*, SECRET_MISSING; what `CatalogReader.read` throws */
  async read(target: UpstreamTarget, database: string, last?: Reading): Promise<Reading> {
    const kept = this.#take(target)
    // The server may have ended it meanwhile; what is more than that, a new one shows as well.
    const known = kept && (await this.#over(kept, last, limited).catch(() => undefined))
    return known ?? this.#over(await connect(target, database), last)
  }

  async close(): Promise<void> {
    const kept = this.#kept
    this.#kept = undefined
    clearTimeout(kept?.timer)
    if (kept) await end(kept.client)
  }

  #take(target: UpstreamTarget): Connection | undefined {
    const kept = this.#kept
    if (!kept) return undefined
    if (kept.target !== target || performance.now() - kept.opened > AGE) {
      void this.close()
      return undefined
    }
    this.#kept = undefined
    clearTimeout(kept.timer)
    return kept
  }

  async #over(connection: Connection, last: Reading | undefined, first?: string): Promise<Reading> {
    const { client, reader } = connection
    try {
      if (first !== undefined) await client.query(first)
      const read = await reader.read(last)
      await client.query(unlimited)
      this.#keep(connection)
      return read
    } catch (error) {
      await end(client)
      throw error
    }
  }

  #keep(connection: Connection): void {
    // Whoever came meanwhile has opened another.
    if (this.#kept) return void end(connection.client)
    const timer = setTimeout(() => void this.close(), this.#idle).unref()
    this.#kept = { ...connection, timer }
  }
}
