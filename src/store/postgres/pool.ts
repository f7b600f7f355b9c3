import { setTimeout as after } from 'node:timers/promises'
import type { HoopError } from '../../lib/errors.js'
import type { PostgresConnection } from './connection.js'
import { lateFailure } from './failure.js'

export interface PoolOptions {
  readonly name: string
  /** @throws {HoopError} STORE_FAILED */
  readonly open: () => Promise<PostgresConnection>
  /** Connections at most. */
  readonly most: number
  /** Milliseconds that somebody waits for one, asked for each. */
  readonly patience: () => number
}

/** Milliseconds that somebody waits for another's try to reach a server that was away. */
const glance = 1_000

interface Waiting {
  readonly take: (connection: PostgresConnection) => void
  readonly fail: (error: unknown) => void
}

const isCrowded = (error: unknown): boolean => (error as { cause?: { code?: unknown } }).cause?.code === 'UPSTREAM_FULL'

/**
 * Connections to a store's server, in the order in which they are asked for. While the server is away one at a time tries to
 * reach it, and who comes meanwhile hears so at once.
 */
export class ConnectionPool {
  readonly #options: PoolOptions
  readonly #idle: PostgresConnection[] = []
  readonly #waiting: Waiting[] = []
  /** Those that are used, idle or being opened. */
  #size = 0
  /** Why the server could not be reached last, until it is. */
  #failure: HoopError | undefined
  #trying: Promise<void> | undefined
  #ended = false

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** @throws {HoopError} STORE_FAILED */
  async acquire(): Promise<PostgresConnection> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (idle.isUsable) return idle
      this.#drop(idle)
    }
    if (this.#size >= this.#options.most) return this.#wait()
    try {
      return await this.#open()
    } catch (error) {
      // Where the server has no room for more, those that are there have to do.
      if (this.#size > 0 && isCrowded(error)) return this.#wait()
      throw error
    }
  }

  release(connection: PostgresConnection): void {
    if (connection.isLate) this.#isAway(lateFailure(this.#options.name))
    if (!connection.isUsable || this.#ended) {
      this.#drop(connection)
      // Whoever waits for one gets another.
      const next = this.#waiting.shift()
      if (next) void this.#open().then(next.take, next.fail)
      return
    }
    const next = this.#waiting.shift()
    if (next) next.take(connection)
    else this.#idle.push(connection)
  }

  /** Those in use end when they are released. */
  async end(): Promise<void> {
    this.#ended = true
    await Promise.all(this.#idle.splice(0).map((connection) => connection.end()))
  }

  #drop(connection: PostgresConnection): void {
    this.#size--
    void connection.end()
  }

  /** A server that doesn't answer one of them answers none. */
  #isAway(failure: HoopError): void {
    this.#failure = failure
    for (const idle of this.#idle.splice(0)) {
      idle.close()
      this.#drop(idle)
    }
  }

  async #open(): Promise<PostgresConnection> {
    if (this.#failure && this.#trying) {
      await Promise.race([this.#trying, after(glance, undefined, { ref: false })])
      if (this.#failure) throw this.#failure
    }
    this.#size++
    const opened = this.#options.open()
    if (this.#failure)
      this.#trying ??= opened
        .then(
          () => undefined,
          () => undefined,
        )
        .finally(() => (this.#trying = undefined))
    try {
      const connection = await opened
      this.#failure = undefined
      return connection
    } catch (error) {
      this.#size--
      if (this.#size > 0 && isCrowded(error)) throw error
      this.#failure = error as HoopError
      if (this.#size === 0) for (const { fail } of this.#waiting.splice(0)) fail(error)
      throw error
    }
  }

  async #wait(): Promise<PostgresConnection> {
    const { promise, resolve: take, reject: fail } = Promise.withResolvers<PostgresConnection>()
    const waiting = { take, fail }
    this.#waiting.push(waiting)
    const patience = this.#options.patience()
    if (patience === Infinity) return promise
    const timer = setTimeout(() => {
      const at = this.#waiting.indexOf(waiting)
      if (at === -1) return
      this.#waiting.splice(at, 1)
      fail(lateFailure(this.#options.name))
    }, patience)
    return promise.finally(() => clearTimeout(timer))
  }
}
