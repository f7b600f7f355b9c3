import { asHoopError } from '../../lib/errors.js'
import type { EndEvent, SessionEvent, SessionRecorder, StartEvent } from '../../recording/events.js'
import { trailerLength } from '../../recording/format/layout.js'
import type { FileRecorder } from '../../recording/recorder.js'
import type { RecordingHead } from '../../ledger/leaves.js'
import type { GatewayLedger } from './ledger.js'

/** A refused statement, and one that is held or approved, is in the ledger within a second, milliseconds to the head that has it. */
const refusedWithin = 300
/** What else happened in a session that goes on: what a kill leaves can be cut unseen by so much, milliseconds. */
const every = 5_000

type Writes = Pick<GatewayLedger, 'write'>

/** Bytes are counted to the end of the last frame. */
const headOf = ({ head, sequence, size }: FileRecorder['position']): RecordingHead => ({
  head: Buffer.from(head, 'latin1').toString('hex'),
  frames: sequence,
  size,
})

type Ended = (session: FollowedRecorder, done: Promise<void>) => void

/** A recording that the ledger follows. */
class FollowedRecorder implements SessionRecorder {
  readonly id: string
  readonly origin: number
  readonly #recorder: FileRecorder
  readonly #ledger: Writes
  readonly #ended: Ended
  #statements = 0
  #refused = 0
  /** Frames under the last head. */
  #frames = 0
  #timer: NodeJS.Timeout | undefined
  /** Something was recorded since the last head. */
  #happened = true
  #isOver = false

  constructor(recorder: FileRecorder, ledger: Writes, ended: Ended) {
    this.id = recorder.id
    this.origin = recorder.origin
    this.#recorder = recorder
    this.#ledger = ledger
    this.#ended = ended
  }

  async begin(start: StartEvent): Promise<void> {
    const { session, subject, name, owner = null, connection, grant, policy, time: startedAt } = start
    const known = { session, subject, name, owner, connection, grant, policy: policy.hash, startedAt }
    const head = headOf(this.#recorder.position)
    await this.#ledger.write('session.start', { ...known, ...head })
    this.#frames = head.frames
  }

  record(event: SessionEvent): void {
    this.#recorder.record(event)
    this.#happened = true
    if (event.type === 'statement') this.#statements++
    if (event.type !== 'refusal' && event.type !== 'approval') return
    if (event.type === 'refusal') this.#refused++
    this.#timer ??= setTimeout(() => void this.follow(), refusedWithin).unref()
  }

  commit(): void {
    this.#recorder.commit()
  }

  /** Enters how far the recording has come, if it has. Never throws: whoever has to know of a failure is told by the ledger. */
  async follow(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#happened || this.#isOver) return
    this.#happened = false
    const [statements, refused] = [this.#statements, this.#refused]
    const position = await this.#recorder.witness()
    if (!position || this.#isOver || position.sequence === this.#frames) return
    this.#frames = position.sequence
    const head = { session: this.id, ...headOf(position), statements, refused }
    await this.#ledger.write('session.head', head).catch(() => undefined)
  }

  close(end: Omit<EndEvent, 'type' | 'at' | 'time'>): unknown {
    if (this.#isOver) return undefined
    this.#isOver = true
    clearTimeout(this.#timer)
    const endedAt = new Date().toISOString()
    const problem = this.#recorder.close(end)
    this.#ended(this, this.#enterEnd(end, endedAt, problem))
    return problem
  }

  async #enterEnd(
    { end, reason, by }: Omit<EndEvent, 'type' | 'at' | 'time'>,
    endedAt: string,
    problem: unknown,
  ): Promise<void> {
    const notOnDisk = problem ?? (await this.#recorder.released)
    const known = { session: this.id, end, endedAt, ...(reason !== undefined && { reason }), ...(by && { by }) }
    const { size, ...rest } = this.#recorder.position
    const how = notOnDisk ? { problem: asHoopError(notOnDisk).code } : headOf({ ...rest, size: size - trailerLength })
    // Where this fails, the next start finds a session without an end and enters it.
    await this.#ledger.write('session.end', { ...known, ...how }).catch(() => undefined)
  }
}

/** The live sessions, as the ledger follows them. */
export class SessionLeaves implements AsyncDisposable {
  readonly #ledger: Writes
  readonly #live = new Set<FollowedRecorder>()
  readonly #ending = new Set<Promise<void>>()
  readonly #timer: NodeJS.Timeout
  #following: Promise<void> | undefined

  constructor(ledger: Writes) {
    this.#ledger = ledger
    this.#timer = setInterval(() => void this.follow(), every).unref()
  }

  get size(): number {
    return this.#live.size
  }

  /**
   * Enters a session that begins. Where that can't be, its recording ends.
   * @returns the recording that the session is to write to
   * @throws {HoopError} LEDGER_FAILED
   */
  async begin(recorder: FileRecorder, start: StartEvent): Promise<SessionRecorder> {
    const followed = new FollowedRecorder(recorder, this.#ledger, (session, done) => {
      this.#live.delete(session)
      this.#ending.add(done)
      void done.finally(() => this.#ending.delete(done))
    })
    try {
      await followed.begin(start)
    } catch (error) {
      recorder.close({ end: 'failed', reason: asHoopError(error).message, counters: {} })
      throw error
    }
    this.#live.add(followed)
    return followed
  }

  /** Enters how far each has come, in which something happened: all at once, so that they share a batch. Those who come meanwhile wait for the same. */
  follow(): Promise<void> {
    return (this.#following ??= Promise.all([...this.#live].map((session) => session.follow()))
      .then(() => undefined)
      .finally(() => (this.#following = undefined)))
  }

  /** Waits for the ends of sessions that have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#ending)
  }
}
