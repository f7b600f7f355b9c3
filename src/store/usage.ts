import { sql } from 'kysely'
import type { Store } from './open.js'
import { whole } from './whole.js'
import { WriteQueue } from './write-queue.js'

export interface HourOfUse {
  readonly subject: string
  /** Start of the clock hour in UTC, milliseconds since 1970. */
  readonly hour: number
  readonly rows: number
  readonly bytes: number
  readonly vectors: number
}

/** Something that a person asked about masked values on a day. */
export interface Asked {
  readonly subject: string
  readonly day: number
  readonly kind: 'queries' | 'guesses' | 'neighbors'
  readonly key: string
  readonly count: number
}

const day = 86_400_000

/** What people got, hour by hour. */
export class UsageRecords {
  readonly #store: Store
  readonly #queue: WriteQueue

  constructor(store: Store) {
    this.#store = store
    this.#queue = new WriteQueue(store.db)
  }

  /** The hours from a time on, of everybody. @throws {HoopError} STORE_FAILED */
  async since(time: number): Promise<readonly HourOfUse[]> {
    const found = await this.#store.db.selectFrom('usage').selectAll().where('hour', '>=', time).execute()
    return found.map(({ subject, hour, rows, bytes, vectors }) => ({
      subject,
      hour: whole(hour),
      rows: whole(rows),
      bytes: whole(bytes),
      vectors: whole(vectors),
    }))
  }

  /** Rows of one person by day, UTC, of the days in `[from, to)` on which there were any, milliseconds. */
  async rowsByDay(subject: string, from: number, to: number): Promise<readonly number[]> {
    const found = await this.#store.db
      .selectFrom('usage')
      .select((of) => of.fn.sum<number>('rows').as('rows'))
      .where('subject', '=', subject)
      .where('hour', '>=', from)
      .where('hour', '<', to)
      .groupBy(sql`hour / ${sql.lit(day)}`)
      .execute()
    return found.map(({ rows }) => whole(rows)).filter((rows) => rows > 0)
  }

  /** Puts the count of one hour in the place of the last one. Resolves when it is durable. @throws {HoopError} STORE_FAILED */
  put({ subject, hour, rows, bytes, vectors }: HourOfUse): Promise<void> {
    const counts = { rows, bytes, vectors }
    return this.#queue.push((transaction) =>
      transaction
        .insertInto('usage')
        .values({ subject, hour, ...counts })
        .onConflict((conflict) => conflict.columns(['subject', 'hour']).doUpdateSet(counts))
        .execute(),
    )
  }

  /** What was asked from a day on. What is older counts no more, and goes. @throws {HoopError} STORE_FAILED */
  async askedSince(from: number): Promise<readonly Asked[]> {
    await this.#queue.push((transaction) => transaction.deleteFrom('questions').where('day', '<', from).execute())
    const found = await this.#store.db.selectFrom('questions').selectAll().where('day', '>=', from).execute()
    return found.map(({ day: on, kind, count, ...rest }) => ({
      ...rest,
      kind: kind as Asked['kind'],
      day: whole(on),
      count: whole(count),
    }))
  }

  /** Resolves when it is durable. @throws {HoopError} STORE_FAILED */
  ask(asked: Asked): Promise<void> {
    const { count } = asked
    return this.#queue.push((transaction) =>
      transaction
        .insertInto('questions')
        .values(asked)
        .onConflict((conflict) => conflict.columns(['subject', 'day', 'kind', 'key']).doUpdateSet({ count }))
        .execute(),
    )
  }

  async settled(): Promise<void> {
    await this.#queue.settled()
  }
}
