import type { Actor, SessionEnd } from '../../lib/api.js'
import { HoopError } from '../../lib/errors.js'
import { forClients } from '../../lib/readers.js'
import { Canceling, SOON } from './canceling.js'
import { Carrier, type Course } from './carrier.js'
import { Machine } from './machine/machine.js'
import type { Verdict } from './machine/suspension/suspension.js'
import { ownNames } from './own-names.js'
import { byNetwork, byServer, type PumpOptions, type RelayEnd } from './pump-options.js'
import { advice, fatalOf } from './refusal.js'
import { hear } from './reading.js'
import { scheduler } from './scheduler.js'
import { LAST_MESSAGE, patiently, Shutdown } from './shutdown.js'
import { inSlices } from './slices.js'

/**
 * Drives one machine over two streams. Each direction reads only as fast as the other side takes what it is given, and
 * neither waits for the other.
 */
export class Pump {
  readonly #options: PumpOptions
  readonly #machine: Machine
  readonly #carrier: Carrier
  readonly #canceling: Canceling
  readonly #shutdown: Shutdown
  #over: RelayEnd | undefined
  #activeAt = performance.now()
  #lastWord: HoopError | undefined
  /** What left has to be noted before more does. */
  #unnoted = false
  /** Among all sessions that stream. */
  readonly #turn = scheduler.join(() => this.#carrier.readUpstream())
  readonly #finished = Promise.withResolvers<RelayEnd>()

  constructor(options: PumpOptions) {
    const { guard, cancel } = options
    this.#options = options
    const follows = guard?.own !== undefined
    this.#machine = new Machine({ ...options, follows, renews: guard?.renew !== undefined, own: ownNames() })
    this.#canceling = new Canceling(this.#machine, cancel)
    this.#shutdown = new Shutdown(options)
    this.#carrier = new Carrier(options, this.#machine, this.#canceling, this.#course())
  }

  #course(): Course {
    const [over, waits] = [() => this.#over !== undefined, () => this.#turn.waits || this.#unnoted]
    return {
      get over() {
        return over()
      },
      get waits() {
        return waits()
      },
      resume: (verdict) => this.#resume(verdict),
      end: (error) => this.end(error, 'failed'),
    }
  }

  /** Resolves when both sides are closed. Never rejects. */
  get finished(): Promise<RelayEnd> {
    return this.#finished.promise
  }

  /** Whether the server still owes an answer, a transaction is open, or a statement waits to be approved. */
  get busy(): boolean {
    return this.#machine.suspended || this.#machine.owed || this.#machine.inTransaction
  }

