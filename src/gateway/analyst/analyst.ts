import type { Logger } from 'pino'
import { HoopError } from '../../lib/errors.js'
import type { Analyst, Basis, TextFacts } from '../../policy/texts/text-facts.js'
import type { AnalystMetrics } from '../metrics/analyst-metrics.js'
import { Abandoned, AnalystThread } from './analyst-thread.js'

export interface AnalystLimits {
  /** Milliseconds that the analysis of one text may take. */
  readonly time: number
  /** Texts that may wait for their turn, and how long they may be together, in characters. */
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
  readonly signal: AbortSignal | undefined
  readonly answer: PromiseWithResolvers<TextFacts>
}

const late = (milliseconds: number): HoopError =>
  new HoopError('ANALYSIS_LATE', `it took longer than ${Math.round(milliseconds / 1000)} s`)

/**
 * Reads long texts in a thread, one after the other, so that none holds up the event loop that carries sessions. A text that
 * takes too long, or that the thread ends by, is refused, and the others go on in a new one.
 */
export class ThreadAnalyst implements Analyst, AsyncDisposable {
  readonly #options: AnalystOptions
  readonly #waiting: Job[] = []
  #thread: AnalystThread | undefined
  #working = false
  #closed = false
  #idle: NodeJS.Timeout | undefined

  constructor(options: AnalystOptions) {
    this.#options = options
  }

  async read(basis: Basis, text: string, signal?: AbortSignal): Promise<TextFacts> {
    signal?.throwIfAborted()
    this.#assertRoom(text)
    const job: Job = { basis, text, signal, answer: Promise.withResolvers() }
    this.#waiting.push(job)
    this.#options.metrics.waiting = this.#waiting.length
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
    for (const { answer } of this.#waiting.splice(0))
      answer.reject(new HoopError('ANALYSIS_FAILED', 'the gateway stops'))
    await this.#thread?.end()
  }

  #assertRoom(text: string): void {
    const { waiting, bytes } = this.#options.limits
    if (this.#closed) throw new HoopError('ANALYSIS_FAILED', 'the gateway stops')
    if (this.#waiting.length >= waiting) throw new HoopError('ANALYSIS_BUSY', `${waiting} texts wait already`)
    const held = this.#waiting.reduce((sum, each) => sum + each.text.length, text.length)
    if (this.#waiting.length > 0 && held > bytes) throw new HoopError('ANALYSIS_BUSY', `of ${bytes} characters`)
  }

  #withdraw(job: Job): void {
    const at = this.#waiting.indexOf(job)
    if (at >= 0) this.#waiting.splice(at, 1)
    this.#options.metrics.waiting = this.#waiting.length
    job.answer.reject(job.signal?.reason)
  }

  async #work(): Promise<void> {
    if (this.#working) return
    this.#working = true
    clearTimeout(this.#idle)
    for (let job = this.#waiting.shift(); job; job = this.#waiting.shift()) {
      this.#options.metrics.waiting = this.#waiting.length
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
      if (signal?.aborted && (error instanceof Abandoned || !thread.ended)) throw signal.reason
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
