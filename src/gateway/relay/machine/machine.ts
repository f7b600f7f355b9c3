import { asHoopError } from '../../../lib/errors.js'
import { Cutter, type MemoryBudget } from '../../../wire/cutter.js'
import type { BoundText } from '../../../wire/explain.js'
import { Outbox } from '../../../wire/outbox.js'
import { Client, type ClientOptions } from './client/client.js'
import type { Suspended } from './modes.js'
import { Pipeline } from './client/pipeline.js'
import { Server } from './server/server.js'
import type { Step } from './step.js'
import { State, type StateOptions } from './state.js'
import { Suspension } from './suspension/suspended.js'
import { add, type Verdict } from './suspension/suspension.js'

export interface MachineOptions extends StateOptions, ClientOptions {
  readonly budget: MemoryBudget
}

/**
 * PostgreSQL's protocol between one client and one server, both logged in and idle, as a machine without input or output:
 * bytes and verdicts in, bytes and commands out. It never waits and knows no clock, so that every cut, order and race can
 * be tried in memory. Nothing may be fed to it once it has said `end`, but for what completes a message.
 * @see PostgreSQL documentation, "Message Flow"
 */
export class Machine {
  readonly #state: State
  readonly #step: Step
  readonly #client: Client
  readonly #server: Server
  readonly #suspension: Suspension
  readonly #fromClient: Cutter
  readonly #fromServer: Cutter
  /** The client has closed its half. */
  #clientEnded = false