  /**
   * The client cancels. What waits for a decision is withdrawn, what runs the server has to cancel. Where nothing runs
   * nothing goes to the server: it could hit what comes next.
   * @returns resolves when the server has been told
   */
  async cancel(): Promise<void> {
    const { owed } = this.#machine
    if (!owed) this.#options.journal.cancel()
    this.#carrier.carry(this.#machine.cancel())
    if (!owed) return
    if (!this.#machine.toCancel) return this.#options.cancel()
    await this.#canceling.begin(() => this.#carrier.carry(this.#machine.step), SOON)
  }

  /** Whether it is the client's turn: nothing runs for it or waits to be approved, or a COPY has room for its data. */
  get waiting(): boolean {
    if (this.#machine.suspended) return false
    return !this.#machine.owed || (this.#machine.takesCopyData && !this.#options.upstream.writableNeedDrain)
  }

  /** When the client last said something, or got an answer, on the clock of performance.now(). */
  get activeAt(): number {
    return this.#activeAt
  }

  /** Tells the client something, between two messages. */
  notice(text: string, hint: string): void {
    if (!this.#over) this.#carrier.announce(advice(text, hint))
  }

  /** @param fromClient, fromUpstream bytes that were read with the login's last message */
  start(fromClient: Buffer, fromUpstream: Buffer): void {
    const { client, upstream } = this.#options
    this.#listen()
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
      this.#shutdown.drop()
      if (this.#options.client.destroyed) this.#shutdown.upstream(this.#machine.owed)
      return
    }
    this.#carrier.endRound()
    if (this.#over) return
    this.#over = { end, reason: forClients(error).message, ...(by && { by }), error }
    this.#lastWord = error
    this.#stop()
    // Inside a message that has gone out in part, an error would be read as its content: let that one finish first.
    if (this.#machine.between) return this.#speakLast()
    this.#carrier.readUpstream()
    patiently(LAST_MESSAGE, () => this.#speakLast())
  }

  #listen(): void {
    const { client, upstream } = this.#options
    inSlices(client)
    inSlices(upstream)
    hear(client, (chunk) => this.#clientData(chunk))
    hear(upstream, (chunk) => this.#upstreamData(chunk))
    client.on('drain', () => this.#carrier.readUpstream())
    upstream.on('drain', () => {
      this.#activeAt = performance.now()
      this.#carrier.readClient()
    })
    client.on('end', () => this.#clientEnd())
    upstream.on('end', () => this.#upstreamEnded())
    for (const side of [client, upstream]) side.on('error', () => side.destroy())
    client.on('close', () => this.#closed('client'))
    upstream.on('close', () => this.#closed('upstream'))
  }

  #clientData(chunk: Buffer): void {
    if (this.#over) return
    this.#activeAt = performance.now()
    if (this.#canceling.holding) {
      this.#canceling.defer(() => this.#clientData(chunk))
      return void this.#options.client.pause()
    }
    this.#carrier.fromClient(chunk, this.#activeAt)
  }

  #clientEnd(): void {
    if (this.#over || this.#canceling.defer(() => this.#clientEnd())) return
    this.#carrier.carry(this.#machine.clientEnded())
  }

  #resume(verdict: Verdict): void {
    if (this.#over || this.#canceling.defer(() => this.#resume(verdict))) return
    this.#carrier.carry(this.#machine.resume(verdict))
  }

  #upstreamData(chunk: Buffer): void {
    if (this.#over && !this.#lastWord) return
    // What the server says unasked (a notification, a changed setting) is no sign of the client.
    const now = performance.now()
    if (this.#machine.owed) this.#activeAt = now
    if (!this.#over && !this.#turn.took(chunk.length)) this.#options.upstream.pause()
    const over = this.#over !== undefined
    this.#carrier.fromServer(chunk, now)
    if (!over) this.#untilNoted()
    if (over && this.#lastWord && this.#machine.between) this.#speakLast()
  }

  /** The store may be slower than what leaves: then the server waits for it. */
  #untilNoted(): void {
    const meter = this.#options.metering?.meter
    if (!meter?.waits || this.#unnoted) return
    this.#unnoted = true
    this.#options.upstream.pause()
    meter.whenNoted(() => {
      this.#unnoted = false
      this.#carrier.readUpstream()
    })
  }

  #upstreamEnded(): void {
    this.#carrier.endRound()
    if (this.#machine.closing || this.#over) {
      this.#over ??= byServer(this.#machine.fatal) ?? { end: 'closed' }
      this.#stop()
      this.#shutdown.client()
      this.#options.upstream.end()
    } else this.end(new HoopError('UPSTREAM_LOST'), 'failed')
  }

  #closed(side: 'client' | 'upstream'): void {
    const { client, upstream } = this.#options
    this.#carrier.endRound()
    if (side === 'client') {
      const { terminated, closing, owed, fatal } = this.#machine
      this.#over ??= byServer(fatal) ??
        byNetwork(client.errored) ?? { end: 'closed', ...(closing ? {} : { reason: 'the client went away' }) }
      this.#stop()
      // The client is gone: what still runs for it is cancelled, unless it said goodbye behind it and meant it to run.
      if (!terminated || !owed) this.#shutdown.upstream(owed)
    } else if (!client.destroyed) this.#upstreamEnded()
    if (client.destroyed && upstream.destroyed) this.#finish()
  }

  #stop(): void {
    this.#canceling.stop()
    this.#carrier.stop()
  }

  #speakLast(): void {
    const error = this.#lastWord
    if (!error) return
    this.#lastWord = undefined
    const { client, reset, cancel } = this.#options
    if (!client.destroyed) {
      if (this.#machine.between) this.#shutdown.client(fatalOf(error))
      else client.destroy()
    }
    if (!this.#machine.owed) return this.#shutdown.upstream(false)
    // A server that has been reset before it is cancelled finds its client gone and reads no further. After a plain
    // close it would go on with the statements that lie in its buffer, behind the one that was cancelled.
    reset()
    void cancel()
  }

  #finish(): void {
    this.#machine.dispose()
    this.#finished.resolve(this.#over ?? { end: 'closed' })
  }
}
