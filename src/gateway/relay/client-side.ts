import type { Socket } from 'node:net'
import { Cutter, type MemoryBudget } from '../../wire/cutter.js'
import type { ErrorFields } from '../../wire/error-fields.js'
import { Outbox } from '../../wire/outbox.js'
import { Canceller } from './canceller.js'
import { FrontendHandler, type FrontendOptions } from './frontend.js'
import { Holding } from './holding.js'
import type { RelayState } from './state.js'
import type { Verdict } from './wait.js'

/** Requests without an answer at which the client is no longer read. */
const MAX_OUTSTANDING = 65_536

export interface ClientSideOptions extends FrontendOptions {
  readonly client: Socket
  readonly upstream: Socket
  readonly budget: MemoryBudget
  /** Sends a CancelRequest upstream. */
  readonly cancel: () => Promise<void>
  /** Tells the client something, between two of the server's messages. */
  notice(fields: ErrorFields): void
  /** What was being forwarded is dropped, and the session has to end. */
  fail(error: unknown): void
}

/** The direction from client to server: reads, records, forwards; stops at a message that waits for a decision. */
export class ClientSide {
  readonly #options: ClientSideOptions
  readonly #state: RelayState
  readonly #out = new Outbox()
  readonly #frontend: FrontendHandler
  readonly #cutter: Cutter
  readonly #canceller: Canceller
  #holding: Holding | undefined
  /** The client has closed its half of the connection. */
  #ending = false
  #stopped = false

  constructor(state: RelayState, options: ClientSideOptions) {
    this.#state = state
    this.#options = options
    this.#frontend = new FrontendHandler(state, this.#out, options)
    this.#canceller = new Canceller(state, options.cancel)
    this.#cutter = new Cutter(this.#frontend, options.budget)
  }

  /** A statement waits to be approved. */
  get waits(): boolean {
    return this.#holding !== undefined
  }

  get ending(): boolean {
    return this.#ending
  }

  data(chunk: Buffer): void {
    if (this.#canceller.defer(() => this.data(chunk))) return void this.#options.client.pause()
    if (!this.#holding) return this.#forward(() => undefined, [chunk])
    try {
      this.#holding.add(chunk)
    } catch (error) {
      return this.#options.fail(error)
    }
    if (this.#holding.full) this.#options.client.pause()
  }

  /** The client has closed its half; the server answers what was asked and closes then. */
  end(): void {
    if (this.#canceller.defer(() => this.end())) return
    this.#ending = true
    if (this.#holding) this.#holding.withdraw('the client has left')
    else this.#options.upstream.end()
  }

  /** There may be room again. */
  read(): void {
    const { client, upstream } = this.#options
    if (this.#stopped || this.#holding?.full || this.#canceller.holding || upstream.writableNeedDrain) return
    if (this.#state.queue.length <= MAX_OUTSTANDING / 2) client.resume()
  }

  /** The server has answered something. */
  progress(): void {
    this.#canceller.look(() => this.read())
    this.#holding?.progress()
    if (this.#options.client.isPaused()) this.read()
  }

  /** What waits for a decision is refused at its place in the order. */
  withdraw(about: string): void {
    this.#holding?.withdraw(about)
  }

  /** The session is over: nothing more goes upstream. */
  stop(): void {
    this.#stopped = true
    this.#canceller.stop()
    this.#holding?.end('the session has ended')
    this.#options.client.pause()
  }

  dispose(): void {
    this.#cutter.dispose()
  }

  /**
   * Takes what the client sent, up to a message that has to wait.
   * @param first what goes before it, in the same commit
   */
  #forward(first: () => void, chunks: readonly Buffer[]): void {
    const { client, upstream } = this.#options
    try {
      first()
      let next = 0
      let rest: Buffer | undefined
      while (next < chunks.length && !this.#frontend.paused) rest = this.#cutter.feed(chunks[next++]!)
      this.#state.journal.commit()
      if (this.#frontend.wait) this.#hold(this.#frontend.wait, [...(rest ? [rest] : []), ...chunks.slice(next)])
    } catch (error) {
      this.#out.discard()
      return this.#options.fail(error)
    }
    const room = this.#out.flush(upstream)
    if (this.#state.terminated || (this.#ending && !this.#holding)) upstream.end()
    if (!room || this.#state.queue.length > MAX_OUTSTANDING || this.#holding?.full) client.pause()
    this.#holding?.begin()
  }

  #hold(wait: NonNullable<FrontendHandler['wait']>, behind: readonly Buffer[]): void {
    const { budget, upstream } = this.#options
    const holding = new Holding(
      {
        ...{ state: this.#state, open: this.#frontend.open, budget },
        notice: (fields) => this.#options.notice(fields),
        flush: () => void this.#out.flush(upstream),
        resume: (verdict, backlog) => this.#resume(verdict, backlog),
      },
      wait,
    )
    this.#holding = holding
    for (const chunk of behind) holding.add(chunk)
    if (this.#ending) holding.withdraw('the client has left')
  }

  #resume(verdict: Verdict, backlog: readonly Buffer[]): void {
    if (this.#canceller.defer(() => this.#resume(verdict, backlog))) return
    this.#holding = undefined
    this.#forward(() => this.#frontend.wait?.end(verdict), backlog)
    this.read()
  }
}
