import { Kysely } from 'kysely'
import { HoopError } from '../../lib/errors.js'
import type { SessionRecorder, StartEvent } from '../../recording/events.js'
import { sqliteDialect } from '../../store/sqlite/dialect.js'
import type { Batch, SessionEntry, StatementEntry } from '../../store/statements/entry.js'
import type { IndexTables } from '../../store/statements/tables.js'
import { IndexWriter } from '../../store/statements/writer.js'
import { SessionFeed } from './feed.js'
import { IndexedRecorder } from './indexed-recorder.js'
import type { StatementIndexOptions } from './options.js'
import { Rebuilding } from './rebuilding.js'

/** Milliseconds between two writes. */
const every = 200
/** UTF-16 units, about, that may wait to be written, of all sessions. Whoever comes when it is more is indexed afterwards. */
const mostWaiting = 8 * 1024 * 1024
/** Statements of one write: making it ready takes some milliseconds of the loop that carries sessions. */
const portion = 200

interface Following {
  readonly feed: SessionFeed
  begun: boolean
  ended: boolean
  /** It was not followed to its end: its recording is read instead. */
  lost: boolean
}

/**
 * The index of statements: kept from what recordings take, in batches and in a thread of its own. Recordings are what counts:
 * whatever is not in the index, since it could not be written or came too fast, is read from them afterwards, and no session
 * ever waits for it or ends over it.
 */
export class StatementIndex implements AsyncDisposable {
  readonly #options: StatementIndexOptions
  readonly #rebuilding: Rebuilding
  readonly #following = new Set<Following>()
  #writer: IndexWriter | undefined
  #reader: Kysely<IndexTables> | undefined
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> | undefined
  #complains = false
  /** UTF-16 units, about. */
  #waiting = 0

  private constructor(options: StatementIndexOptions) {
    this.#options = options
    this.#rebuilding = new Rebuilding({ ...options, write: (batch) => this.#write(batch), db: () => this.db })
  }

  /** Resolves at once with an index that may be empty: what it lacks is read in the background. Never rejects. */
  static async open(options: StatementIndexOptions): Promise<StatementIndex> {
    const index = new StatementIndex(options)
    await index.#open().catch((error: unknown) => index.#complain(error))
    index.#rebuilding.begin()
    return index
  }

  /** For questions. @throws {HoopError} STORE_FAILED where the index can't be opened */
  get db(): Kysely<IndexTables> {
    if (!this.#writer)
      throw new HoopError('STORE_FAILED', 'the index of statements is not open', {
        hint: 'Ask the gateway’s operator to look at its log. Sessions go on, and are recorded.',
      })
    return (this.#reader ??= new Kysely<IndexTables>({ dialect: sqliteDialect(this.#options.path) }))
  }

  /** Sessions that are still to be read from their recordings. */
  get behind(): number {
    return this.#rebuilding.waiting + [...this.#following].filter(({ lost }) => lost).length
  }

  /** Resolves when all that can be read has been. */
  async settled(): Promise<void> {
    await this.#flush()
    await this.#rebuilding.settled()
  }

  /**
   * Erases what it has of sessions. It goes on to say that so many are missing.
   * @throws {HoopError} STORE_FAILED
   */
  async erase(sessions: readonly Pick<SessionEntry, 'id' | 'startedAt'>[]): Promise<void> {
    await this.settled()
    const nobody = { subject: 'erased', name: 'erased', owner: null, ownerName: null, connection: 'erased' }
    await this.#write({
      ...{ forgotten: [], statements: [], erased: sessions.map(({ id }) => id) },
      sessions: sessions.map(({ id, startedAt }) => ({ ...nobody, id, startedAt })),
      complete: sessions.map(({ id }) => ({ id, problem: 'RECORDING_REMOVED' })),
    })
  }

