import type { Socket } from 'node:net'
import type { Actor, SessionEnd } from '../../lib/api.js'
import { asHoopError, HoopError } from '../../lib/errors.js'
import type { Asker, Guard } from '../../policy/decision.js'
import { Cutter, type MemoryBudget } from '../../wire/cutter.js'
import { noticeResponse } from '../../wire/error-fields.js'
import { Outbox } from '../../wire/outbox.js'
import { BackendHandler } from './backend.js'
import { ClientSide } from './client-side.js'
import { Farewell } from './farewell.js'
import type { FrontendOptions } from './frontend.js'
import type { Journal } from './journal.js'
import { patiently } from './patience.js'
import { advice, fatalOf } from './refusal.js'
import type { Metering } from './rows.js'
import type { SearchPath } from './search-path.js'
import { RelayState } from './state.js'
import { turns } from './turns.js'

/** Milliseconds that a message which has gone out in part may take to be whole, before the last error. */
const LAST_MESSAGE = 250

export interface RelayOptions extends FrontendOptions {
  readonly client: Socket
  readonly upstream: Socket
  readonly guard: Guard | undefined
  readonly journal: Journal
  /** Whose session it is; `now` is read anew for each decision. */
  readonly asker: Asker
  readonly budget: MemoryBudget
  /** Absent where the policy has no budgets. */
  readonly metering?: Metering | undefined
  readonly searchPath?: SearchPath
  /** Sends a CancelRequest upstream. */
  readonly cancel: () => Promise<void>
  /** Closes the connection upstream by a reset. */
  readonly reset: () => void
}

export interface RelayEnd {
  readonly end: SessionEnd
  readonly reason?: string
  readonly by?: Actor
}

/**
 * Relays one session between client and server, both logged in and idle. Each direction reads only as fast as the other
 * side takes what it is given, and neither waits for the other.
 */
export class Relay {
  readonly #options: RelayOptions
  readonly #state: RelayState
  readonly #toClient = new Outbox()
  readonly #backend: BackendHandler
  readonly #client: ClientSide
  readonly #fromUpstream: Cutter
  #over: RelayEnd | undefined
  #activeAt = performance.now()
  #lastWord: HoopError | undefined
  /** Among all sessions that stream. */
  readonly #turn = turns.join(() => this.#readUpstream())
  readonly #farewell: Farewell
  readonly #finished = Promise.withResolvers<RelayEnd>()

