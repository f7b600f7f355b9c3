import { setImmediate as turn } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { HoopError } from '../../lib/errors.js'
import { recordingPath } from '../../recording/paths.js'
import { readRecording } from '../../recording/reader.js'
import { endedSessions } from '../../store/sessions/queries.js'
import type { Batch, SessionEntry } from '../../store/statements/entry.js'
import { completeAmong } from '../../store/statements/complete.js'
import type { IndexTables } from '../../store/statements/tables.js'
import { SessionFeed } from './feed.js'
import type { StatementIndexOptions } from './options.js'

type Wanted = Pick<SessionEntry, 'id' | 'startedAt'>

export interface RebuildingOptions extends StatementIndexOptions {
  /** @throws {HoopError} STORE_FAILED */
  readonly write: (batch: Batch) => Promise<void>
  readonly db: () => Kysely<IndexTables>
}

/** UTF-16 units, about, of one write. */
const portion = 256 * 1024

const empty: Batch = { forgotten: [], sessions: [], statements: [], complete: [] }

/** Reads sessions from their recordings into the index: those that it lacks at a start, and those that it lost. */
export class Rebuilding implements AsyncDisposable {
  readonly #options: RebuildingOptions
  readonly #wanted = new Map<string, Wanted>()
  readonly #stopped = new AbortController()
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #looked = false
  /** Sessions that begin later are followed. */
  readonly #began = Date.now()

  constructor(options: RebuildingOptions) {
    this.#options = options
  }

  get waiting(): number {
    return this.#wanted.size
  }

  /** Looks for what the index lacks, and reads it. */
  begin(): void {
    this.#running ??= this.#run().finally(() => (this.#running = undefined))
  }

  add({ id, startedAt }: Wanted): void {
    this.#wanted.set(id, { id, startedAt })
    this.begin()
  }

  async settled(): Promise<void> {
    while (this.#running) await this.#running
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort()
    clearTimeout(this.#timer)
    await this.settled()
  }

  get #isStopped(): boolean {
    return this.#stopped.signal.aborted
  }

  async #run(): Promise<void> {
    try {
      if (!this.#looked) await this.#look()
      this.#looked = true
      for (const wanted of this.#wanted.values()) {
        if (this.#isStopped) return
        if (await this.#read(wanted)) this.#wanted.delete(wanted.id)
      }
    } catch {
      // The index has complained already.
    }
    if (this.#wanted.size === 0 && this.#looked) return
    clearTimeout(this.#timer)
    if (!this.#isStopped) this.#timer = setTimeout(() => this.begin(), this.#options.pause ?? 60_000).unref()
  }

  /** @throws {HoopError} STORE_FAILED */
  async #look(): Promise<void> {
    for await (const sessions of endedSessions(this.#options.store.db, this.#began)) {
      if (this.#isStopped) return
      const complete = await completeAmong(
        this.#options.db(),
        sessions.map(({ id }) => id),
      )
      for (const one of sessions) if (!complete.has(one.id)) this.#wanted.set(one.id, one)
    }
    const { size } = this.#wanted
    if (size > 0) this.#options.log.info({ sessions: size }, 'reading recordings for the index of statements')
  }

  /** @returns whether nothing more is to be had @throws {HoopError} STORE_FAILED */
  async #read({ id, startedAt }: Wanted): Promise<boolean> {
    const { write, recordings, log } = this.#options
    let feed: SessionFeed | undefined
    let problem: string | undefined
    await write({ ...empty, forgotten: [id] })
    const pass = async (): Promise<void> => {
      if (feed) await write({ ...empty, sessions: [feed.session], statements: feed.take() })
      await turn()
    }
    try {
      for await (const event of readRecording(recordingPath(recordings, id, new Date(startedAt).toISOString()))) {
        if (event.type === 'start') feed = new SessionFeed(event)
        feed?.add(event)
        if (feed && feed.size > portion) await pass()
        if (this.#isStopped) return false
      }
    } catch (error) {
      if (!(error instanceof HoopError) || error.code === 'STORE_FAILED') throw error
      // What may be readable another time is tried again.
      if (error.code !== 'NOT_FOUND' && error.code !== 'RECORDING_DAMAGED') return false
      problem = (await this.#isRemoved(id)) ? 'RECORDING_REMOVED' : error.code
      if (problem === error.code)
        log.error({ session: id, err: error }, 'a recording can’t be read for the index of statements')
    }
    await pass()
    if (!feed) await write({ ...empty, sessions: [await this.#known(id)] })
    await write({ ...empty, complete: [{ id, ...(problem !== undefined && { problem }) }] })
    return true
  }

  async #isRemoved(id: string): Promise<boolean> {
    const { db } = this.#options.store
    const row = await db.selectFrom('sessions').select('removed').where('id', '=', id).executeTakeFirst()
    return Boolean(row?.removed)
  }

  /** What the store knows of a session whose recording says nothing. */
  async #known(id: string): Promise<SessionEntry> {
    const { store } = this.#options
    const row = await store.db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    const { subject, name, owner, owner_name: ownerName, connection, started_at: startedAt } = row
    return { ...{ id, subject, name, owner, ownerName, connection }, startedAt: Number(startedAt) }
  }
}