  /** Follows a recording that has just begun. */
  follow(recorder: SessionRecorder, start: StartEvent): SessionRecorder {
    const followed: Following = { feed: new SessionFeed(start), begun: false, ended: false, lost: false }
    this.#following.add(followed)
    this.#arm()
    return new IndexedRecorder(recorder, {
      took: (event) => {
        if (followed.lost) return
        const before = followed.feed.size
        followed.feed.add(event)
        this.#waiting += followed.feed.size - before
        if (this.#waiting > mostWaiting) this.#lose(followed)
        this.#arm()
      },
      failed: () => this.#lose(followed),
      ended: () => {
        followed.ended = true
        this.#arm()
      },
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer)
    await this.#rebuilding[Symbol.asyncDispose]()
    await this.#flush()
    await this.#reader?.destroy()
    await this.#writer?.[Symbol.asyncDispose]()
    this.#writer = undefined
  }

  #arm(): void {
    if (!this.#flushing) this.#timer ??= setTimeout(() => void this.#flush().then(() => this.#again()), every).unref()
  }

  /** What came while it was being written. */
  #again(): void {
    if (this.#waiting > 0 || [...this.#following].some(({ ended }) => ended)) this.#arm()
  }

  /** Writes what has come; sessions of what can't be written are read from their recordings later. */
  async #flush(): Promise<void> {
    this.#timer = undefined
    while (this.#flushing) await this.#flushing
    await (this.#flushing = this.#flushOnce().finally(() => (this.#flushing = undefined)))
  }

  async #flushOnce(): Promise<void> {
    let batch = new Gathered()
    const leaving: Following[] = []
    const write = async (): Promise<void> => {
      const { members } = batch
      await this.#write(batch.message()).catch(() => members.forEach((each) => this.#lose(each)))
      batch = new Gathered()
    }
    for (const each of this.#following) {
      const { ended } = each
      for (const statement of this.#take(each)) {
        batch.add(each, statement)
        if (batch.statements.length >= portion) await write()
      }
      batch.add(each)
      if (!ended) continue
      this.#following.delete(each)
      if (!each.lost) batch.complete.push({ id: each.feed.session.id })
      leaving.push(each)
    }
    if (!batch.isEmpty) await write()
    for (const each of leaving) if (each.lost) this.#rebuilding.add(each.feed.session)
  }

  #take(followed: Following): readonly StatementEntry[] {
    this.#waiting -= followed.feed.size
    return followed.feed.take()
  }

  /** Its recording is read instead, once it has ended. */
  #lose(followed: Following): void {
    followed.lost = true
    this.#take(followed)
  }

  async #write(batch: Batch): Promise<void> {
    try {
      if (!this.#writer) await this.#open()
      await this.#writer!.write(batch)
      this.#complains = false
    } catch (error) {
      if (this.#writer?.hasEnded) this.#writer = undefined
      this.#complain(error)
      throw error
    }
  }

  async #open(): Promise<void> {
    this.#writer = await IndexWriter.open(this.#options.path)
  }

  /** Once, until it works again. */
  #complain(err: unknown): void {
    if (!this.#complains)
      this.#options.log.error(
        { err },
        'the index of statements can’t be written; recordings go on, and it is made up for',
      )
    this.#complains = true
  }
}

/** What is written at once. Of what was lost nothing is. */
class Gathered {
  readonly forgotten: string[] = []
  readonly sessions: SessionEntry[] = []
  readonly statements: StatementEntry[] = []
  readonly complete: { id: string }[] = []
  readonly members = new Set<Following>()

  get isEmpty(): boolean {
    return this.sessions.length + this.statements.length + this.complete.length === 0
  }

  /** What the thread gets: no more than can be sent there. */
  message(): Batch {
    const { forgotten, sessions, statements, complete } = this
    return { forgotten, sessions, statements, complete }
  }

  add(followed: Following, statement?: StatementEntry): void {
    if (followed.lost) return
    this.members.add(followed)
    if (!followed.begun) this.sessions.push(followed.feed.session)
    followed.begun = true
    if (statement) this.statements.push(statement)
  }
}
