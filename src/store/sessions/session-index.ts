import type { Insertable } from 'kysely'
import type { Actor, SessionCounters, SessionEnd, SessionSummary } from '../../lib/api.js'
import type { Store } from '../open.js'
import type { SessionsTable } from '../schema.js'
import { RepeatedEnds } from './repeated-ends.js'
import type { Sealing } from '../seals.js'
import { counterColumns, endColumns, sealedRow, sessionRow } from './rows.js'
import { WriteQueue } from '../write-queue.js'

export interface SessionEnding {
  readonly end: SessionEnd
  readonly reason?: string
  readonly by?: Actor
  /** ISO 8601, UTC */
  readonly endedAt: string
  readonly counters: SessionCounters
}

export interface SessionIndexOptions {
  /** Milliseconds between two writes of one session's counters. */
  readonly interval?: number
  /** Milliseconds until an end that the store didn't take is tried again for the first time. */
  readonly pause?: number
  /** Seals what the ledger may be told from here. */
  readonly seals?: Sealing
  /** Told of writes of counters that failed; nobody waits for those. */
  readonly failed?: (error: unknown) => void
}

/**
 * The writing side of the index of sessions. Nothing here runs while a statement is on its way: starts and ends are
 * gathered per turn of the event loop, counters for `interval`.
 */
export class StoredSessionIndex {
  readonly #queue: WriteQueue
  readonly #interval: number
  readonly #failed: (error: unknown) => void
  readonly #seals: Sealing | undefined
  readonly #progress = new Map<string, SessionCounters>()
  readonly #repeated: RepeatedEnds<SessionEnding>
  #timer: NodeJS.Timeout | undefined

  constructor(store: Store, { interval = 1000, failed = () => {}, pause, seals }: SessionIndexOptions = {}) {
    this.#seals = seals
    this.#repeated = new RepeatedEnds((id, ending) => this.#writeEnd(id, ending), pause)
    this.#queue = new WriteQueue(store.db)
    this.#interval = interval
    this.#failed = failed
  }

  /** Resolves when the session is in the index for good. A session already there stays as it is. @throws {HoopError} STORE_FAILED */
  started(session: SessionSummary): Promise<void> {
    return this.#insert(sealedRow(session, this.#seals))
  }

  /** As `started`, of one that a file tells of: nobody knows that a gateway has begun it. @throws {HoopError} STORE_FAILED */
  found(session: SessionSummary): Promise<void> {
    return this.#insert(sessionRow(session))
  }

  #insert(row: Insertable<SessionsTable>): Promise<void> {
    return this.#queue.push((transaction) =>
      transaction
        .insertInto('sessions')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute(),
    )
  }

  /** Notes counters; only the last of an interval is written. */
  progress(id: string, counters: SessionCounters): void {
    this.#progress.set(id, counters)
    this.#timer ??= setTimeout(() => this.#flush(), this.#interval).unref()
  }

  /** The first end holds. @throws {HoopError} STORE_FAILED; it is tried again then, by itself */
  async ended(id: string, ending: SessionEnding): Promise<void> {
    this.#progress.delete(id)
    try {
      await this.#writeEnd(id, ending)
    } catch (error) {
      this.#repeated.add(id, ending)
      throw error
    }
  }

  #writeEnd(id: string, { end, reason, by, endedAt, counters }: SessionEnding): Promise<void> {
    const ended = {
      ...{ id, end, reason: reason ?? null, ended_at: Date.parse(endedAt) },
      ...{ ended_by: by?.subject ?? null, ended_by_name: by?.name ?? null },
    }
    return this.#queue.push((transaction) =>
      transaction
        .updateTable('sessions')
        .set({ ...endColumns(ended, this.#seals), ...counterColumns(counters) })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .execute(),
    )
  }

  /**
   * Closes sessions that a gateway left open when it died, with the counters last written.
   * @throws {HoopError} STORE_FAILED
   */
  async abortOpen(ids: readonly string[], reason = 'the gateway stopped without closing it'): Promise<void> {
    const aborted = { end: 'aborted', ended_at: Date.now(), ended_by: null, ended_by_name: null } as const
    await Promise.all(
      ids.map((id) =>
        this.#queue.push((transaction) =>
          transaction
            .updateTable('sessions')
            .set(endColumns({ id, reason, ...aborted }, this.#seals))
            .where('id', '=', id)
            .where('ended_at', 'is', null)
            .execute(),
        ),
      ),
    )
  }

  /** Writes what is waiting. Call it before the store is disposed. */
  async close(): Promise<void> {
    this.#flush()
    await this.#queue.settled()
    await this.#repeated.again()
    this.#repeated.close()
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const waiting = [...this.#progress]
    this.#progress.clear()
    for (const [id, counters] of waiting) {
      this.#queue
        .push((transaction) =>
          transaction
            .updateTable('sessions')
            .set(counterColumns(counters))
            .where('id', '=', id)
            .where('ended_at', 'is', null)
            .execute(),
        )
        .catch(this.#failed)
    }
  }
}