  constructor(options: RelayOptions) {
    this.#options = options
    this.#state = new RelayState(options.guard, options.journal, options.asker, options.metering, options.searchPath)
    this.#backend = new BackendHandler(this.#state, this.#toClient)
    this.#fromUpstream = new Cutter(this.#backend, options.budget)
    this.#farewell = new Farewell(options, this.#state)
    this.#client = new ClientSide(this.#state, {
      ...options,
      notice: (fields) => this.#announce(noticeResponse(fields)),
      fail: (error) => this.end(asHoopError(error), 'failed'),
    })
  }

  /** Resolves when both sides are closed. Never rejects. */
  get finished(): Promise<RelayEnd> {
    return this.#finished.promise
  }

  /** Whether the server still owes an answer, a transaction is open, or a statement waits to be approved. */
  get busy(): boolean {
    return this.#client.waits || this.#state.head() !== undefined || this.#state.transaction !== 'I'
  }

  /**
   * The client cancels. What waits for a decision is withdrawn.
   * @returns whether there may be something that the server has to cancel
   */
  withdraw(): boolean {
    const running = !this.#client.waits || this.#state.head() !== undefined
    if (!running) this.#options.journal.cancel()
    this.#client.withdraw('it was canceled')
    return running
  }

  /** Whether it is the client's turn: nothing runs for it or waits to be approved, or a COPY has room for its data. */
  get waiting(): boolean {
    if (this.#client.waits) return false
    return this.#state.head() === undefined || (this.#state.copyIn && !this.#options.upstream.writableNeedDrain)
  }

  /** When the client last said something, or got an answer, on the clock of performance.now(). */
  get activeAt(): number {
    return this.#activeAt
  }

  /** Tells the client something, between two messages. */
  notice(text: string, hint: string): void {
    if (!this.#over) this.#announce(advice(text, hint))
  }

  #announce(message: Buffer): void {
    this.#backend.announce(message)
    if (!this.#toClient.flush(this.#options.client)) this.#options.upstream.pause()
  }

  /** @param fromClient, fromUpstream bytes that were read with the login's last message */
  start(fromClient: Buffer, fromUpstream: Buffer): void {
    const { client, upstream } = this.#options
    client.on('data', (chunk: Buffer) => this.#clientData(chunk))
    upstream.on('data', (chunk: Buffer) => this.#upstreamData(chunk))
    client.on('drain', () => this.#readUpstream())
    upstream.on('drain', () => {
      this.#activeAt = performance.now()
      this.#client.read()
    })
    client.on('end', () => this.#client.end())
    upstream.on('end', () => this.#upstreamEnded())
    client.on('error', () => client.destroy())
    upstream.on('error', () => upstream.destroy())
    client.on('close', () => this.#closed('client'))
    upstream.on('close', () => this.#closed('upstream'))
    if (fromUpstream.length > 0) this.#upstreamData(fromUpstream)
    if (fromClient.length > 0) this.#clientData(fromClient)
    client.resume()
    upstream.resume()
    if (client.destroyed) this.#closed('client')
    else if (upstream.destroyed) this.#closed('upstream')
  }

  /** Ends the session: FATAL with the error to the client, a cancel and a goodbye to the server. */
  end(error: HoopError, end: SessionEnd, by?: Actor): void {
    // Over already, and its client has not taken what is left.
    if (this.#over) {
      this.#farewell.drop()
      if (this.#options.client.destroyed) this.#farewell.upstream()
      return
    }
    this.#over = { end, reason: error.message, ...(by && { by }) }
    this.#lastWord = error
    this.#client.stop()
    // Inside a message that has gone out in part, an error would be read as its content: let that one finish first.
    if (this.#backend.stop()) return this.#speakLast()
    this.#readUpstream()
    patiently(LAST_MESSAGE, () => this.#speakLast())
  }

  #clientData(chunk: Buffer): void {
    if (this.#over) return
    this.#activeAt = performance.now()
    this.#client.data(chunk)
  }

  #upstreamData(chunk: Buffer): void {
    if (this.#over && !this.#lastWord) return
    const { client, upstream } = this.#options
    // What the server says unasked (a notification, a changed setting) is no sign of the client.
    if (this.#state.head() !== undefined) this.#activeAt = performance.now()
    try {
      this.#fromUpstream.feed(chunk)
      this.#backend.settle()
    } catch (error) {
      this.#toClient.discard()
      return this.end(asHoopError(error), 'failed')
    }
    const room = this.#toClient.flush(client)
    if (this.#lastWord && this.#backend.stop()) return this.#speakLast()
    const mayGoOn = this.#over !== undefined || this.#turn.took(chunk.length)
    if (!mayGoOn || !room) upstream.pause()
    this.#client.progress()
  }

  /** There is room again, or it is this session's turn; one that ends has the rest of a message to finish. */
  #readUpstream(): void {
    const { client, upstream } = this.#options
    if (!client.writableNeedDrain && (!this.#turn.waits || this.#over)) upstream.resume()
  }

  #upstreamEnded(): void {
    const expected = this.#state.terminated || this.#client.ending || this.#backend.fatal
    if (expected || this.#over) {
      this.#over ??= { end: 'closed' }
      this.#client.stop()
      this.#farewell.client()
      this.#options.upstream.end()
    } else this.end(new HoopError('UPSTREAM_LOST'), 'failed')
  }

  #closed(side: 'client' | 'upstream'): void {
    const { client, upstream } = this.#options
    if (side === 'client') {
      this.#client.stop()
      // The client is gone: what still runs for it is cancelled, unless it said goodbye behind it and meant it to run.
      if (!this.#state.terminated || this.#state.head() === undefined) this.#farewell.upstream()
      this.#over ??= {
        end: 'closed',
        ...(this.#state.terminated || this.#client.ending ? {} : { reason: 'the client went away' }),
      }
    } else if (!client.destroyed) this.#upstreamEnded()
    if (client.destroyed && upstream.destroyed) this.#finish()
  }

  #speakLast(): void {
    const error = this.#lastWord
    if (!error) return
    this.#lastWord = undefined
    const { client, reset, cancel } = this.#options
    if (!client.destroyed) {
      if (this.#backend.stop()) this.#farewell.client(fatalOf(error))
      else client.destroy()
    }
    if (this.#state.head() === undefined) return this.#farewell.upstream()
    // A server that has been reset before it is cancelled finds its client gone and reads no further. After a plain
    // close it would go on with the statements that lie in its buffer, behind the one that was cancelled.
    reset()
    void cancel()
  }

  #finish(): void {
    this.#backend.cut()
    this.#client.dispose()
    this.#fromUpstream.dispose()
    this.#finished.resolve(this.#over ?? { end: 'closed' })
  }
}
