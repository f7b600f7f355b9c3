import type { Actor, SessionEnd } from '../../lib/api.js'
import { HoopError } from '../../lib/errors.js'
import { forClients } from '../../lib/readers.js'
import { noticeResponse } from '../../wire/error-fields.js'
import { ConnectionMetrics } from '../metrics/connection-metrics.js'
import { BudgetCancel } from './budget-cancel.js'
import type { Command } from './machine/commands.js'
import { Machine } from './machine/machine.js'
import type { Step } from './machine/step.js'
import type { Verdict } from './machine/suspension/suspension.js'
import { ownNames } from './own-names.js'
import { byServer, type PumpOptions, type RelayEnd } from './pump-options.js'
import { Outside } from './outside.js'
import { advice, fatalOf } from './refusal.js'
import { Passage } from './passage.js'
import { hear } from './reading.js'
import { rounds } from './rounds.js'
import { scheduler } from './scheduler.js'
import { LAST_MESSAGE, patiently, Shutdown } from './shutdown.js'
import { send, write } from './writing.js'

/**
 * Drives one machine over two streams. Each direction reads only as fast as the other side takes what it is given, and
 * neither waits for the other.
 */
export class Pump {
  readonly #options: PumpOptions
  readonly #machine: Machine
  readonly #outside: Outside
  readonly #budgetCancel: BudgetCancel
  readonly #shutdown: Shutdown
  readonly #passage: Passage
  #over: RelayEnd | undefined
  #activeAt = performance.now()
  /** What was read in this round has not been passed on yet. */
  #due = false
  #lastWord: HoopError | undefined
  /** Among all sessions that stream. */
  readonly #turn = scheduler.join(() => this.#readUpstream())
  readonly #finished = Promise.withResolvers<RelayEnd>()

