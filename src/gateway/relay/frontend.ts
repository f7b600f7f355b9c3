import { randomBytes } from 'node:crypto'
import { HoopError } from '../../lib/errors.js'
import { HEADER, type FrameHandler } from '../../wire/cutter.js'
import type { Outbox } from '../../wire/outbox.js'
import { Frontend } from '../../wire/tags.js'
import { Decider } from './decider.js'
import { ExtendedRequests } from './extended-requests.js'
import { OpenPipeline } from './open-pipeline.js'
import { SimpleRequests } from './simple-requests.js'
import type { RelayState } from './state.js'
import type { Gate, Wait } from './wait.js'

export interface FrontendOptions {
  /** Largest Query, Parse, Bind or FunctionCall message, bytes. */
  readonly message: number
  readonly functionCalls: boolean
  /** Who asks for approvals; without one, what needs an approval is refused. */
  readonly gate?: Gate | undefined
}

/** PostgreSQL's own bound for messages that carry no data (PQ_SMALL_MESSAGE_LIMIT). */
const SMALL = 10_000

/**
 * The client's side of a relay: records what is about to run, lets the policy decide, and replaces what is refused by a
 * message that makes the server raise an error at that very place in the pipeline.
 */
export class FrontendHandler implements FrameHandler {
  readonly #state: RelayState
  readonly #out: Outbox
  readonly #options: FrontendOptions
  readonly #simple: SimpleRequests
  readonly #extended: ExtendedRequests
  readonly #decider: Decider
  readonly open: OpenPipeline

  constructor(state: RelayState, out: Outbox, options: FrontendOptions) {
    this.#state = state
    this.#out = out
    this.#options = options
    this.#decider = new Decider(state, options.gate)
    this.open = new OpenPipeline(state, out)
    const refused = `hoop_refused_${randomBytes(12).toString('hex')}`
    const parts = { state, out, open: this.open, decider: this.#decider, refused }
    this.#simple = new SimpleRequests(parts, options.functionCalls)
    this.#extended = new ExtendedRequests(parts)
  }

  /** Where this side has stopped. */
  get wait(): Wait | undefined {
    return this.#decider.wait
  }

  get paused(): boolean {
    return this.#decider.wait !== undefined
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
    if (this.#state.overrun.dropping) return
    this.#state.copyInBytes += end - start
    this.#out.keep(buffer, start, end)
  }

  frame(tag: number, buffer: Buffer, start: number, end: number): void {
    const state = this.#state
    if (state.terminated) return
    // An error has been put in the place of what the server did: it must not see what it would have ignored.
    if (state.overrun.dropping && tag !== Frontend.Sync && tag !== Frontend.Terminate) return
    switch (tag) {
      case Frontend.Query:
        this.#extended.ended()
        return this.#simple.query(buffer, start, end)
      case Frontend.Parse:
        return this.#extended.parse(buffer, start, end)
      case Frontend.Bind:
        return this.#extended.bind(buffer, start, end)
      case Frontend.Describe:
        this.#extended.describe(buffer, start, end)
        break
      case Frontend.Execute:
        if (this.#extended.execute(buffer, start, end)) break
        return
      case Frontend.Close:
        this.#extended.close(buffer, start, end)
        break
      case Frontend.Sync:
        this.#extended.ended()
        this.open.ended()
        state.overrun.dropping = false
        state.push({ kind: 'sync', ghost: state.copyIn, own: false })
        break
      case Frontend.Flush:
        break
      case Frontend.CopyData:
        state.copyInBytes += end - start - HEADER
        break
      case Frontend.CopyDone:
      case Frontend.CopyFail:
        state.copyIn = false
        state.queue.push({ kind: 'copy-end' })
        break
      case Frontend.FunctionCall:
        return this.#simple.functionCall(buffer, start, end)
      case Frontend.Terminate:
        state.terminated = true
        break
      default:
        throw new HoopError('FRAME_UNKNOWN', `${tag}`)
    }
    this.#out.keep(buffer, start, end)
  }
}
