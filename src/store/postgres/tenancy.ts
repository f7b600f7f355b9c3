import { randomUUID } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import type { Client } from 'pg'
import { HoopError } from '../../lib/errors.js'
import { postgresFailure } from './failure.js'
import type { PostgresServer } from './server.js'
import { settle } from './settle.js'
import { storeTypes } from './types.js'

/*
 * Who has a store that lies on a server. A lock of the server's keeps a second gateway out, and ends with its connection.
 * Since a gateway whose network is cut off doesn't notice at once, it is seen every two seconds as well: it takes no sessions
 * once it wasn't for a lease, it has ended them before it counts as gone, and who comes after it waits until then.
 */

export interface TenancyTimes {
  /** Milliseconds between two signs of life. */
  readonly every: number
  /** Without one for so long, no session begins. */
  readonly lease: number
  /** Without one for so long, sessions end. */
  readonly end: number
  /** Without one for so long, somebody else may have the store. */
  readonly gone: number
}

const usual: TenancyTimes = { every: 2_000, lease: 10_000, end: 22_000, gone: 30_000 }

export interface TenancyOptions {
  /** What the gateway is known by where it is started again: who holds that place is its only tenant. */
  readonly place: string
  readonly times?: Partial<TenancyTimes>
  /** Told how long, milliseconds, one that said no goodbye is waited for. */
  readonly waits?: (milliseconds: number) => void
}

/** A gateway's hold on a store. */
export interface Tenancy extends AsyncDisposable {
  /** Resolves, with why, when the store has to be taken for somebody else's. */
  readonly lost: Promise<HoopError>
  /** @throws {HoopError} STORE_FAILED where it isn't certain that nobody else has the store */
  assert(): void
  /** Once the tables are there: enters this gateway, when the one before is gone for certain. @throws {HoopError} STORE_FAILED */
  enter(): Promise<void>
}

/** “hoop”, in the numbers that advisory locks have. */
const lockKey = '1752133488, 1'

const now = "(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) * 1000)::pg_catalog.int8"

class Held implements Tenancy {
  readonly #server: PostgresServer
  readonly #place: string
  readonly #times: TenancyTimes
  readonly #waits: (milliseconds: number) => void
  readonly #id = randomUUID()
  readonly #lost = Promise.withResolvers<HoopError>()
  #client: Client | undefined
  /** When the last sign of life was given, by performance.now(): before it was sent. */
  #seen = performance.now()
  #error: HoopError | undefined
  #timer: NodeJS.Timeout | undefined
  #beating: Promise<void> = Promise.resolve()
  #ended = false

  constructor(server: PostgresServer, { place, times, waits = () => undefined }: TenancyOptions) {
    this.#server = server
    this.#place = place
    this.#times = { ...usual, ...times }
    this.#waits = waits
  }

  get lost(): Promise<HoopError> {
    return this.#lost.promise
  }

