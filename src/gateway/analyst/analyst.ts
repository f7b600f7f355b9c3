import type { Logger } from 'pino'
import { HoopError } from '../../lib/errors.js'
import type { Analyst, Basis, TextFacts } from '../../policy/texts/text-facts.js'
import type { AnalystMetrics } from '../metrics/analyst-metrics.js'
import { Abandoned, AnalystThread } from './analyst-thread.js'
import { type NoRoom, Turns } from './turns.js'

export interface AnalystLimits {
  /** Milliseconds that the analysis of one text may take. */
  readonly time: number
  /** Texts that may wait for their turn, and how long they may be together, in characters (`Turns`). */
  readonly waiting: number
  readonly bytes: number
}

export interface AnalystOptions {
  readonly limits: AnalystLimits
  readonly metrics: AnalystMetrics
  readonly log: Logger
}

/** Milliseconds that a text which nobody waits for any more may keep the thread from others. */
const GRACE = 1_000

/** Milliseconds in which a thread has to start and to take a catalog. */
const START = 60_000

/** A thread that had nothing to do for so many milliseconds is ended: what it holds for long texts can be much. */
const IDLE = 300_000

interface Job {
  readonly basis: Basis
  readonly text: string
  readonly person: string
  readonly signal: AbortSignal | undefined
  readonly answer: PromiseWithResolvers<TextFacts>
}

const late = (milliseconds: number): HoopError =>
  new HoopError('ANALYSIS_LATE', `it took longer than ${Math.round(milliseconds / 1000)} s`)

const busy = ({ of, what, most }: NoRoom): HoopError =>
  new HoopError(
    'ANALYSIS_BUSY',
    of === 'person'
      ? `one person may have ${most} ${what} waiting`
      : `${most} ${what} wait, and most of them are yours`,
  )

/**
 * Reads long texts in a thread, one after the other and by turns between people, so that none holds up the event loop that carries sessions. A text that
 * takes too long, or that the thread ends by, is refused, and the others go on in a new one.
 */
export class ThreadAnalyst implements Analyst, AsyncDisposable {
  readonly #options: AnalystOptions
  readonly #turns: Turns<Job>
  #thread: AnalystThread | undefined
  #working = false
  #closed = false
  #idle: NodeJS.Timeout | undefined

  constructor(options: AnalystOptions) {
    this.#options = options
    this.#turns = new Turns(options.limits)
  }

  async read(basis: Basis, text: string, person: string, signal?: AbortSignal): Promise<TextFacts> {
    signal?.throwIfAborted()
    const job: Job = { basis, text, person, signal, answer: Promise.withResolvers() }
    this.#enter(job)
    const withdrawn = (): void => this.#withdraw(job)
    signal?.addEventListener('abort', withdrawn, { once: true })
    void this.#work()
    try {
      return await job.answer.promise
    } finally {
      signal?.removeEventListener('abort', withdrawn)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    clearTimeout(this.#idle)
    for (const { answer } of this.#turns.clear()) answer.reject(new HoopError('ANALYSIS_FAILED', 'the gateway stops'))
    await this.#thread?.end()
  }

  /** @throws {HoopError} ANALYSIS_BUSY where there is no room for it */
  #enter(job: Job): void {
    if (this.#closed) throw new HoopError('ANALYSIS_FAILED', 'the gateway stops')
    const room = this.#turns.add(job)
    if ('of' in room) throw busy(room)
    for (const { job: other, why } of room) other.answer.reject(busy(why))
    this.#options.metrics.waiting = this.#turns.count
  }

  #withdraw(job: Job): void {
    this.#turns.remove(job)
    this.#options.metrics.waiting = this.#turns.count
    job.answer.reject(job.signal?.reason)
  }

  async #work(): Promise<void> {
    if (this.#working) return
    this.#working = true
    clearTimeout(this.#idle)
    for (let job = this.#turns.next(); job; job = this.#turns.next()) {
      this.#options.metrics.waiting = this.#turns.count
      const begun = performance.now()
      await this.#run(job).then(job.answer.resolve, job.answer.reject)
      this.#options.metrics.seconds.observe((performance.now() - begun) / 1000)
    }
    this.#working = false
    this.#idle = setTimeout(() => this.#rest(), IDLE).unref()
  }

  #rest(): void {
    const thread = this.#thread
    if (this.#working || !thread) return
    this.#thread = undefined
    void thread.end()
  }

  /** @throws {HoopError} why the text can't be decided on */
  async #run({ basis, text, signal }: Job): Promise<TextFacts> {
    if (this.#thread?.ended) this.#thread = undefined
    const thread = (this.#thread ??= new AnalystThread())
    const { limits, metrics, log } = this.#options
    let why: HoopError | undefined
    const stop = (error: HoopError): void => {
      why ??= error
      void thread.end()
    }
    let timer = setTimeout(() => stop(new HoopError('ANALYSIS_FAILED', 'its thread did not start')), START)
    const abandon = (): void => {
      thread.abandon()
      clearTimeout(timer)
      timer = setTimeout(() => stop(late(GRACE)), GRACE)
    }
    try {
      const number = await thread.take(basis)
      signal?.throwIfAborted()
      clearTimeout(timer)
      timer = setTimeout(() => stop(late(limits.time)), limits.time)
      signal?.addEventListener('abort', abandon, { once: true })
      return await thread.read(number, text)
    } catch (error) {
      // Only a thread that has let go of the text by itself is as it was: nobody knows what another error left in it.
      if (signal?.aborted && (error instanceof Abandoned || error === signal.reason)) throw signal.reason
      if (!this.#closed) {
        metrics.restarted[why ? 'late' : 'failed']++
        log.error(
          { err: error, characters: text.length, late: why !== undefined },
          'the analysis of a text was given up',
        )
      }
      this.#thread = undefined
      void thread.end()
      throw why ?? new HoopError('ANALYSIS_FAILED', '', { cause: error })
    } finally {
      signal?.removeEventListener('abort', abandon)
      clearTimeout(timer)
    }
  }
}
