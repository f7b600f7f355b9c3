import { HoopError } from '../../../../lib/errors.js'
import { HEADER, type FrameHandler } from '../../../../wire/cutter.js'
import type { Outbox } from '../../../../wire/outbox.js'
import { Frontend } from '../../../../wire/tags.js'
import { Admissions } from '../admission/admission.js'
import { ExtendedRequests } from './extended.js'
import { isWithheld } from '../modes.js'
import type { ClientParts, OwnNames } from './parts.js'
import type { Message } from './message.js'
import type { Pipeline } from './pipeline.js'
import { SimpleRequests } from './simple.js'
import type { State } from '../state.js'
import { type Given, nothing } from '../suspension/suspension.js'

export interface ClientOptions {
  /** Largest Query, Parse, Bind or FunctionCall message, bytes. */
  readonly message: number
  readonly functionCalls: boolean
  /** What `application_name` becomes where the client sets it to its own. */
  readonly named: (own: string) => string
  readonly own: OwnNames
}

/** PostgreSQL's own bound for messages that carry no data (PQ_SMALL_MESSAGE_LIMIT). */
const SMALL = 10_000

/**
 * The client's side: records what is about to run, lets the policy decide, and replaces what is refused by a message that
 * makes the server raise an error at that very place in the pipeline.
 * @see PostgreSQL documentation, "Message Flow"
 */
export class Client implements FrameHandler {
  readonly #state: State
  readonly #out: Outbox
  readonly #options: ClientOptions
  readonly #pipeline: Pipeline
  readonly #simple: SimpleRequests
  readonly #extended: ExtendedRequests

  constructor(state: State, out: Outbox, pipeline: Pipeline, options: ClientOptions, suspend: ClientParts['suspend']) {
    this.#state = state
    this.#out = out
    this.#pipeline = pipeline
    this.#options = options
    const admissions = new Admissions(state, () => pipeline.number)
    const parts = { state, out, pipeline, admissions, own: options.own, named: options.named, suspend }
    this.#simple = new SimpleRequests(parts, options.functionCalls)
    this.#extended = new ExtendedRequests(parts)
  }

  get paused(): boolean {
    return this.#state.mode.kind === 'suspended'
  }

  whole(tag: number, length: number): boolean {
    switch (tag) {
      case Frontend.CopyData:
        return false
      case Frontend.Query:
      case Frontend.Parse:
      case Frontend.Bind:
      case Frontend.FunctionCall:
        if (length > this.#options.message) throw new HoopError('MEMORY_EXHAUSTED', `${length} bytes`)
        return true
      default:
        if (length > SMALL) throw new HoopError('FRAME_LENGTH', String(length))
        return true
    }
  }

  piece(_tag: number, buffer: Buffer, start: number, end: number): void {
    if (this.#dropping) return
    this.#state.copyInBytes += end - start
    this.#out.keep(buffer, start, end)
  }

  frame(tag: number, buffer: Buffer, start: number, end: number): void {
    this.message({ tag, buffer, start, end }, nothing)
  }

  /** @param given what the message waited for came to, where it did */
  message(message: Message, given: Given): void {
    const state = this.#state
    const { tag } = message
    if (state.terminated) return
    if (this.#dropping && tag !== Frontend.Sync && tag !== Frontend.Terminate) return
    this.#pass(message, given)
    if (given.rules.length > 0) state.batch.spend()
    // What is put together in turns is on its way.
    if (!this.paused || state.sending) state.batch.sent(message)
  }

  #pass(message: Message, given: Given): void {
    const state = this.#state
    const { tag, buffer, start, end } = message
    switch (tag) {
      case Frontend.Query:
        return this.#simple.query(message, given)
      case Frontend.Parse:
        return this.#extended.parse(message, given)
      case Frontend.Bind:
        return this.#extended.bind(message, given)
      case Frontend.Describe:
        this.#extended.describe(message)
        break
      case Frontend.Execute:
        if (this.#extended.execute(message, given)) break
        return
      case Frontend.Close:
        this.#extended.close(message)
        break
      case Frontend.Sync:
        this.#sync()
        break
      case Frontend.Flush:
        break
      case Frontend.CopyData:
        state.copyInBytes += end - start - HEADER
        break
      case Frontend.CopyDone:
      case Frontend.CopyFail:
        if (state.answering.kind === 'copyIn') state.answer({ kind: 'copyIn', open: false })
        state.queue.push({ kind: 'copy-end' })
        break
      case Frontend.FunctionCall:
        return this.#simple.functionCall(message, given)
      case Frontend.Terminate:
        state.terminated = true
        break
      default:
        throw new HoopError('FRAME_UNKNOWN', `${tag}`)
    }
    this.#out.keep(buffer, start, end)
  }

  #sync(): void {
    const state = this.#state
    const { answering } = state
    state.runs++
    this.#pipeline.ended()
    if (isWithheld(answering) && answering.dropping) state.answer({ ...answering, dropping: false })
    state.push({ kind: 'sync', ghost: answering.kind === 'copyIn' && answering.open, own: false })
  }

  /** An error has been put in the place of what the server did: it must not see what it would have ignored. */
  get #dropping(): boolean {
    const { answering } = this.#state
    return isWithheld(answering) && answering.dropping
  }
}