  constructor(options: MachineOptions) {
    const state = (this.#state = new State(options))
    const [toServer, toClient, pipeline] = [new Outbox(), new Outbox(), new Pipeline()]
    this.#step = { toServer, toClient, commands: state.commands }
    this.#suspension = new Suspension(state, toServer, pipeline, options.budget, options.own.plan)
    this.#client = new Client(state, toServer, pipeline, options, (message, wants, given) =>
      this.#suspension.begin(message, wants, given),
    )
    this.#server = new Server(
      state,
      toClient,
      (verdict) => this.#suspension.answered(verdict),
      () => this.#suspension.playAgain(),
    )
    this.#fromClient = new Cutter(this.#client, options.budget)
    this.#fromServer = new Cutter(this.#server, options.budget)
  }

  /** What has not been taken out yet. */
  get step(): Step {
    return this.#step
  }

  /** The client has sent bytes. */
  fromClient(chunk: Buffer): Step {
    const { mode } = this.#state
    if (mode.kind === 'ending') return this.#step
    try {
      if (mode.kind === 'suspended') this.#behind(mode, [chunk])
      else this.#feed([chunk])
      this.#goOn()
    } catch (error) {
      this.#fail(this.#step.toServer, error)
    }
    return this.#step
  }

  /** The server has sent bytes. */
  fromServer(chunk: Buffer): Step {
    try {
      this.#fromServer.feed(chunk)
      this.#server.settle()
    } catch (error) {
      this.#fail(this.#step.toClient, error)
      return this.#step
    }
    return this.#settled()
  }

  /** What a suspended request waited for outside has come, or won't. */
  resume(verdict: Verdict): Step {
    this.#suspension.answered(verdict)
    return this.#settled()
  }

  /** What a suspended request waits for has to be asked of the server, in the open transaction: then `told` has the answers. */
  ask(texts: readonly BoundText[]): Step {
    this.#suspension.ask(texts)
    return this.#step
  }

  /** The client cancels what the server is at. */
  cancel(): Step {
    this.#state.canceled = this.#state.head()
    return this.withdraw('it was canceled')
  }

  /** The client cancels, or has left: what waits for a decision is refused at its place in the order. */
  withdraw(about: string): Step {
    const { mode } = this.#state
    if (mode.kind === 'suspended') this.#suspension.withdraw(mode, about)
    return this.#settled()
  }

  /** The client has closed its half; the server answers what was asked, and closes then. */
  clientEnded(): Step {
    this.#clientEnded = true
    return this.#state.sending ? this.#settled() : this.withdraw('the client has left')
  }

  /** The catalog has what this session committed, up to the change of that number. */
  renewed(change: number): void {
    this.#state.changes.read = Math.max(this.#state.changes.read, change)
  }

  /** Tells the client something, between two of the server's messages. */
  announce(message: Buffer): Step {
    this.#server.announce(message)
    return this.#step
  }

  /** The session is over: nothing more goes upstream, and to the client only the rest of a message that has begun. */
  end(): Step {
    const { mode } = this.#state
    if (mode.kind === 'suspended') {
      mode.backlog.take()
      this.#step.commands.push({ kind: 'withdraw', error: this.#suspension.ended(mode) })
    }
    this.#state.mode = { kind: 'ending' }
    this.#step.toServer.discard()
    return this.#step
  }

  /** Both sides are gone. Records what has no end yet. */
  dispose(): void {
    this.#server.cut()
    this.#state.names.dispose()
    this.#state.own.drop()
    this.#fromClient.dispose()
    this.#fromServer.dispose()
  }

  /** No message to the client has gone out in part. */
  get between(): boolean {
    return this.#server.between
  }

  /** The server has yet to answer something. */
  get owed(): boolean {
    return this.#state.head() !== undefined
  }

  get suspended(): boolean {
    return this.#state.mode.kind === 'suspended'
  }

  get inTransaction(): boolean {
    return this.#state.transaction !== 'I'
  }

  get takesCopyData(): boolean {
    return this.#state.takesCopyData
  }

  /**
   * Whether the client may be read: not too much is outstanding, nor kept behind what waits, and no cancel could hit it.
   * @param again it was not read before: then much of that has to be done first
   */
  readsClient(again: boolean): boolean {
    return this.#state.readsClient(again)
  }

  /** The client has said Terminate, or closed its half, and all that it sent before is on its way. */
  get clientDone(): boolean {
    return this.#state.terminated || (this.#clientEnded && this.#state.mode.kind !== 'suspended')
  }

  /** Whether the server may close by itself: the client takes its leave, or the server has said FATAL. */
  get closing(): boolean {
    return this.#state.terminated || this.#clientEnded || this.fatal !== undefined
  }

  /** SQLSTATE of the FATAL that the server has said. */
  get fatal(): string | undefined {
    return this.#server.fatal
  }

  get terminated(): boolean {
    return this.#state.terminated
  }

  /** The server is at something that it is to be cancelled in. */
  get toCancel(): boolean {
    return this.#state.overBudget || this.#state.playsCanceled
  }

  /** A CancelRequest is on its way, or (`false`) the server has taken it. */
  cancelling(sent: boolean): void {
    if (sent) this.#state.strayCancel ||= this.#state.overBudget
    else if (this.#state.queue.length === 0) this.#state.strayCancel = false
  }

  #settled(): Step {
    try {
      this.#goOn()
    } catch (error) {
      this.#fail(this.#step.toServer, error)
    }
    return this.#step
  }

  /** Takes what the client sent, up to a message that has to wait. */
  #feed(chunks: readonly Buffer[]): void {
    let next = 0
    let rest: Buffer | undefined
    while (next < chunks.length && !this.#client.paused) rest = this.#fromClient.feed(chunks[next++]!)
    const { mode } = this.#state
    if (mode.kind === 'suspended') this.#behind(mode, [...(rest ? [rest] : []), ...chunks.slice(next)])
  }

  #behind(suspended: Suspended, chunks: readonly Buffer[]): void {
    for (const chunk of chunks) suspended.backlog.add(chunk)
    if (!this.#state.sending && (suspended.backlog.goodbye || this.#clientEnded))
      this.#suspension.withdraw(suspended, 'the client has left')
  }

  /** As far as a suspended request can go now, and what came behind it. */
  #goOn(): void {
    for (;;) {
      const { mode } = this.#state
      if (mode.kind !== 'suspended') return
      this.#suspension.progress(mode)
      if (!mode.verdict) return
      if (!this.#suspension.whole(mode)) continue
      const { message, given, verdict, answers, wants, backlog } = mode
      this.#state.mode = answers
      if (wants.kind !== 'turn') this.#client.message(message, add(given, verdict))
      this.#feed(backlog.take())
    }
  }

  #fail(out: Outbox, error: unknown): void {
    out.discard()
    this.#step.commands.push({ kind: 'end', error: asHoopError(error) })
  }
}