  assert(): void {
    if (this.#error) throw this.#error
    if (this.#client === undefined || this.#silence() > this.#times.lease)
      throw new HoopError('STORE_FAILED', `${this.#server.name}: the connection that holds it is broken`, {
        hint: 'Look at the server of gateway.store and the network between. Sessions begin again when it is back.',
      })
  }

  /** @returns false where another gateway has the lock. @throws {HoopError} STORE_FAILED */
  async lock(): Promise<boolean> {
    const client = await this.#server.connect().catch((error: unknown) => {
      throw postgresFailure(this.#server.name, error)
    })
    client.on('error', () => this.#broke(client))
    client.on('end', () => this.#broke(client))
    try {
      await settle(client, this.#server.name, { statementTimeout: this.#times.every * 2, isolation: 'read committed' })
      const asked = await client.query<{ locked: bigint }>({
        text: `select pg_catalog.pg_try_advisory_lock(${lockKey}) as locked`,
        types: storeTypes,
      })
      if (asked.rows[0]?.locked !== 1n) {
        await client.end()
        return false
      }
      if (this.#ended) client.connection.stream.destroy()
      else this.#client = client
      return true
    } catch (error) {
      client.connection.stream.destroy()
      throw postgresFailure(this.#server.name, error)
    }
  }

  async enter(): Promise<void> {
    await this.#outlive()
    const values = [this.#id, this.#place]
    await this.#ask(`insert into gateways (id, place, started_at, seen_at) values ($1, $2, ${now}, ${now})`, values)
    this.#seen = performance.now()
    this.#timer = setInterval(
      () => void (this.#beating = this.#beating.then(() => this.#beat())),
      this.#times.every,
    ).unref()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true
    clearInterval(this.#timer)
    await this.#beating
    const client = this.#client
    this.#client = undefined
    if (!client) return
    const bye = async () => {
      await client.query(`update gateways set ended_at = ${now} where id = $1`, [this.#id])
      await client.end()
    }
    // Where it can't be said any more, the next one finds out.
    await Promise.race([bye().catch(() => undefined), after(this.#times.every, undefined, { ref: false })])
    client.connection.stream.destroy()
  }

  #silence(): number {
    return performance.now() - this.#seen
  }

  #broke(client: Client): void {
    if (this.#client === client) this.#client = undefined
  }

  async #ask<Row extends object>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<{ rows: Row[]; count: number }> {
    const client = this.#client
    try {
      if (!client) throw new Error('it closed the connection')
      const { rows, rowCount } = await client.query<Row>({ text, values: [...values], types: storeTypes })
      return { rows, count: rowCount ?? 0 }
    } catch (error) {
      throw postgresFailure(this.#server.name, error)
    }
  }

  /** Waits until those that said no goodbye must have ended, and notes that they have. */
  async #outlive(): Promise<void> {
    const { gone, every } = this.#times
    // From the same place it can be no other than the one before, which has ended.
    const others = `select coalesce(max(seen_at) - ${now}, -1 - $2::int8) + $2::int8 as left
      from gateways where ended_at is null and place <> $1`
    for (;;) {
      const { rows } = await this.#ask<{ left: bigint }>(others, [this.#place, gone])
      const left = Number(rows[0]?.left ?? -1n)
      if (left < 0) break
      this.#waits(left)
      await after(Math.min(left + 1, every))
    }
    await this.#ask(`update gateways set ended_at = ${now} where ended_at is null`)
    // Who was here long ago helps nobody.
    await this.#ask(`delete from gateways where ended_at < ${now} - 90 * 86400000::int8`)
  }

  async #beat(): Promise<void> {
    if (this.#ended || this.#error) return
    const began = performance.now()
    try {
      if (await this.#isSeen()) this.#seen = began
      else this.#lose('another gateway has taken it')
    } catch {
      // The connection broke, or another gateway has the lock just now: it is tried again.
    }
    if (this.#silence() > this.#times.end) this.#lose('it could not be reached for too long')
  }

  /** @returns false where somebody else has had the store since. @throws {HoopError} STORE_FAILED */
  async #isSeen(): Promise<boolean> {
    if (!this.#client && !(await this.#limited(this.lock()))) throw new HoopError('GATEWAY_RUNNING', this.#server.name)
    const client = this.#client
    const mine = `update gateways set seen_at = ${now} where id = $1 and ended_at is null`
    try {
      return (await this.#limited(this.#ask(mine, [this.#id]))).count === 1
    } catch (error) {
      this.#client = undefined
      client?.connection.stream.destroy()
      throw error
    }
  }

  /** @throws {HoopError} STORE_FAILED where it takes longer than two signs of life */
  async #limited<T>(work: Promise<T>): Promise<T> {
    const timer = Promise.withResolvers<never>()
    const late = setTimeout(
      () => timer.reject(postgresFailure(this.#server.name, { code: '57014' })),
      this.#times.every * 2,
    )
    work.catch(() => undefined)
    return Promise.race([work, timer.promise]).finally(() => clearTimeout(late))
  }

  #lose(why: string): void {
    this.#error ??= new HoopError('STORE_FAILED', `${this.#server.name}: ${why}`, {
      hint: 'Look at the server of gateway.store, at the network between, and whether another gateway was started on it.',
    })
    clearInterval(this.#timer)
    this.#lost.resolve(this.#error)
  }
}

/**
 * Takes a store on a server for this gateway alone.
 * @throws {HoopError} GATEWAY_RUNNING, STORE_FAILED
 */
export const takeStore = async (server: PostgresServer, options: TenancyOptions): Promise<Tenancy> => {
  const held = new Held(server, options)
  if (await held.lock()) return held
  throw new HoopError('GATEWAY_RUNNING', server.name)
}
