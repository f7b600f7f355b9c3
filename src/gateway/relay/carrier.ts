import { HoopError } from '../../lib/errors.js'
import { noticeResponse } from '../../wire/error-fields.js'
import { ConnectionMetrics } from '../metrics/connection-metrics.js'
import type { Canceling } from './canceling.js'
import type { Command } from './machine/commands.js'
import type { Machine } from './machine/machine.js'
import type { Step } from './machine/step.js'
import type { Verdict } from './machine/suspension/suspension.js'
import { Outside } from './outside.js'
import { parts } from './parts.js'
import { Passage } from './passage.js'
import type { PumpOptions } from './pump-options.js'
import { rounds } from './rounds.js'
import { send, write } from './writing.js'

/** What a session that carries bytes has to know of itself. */
export interface Course {
  /** It has ended: nothing more goes upstream, and to the client only what is left. */
  readonly over: boolean
  /** Others that stream have their turn first. */
  readonly waits: boolean
  /** What a suspended request waited for has come, or won't. */
  resume(verdict: Verdict): void
  end(error: HoopError): void
}

/**
 * Carries what a machine gives to both sides, and out what it asks for. Each side is read only as fast as the other takes what
 * it is given.
 */
export class Carrier {
  readonly #options: PumpOptions
  readonly #machine: Machine
  readonly #canceling: Canceling
  readonly #course: Course
  readonly #outside: Outside
  readonly #passage: Passage
  /** What was read in this round has not been passed on yet. */
  #due = false

  constructor(options: PumpOptions, machine: Machine, canceling: Canceling, course: Course) {
    const { guard, account, gate, journal, waited } = options
    this.#options = options
    this.#machine = machine
    this.#canceling = canceling
    this.#course = course
    this.#passage = new Passage(options.metrics ?? new ConnectionMetrics())
    this.#outside = new Outside({
      ...{ guard, account, gate, note: (event, bound) => journal.approval(event, bound), waited },
      notice: (fields) => this.announce(noticeResponse(fields)),
      resume: (verdict) => course.resume(verdict),
      ask: (texts) => this.carry(machine.ask(texts)),
      renewed: (change) => machine.renewed(change),
    })
  }

  /** What the client has sent. @param at when, on the clock of performance.now() */
  fromClient(chunk: Buffer, at: number): void {
    this.#passage.clientSent(chunk.length, at)
    this.#soon(this.#machine.fromClient(chunk))
  }

  /** What the server has sent, of a session that may have ended in the middle of a message. */
  fromServer(chunk: Buffer, at: number): void {
    this.#passage.serverSent(chunk.length, at)
    const step = this.#machine.fromServer(chunk)
    if (this.#course.over) this.carry(step)
    else this.#soon(step)
  }

  /** The same at the end of the round, unless there is something to be done that what is read next depends on. */
  #soon(step: Step): void {
    if (step.commands.length > 0) return this.carry(step)
    if (this.#due) return
    this.#due = true
    rounds.add(this)
  }

  /** The round has ended, or something comes that must not overtake what was read in it. */
  endRound(): void {
    if (this.#due) this.carry(this.#machine.step)
  }

  /** Passes on what a step of the machine gave, and does what it asks for. */
  carry(step: Step): void {
    this.#due = false
    if (!this.#toClient(step)) this.#options.upstream.pause()
    if (!this.#toServer(step)) return
    for (let command = step.commands.shift(); command; command = step.commands.shift()) this.#do(command)
    this.readClient()
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
    if (this.#canceling.holding) return true
    try {
      const committed = journal.commit(toServer)
      const room = send(upstream, committed)
      this.#passage.toServer(committed.buffers.length > 0, this.#machine.suspended)
      if (this.#machine.clientDone && !upstream.writableEnded && !this.#course.over) upstream.end()
      if (!room || !this.#machine.readsClient(false)) this.#options.client.pause()
      return true
    } catch (error) {
      toServer.discard()
      this.#course.end(error instanceof HoopError ? error : new HoopError('RECORDING_FAILED', '', { cause: error }))
      return false
    }
  }

  #do(command: Command): void {
    switch (command.kind) {
      case 'hold':
        if (command.wants.kind === 'approval') this.#passage.asks()
        return this.#outside.hold(command)
      case 'turn':
        return this.#nextTurn()
      case 'withdraw': {
        const verdict = this.#outside.withdraw(command.error)
        if (!this.#course.over) this.carry(this.#machine.resume(verdict))
        return
      }
      case 'told':
        return this.#outside.told(command.answers)
      case 'cancel':
        return void this.#canceling.begin(() => this.carry(this.#machine.step))
      case 'renew':
        return this.#outside.renew(command.change)
      case 'end':
        return this.#course.end(command.error)
    }
  }

  /** What is left of a text is put together when the server has room for it, and others have had their turn. */
  #nextTurn(): void {
    const { upstream } = this.#options
    const next = (): void => parts.add(() => this.#course.resume({ kind: 'turn' }))
    if (upstream.writableNeedDrain) upstream.once('drain', next)
    else next()
  }

  /** Tells the client something, between two of the server's messages. */
  announce(message: Buffer): void {
    if (!this.#toClient(this.#machine.announce(message))) this.#options.upstream.pause()
  }

  /** There is room again, or it is this session's turn; one that ends has the rest of a message to finish. */
  readUpstream(): void {
    const { client, upstream } = this.#options
    if (!client.writableNeedDrain && (!this.#course.waits || this.#course.over)) upstream.resume()
  }

  readClient(): void {
    const { client, upstream } = this.#options
    if (this.#course.over || !client.isPaused() || this.#canceling.holding || upstream.writableNeedDrain) return
    if (this.#machine.readsClient(true)) client.resume()
  }

  /** Nothing more goes upstream. What waits for somebody outside is withdrawn. */
  stop(): void {
    const step = this.#machine.end()
    for (let command = step.commands.shift(); command; command = step.commands.shift())
      if (command.kind === 'withdraw') this.#outside.withdraw(command.error)
    this.#options.client.pause()
  }
}
