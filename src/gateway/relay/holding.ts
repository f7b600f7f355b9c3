import { asHoopError, HoopError } from '../../lib/errors.js'
import type { MemoryBudget } from '../../wire/cutter.js'
import type { ErrorFields } from '../../wire/error-fields.js'
import { Backlog } from './backlog.js'
import type { OpenPipeline } from './open-pipeline.js'
import type { RelayState } from './state.js'
import type { Verdict, Wait, WaitPlace } from './wait.js'

export interface HoldingOptions {
  readonly state: RelayState
  readonly open: OpenPipeline
  readonly budget: MemoryBudget
  notice(fields: ErrorFields): void
  /** What the handler has put out on its own account goes upstream. */
  flush(): void
  /** The wait is over: the message goes on, and then what came behind it. */
  resume(verdict: Verdict, backlog: readonly Buffer[]): void
}

/** Why a client that waits gets no answer any more. */
const withdrawn = (about: string): HoopError => new HoopError('APPROVAL_WITHDRAWN', about)

/**
 * The client's side stopped at one message. First every earlier request gets its reply, so that the transaction's state
 * is known and nothing overtakes anything; then the wait begins. It ends by its verdict, or with what the client does
 * meanwhile: a cancel, Terminate, the end of its half of the connection, or of all of it.
 */
export class Holding {
  readonly #options: HoldingOptions
  readonly #wait: Wait
  readonly #backlog: Backlog
  readonly #stop = new AbortController()
  #stage: 'draining' | 'waiting' | 'over' = 'draining'

  constructor(options: HoldingOptions, wait: Wait) {
    this.#options = options
    this.#wait = wait
    this.#backlog = new Backlog(options.budget)
  }

  /** The client need not be read any further until the wait is over. */
  get full(): boolean {
    return this.#backlog.full
  }

  /** Asks the server for the replies that it keeps until a Sync. */
  begin(): void {
    this.#options.open.flush()
    this.#options.flush()
    this.progress()
  }

  /** @throws {HoopError} FRAME_LENGTH, MEMORY_EXHAUSTED */
  add(chunk: Buffer): void {
    this.#backlog.add(chunk)
    if (this.#backlog.goodbye) this.withdraw('the client has left')
  }

  /** The server has answered something. */
  progress(): void {
    if (this.#stage === 'over') return
    const { state, open } = this.#options
    // The server would not run it: it skips to the next Sync, or takes it for a breach of COPY.
    if (state.skipping || state.overrun.dropping) return this.withdraw('an earlier statement of its pipeline failed')
    if (state.copyIn) return this.withdraw('COPY data were expected in its place')
    if (this.#stage !== 'draining' || state.head() !== undefined) return
    // What was only prepared would keep its locks until a Sync: one of ours ends them.
    if (open.holds === 'prepared' && state.transaction === 'I') {
      open.sync()
      return this.#options.flush()
    }
    this.#stage = 'waiting'
    const inTransaction = state.transaction !== 'I' || open.holds !== 'nothing'
    const notice = (fields: ErrorFields): void => {
      if (this.#stage === 'waiting') this.#options.notice(fields)
    }
    const plan: WaitPlace['plan'] = (question, bound) => {
      const answer = open.plan(question, bound)
      this.#options.flush()
      return answer
    }
    this.#wait.begin({ inTransaction, notice, plan }, this.#stop.signal).then(
      (verdict) => this.#end(verdict),
      (error: unknown) => this.#end({ kind: 'refuse', error: asHoopError(error) }),
    )
  }

  /** The client no longer wants an answer: the statement is refused at its place in the order, and the rest goes on. */
  withdraw(about: string): void {
    if (this.#stage === 'over' || this.#stop.signal.aborted) return
    const error = withdrawn(about)
    this.#stop.abort(error)
    // Not at once: whoever called may be in the middle of reading.
    queueMicrotask(() => this.#end({ kind: 'refuse', error }))
  }

  /** The session is over: nothing goes on. */
  end(about: string): void {
    this.#stage = 'over'
    this.#backlog.take()
    this.#stop.abort(withdrawn(about))
  }

  #end(verdict: Verdict): void {
    if (this.#stage === 'over') return
    this.#stage = 'over'
    // Whoever withdrew came first, whatever was decided since.
    const { signal } = this.#stop
    const last: Verdict = signal.aborted ? { kind: 'refuse', error: asHoopError(signal.reason) } : verdict
    this.#options.resume(last, this.#backlog.take())
  }
}