  constructor(options: PumpOptions) {
    const { guard, cancel, journal, gate } = options
    this.#options = options
    const follows = guard?.own !== undefined
    this.#machine = new Machine({ ...options, follows, renews: guard?.renew !== undefined, own: ownNames() })
    this.#budgetCancel = new BudgetCancel(this.#machine, cancel)
    this.#shutdown = new Shutdown(options)
    this.#passage = new Passage(options.metrics ?? new ConnectionMetrics())
    this.#outside = new Outside({
      ...{ guard, gate, note: (event) => journal.approval(event), waited: options.waited },
      notice: (fields) => this.#announce(noticeResponse(fields)),
      resume: (verdict) => this.#resume(verdict),
      ask: (texts) => this.#carry(this.#machine.ask(texts)),
      renewed: (change) => this.#machine.renewed(change),
    })
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
   * The client cancels. What waits for a decision is withdrawn.
   * @returns whether there may be something that the server has to cancel
   */
  withdraw(): boolean {
    const running = !this.#machine.suspended || this.#machine.owed
    if (!running) this.#options.journal.cancel()
    this.#carry(this.#machine.withdraw('it was canceled'))
    return running
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
    if (!this.#over) this.#announce(advice(text, hint))
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
    this.endRound()
    if (this.#over) return
    this.#over = { end, reason: forClients(error).message, ...(by && { by }), error }
    this.#lastWord = error
    this.#stop()
    // Inside a message that has gone out in part, an error would be read as its content: let that one finish first.
    if (this.#machine.between) return this.#speakLast()
    this.#readUpstream()
    patiently(LAST_MESSAGE, () => this.#speakLast())
  }

  #listen(): void {
    const { client, upstream } = this.#options
    hear(client, (chunk) => this.#clientData(chunk))
    hear(upstream, (chunk) => this.#upstreamData(chunk))
    client.on('drain', () => this.#readUpstream())
    upstream.on('drain', () => {
      this.#activeAt = performance.now()
      this.#readClient()
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
    this.#passage.clientSent(chunk.length, this.#activeAt)
    if (this.#budgetCancel.holding) {
      this.#budgetCancel.defer(() => this.#clientData(chunk))
      return void this.#options.client.pause()
    }
    this.#carrySoon(this.#machine.fromClient(chunk))
  }

  #clientEnd(): void {
    if (this.#over || this.#budgetCancel.defer(() => this.#clientEnd())) return
    this.#carry(this.#machine.clientEnded())
  }

  #resume(verdict: Verdict): void {
    if (this.#over || this.#budgetCancel.defer(() => this.#resume(verdict))) return
    this.#carry(this.#machine.resume(verdict))
  }

  #upstreamData(chunk: Buffer): void {
    if (this.#over && !this.#lastWord) return
    // What the server says unasked (a notification, a changed setting) is no sign of the client.
    const now = performance.now()
    if (this.#machine.owed) this.#activeAt = now
    this.#passage.serverSent(chunk.length, now)
    const step = this.#machine.fromServer(chunk)
    const mayGoOn = this.#over !== undefined || this.#turn.took(chunk.length)
    if (!mayGoOn) this.#options.upstream.pause()
    if (!this.#over) return this.#carrySoon(step)
    this.#carry(step)
    if (this.#lastWord && this.#machine.between) this.#speakLast()
  }

  /** The same at the end of the round, unless there is something to be done that what is read next depends on. */
  #carrySoon(step: Step): void {
    if (step.commands.length > 0) return this.#carry(step)
    if (this.#due) return
    this.#due = true
    rounds.add(this)
  }

  /** The round has ended, or something comes that must not overtake what was read in it. */
  endRound(): void {
    if (this.#due) this.#carry(this.#machine.step)
  }

  /** Passes on what a step of the machine gave, and does what it asks for. */
  #carry(step: Step): void {
    this.#due = false
    if (!this.#toClient(step)) this.#options.upstream.pause()
    if (!this.#toServer(step)) return
    for (let command = step.commands.shift(); command; command = step.commands.shift()) this.#do(command)
    this.#readClient()
  }

  #toClient(step: Step): boolean {
    const { client } = this.#options
    const buffers = step.toClient.take()
    const room = write(client, buffers)
    this.#passage.toClient(buffers.length > 0)
    return room && !client.writableNeedDrain
  }

  /** @returns false where the session has ended over it */
  #toServer({ toServer }: Step): boolean {
    const { upstream, journal } = this.#options
    // What went now could be hit by the signal of a cancel.
    if (this.#budgetCancel.holding) return true
    try {
      const committed = journal.commit(toServer)
      const room = send(upstream, committed)
      this.#passage.toServer(committed.buffers.length > 0, this.#machine.suspended)
      if (this.#machine.clientDone && !upstream.writableEnded && !this.#over) upstream.end()
      if (!room || !this.#machine.readsClient(false)) this.#options.client.pause()
      return true
    } catch (error) {
      toServer.discard()
      this.end(error instanceof HoopError ? error : new HoopError('RECORDING_FAILED', '', { cause: error }), 'failed')
      return false
    }
  }

  #do(command: Command): void {
    switch (command.kind) {
      case 'hold':
        if (command.wants.kind === 'approval') this.#passage.asks()
        return this.#outside.hold(command)
      case 'withdraw': {
        const verdict = this.#outside.withdraw(command.error)
        if (!this.#over) this.#carry(this.#machine.resume(verdict))
        return
      }
      case 'told':
        return this.#outside.told(command.answers)
      case 'cancel':
        return this.#budgetCancel.begin(() => this.#carry(this.#machine.step))
      case 'renew':
        return this.#outside.renew(command.change)
      case 'end':
        return this.end(command.error, 'failed')
    }
  }

  #announce(message: Buffer): void {
    if (!this.#toClient(this.#machine.announce(message))) this.#options.upstream.pause()
  }

  /** There is room again, or it is this session's turn; one that ends has the rest of a message to finish. */
  #readUpstream(): void {
    const { client, upstream } = this.#options
    if (!client.writableNeedDrain && (!this.#turn.waits || this.#over)) upstream.resume()
  }

  #readClient(): void {
    const { client, upstream } = this.#options
    if (this.#over || !client.isPaused() || this.#budgetCancel.holding || upstream.writableNeedDrain) return
    if (this.#machine.readsClient(true)) client.resume()
  }

  #upstreamEnded(): void {
    this.endRound()
    if (this.#machine.closing || this.#over) {
      this.#over ??= byServer(this.#machine.fatal) ?? { end: 'closed' }
      this.#stop()
      this.#shutdown.client()
      this.#options.upstream.end()
    } else this.end(new HoopError('UPSTREAM_LOST'), 'failed')
  }

  #closed(side: 'client' | 'upstream'): void {
    const { client, upstream } = this.#options
    this.endRound()
    if (side === 'client') {
      const { terminated, closing, owed, fatal } = this.#machine
      this.#over ??= byServer(fatal) ?? { end: 'closed', ...(closing ? {} : { reason: 'the client went away' }) }
      this.#stop()
      // The client is gone: what still runs for it is cancelled, unless it said goodbye behind it and meant it to run.
      if (!terminated || !owed) this.#shutdown.upstream(owed)
    } else if (!client.destroyed) this.#upstreamEnded()
    if (client.destroyed && upstream.destroyed) this.#finish()
  }

  /** Nothing more goes upstream. */
  #stop(): void {
    this.#budgetCancel.stop()
    const step = this.#machine.end()
    for (let command = step.commands.shift(); command; command = step.commands.shift())
      if (command.kind === 'withdraw') this.#outside.withdraw(command.error)
    this.#options.client.pause()
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
