import { HoopError } from '../../../../lib/errors.js'
import { HEADER, type FrameHandler } from '../../../../wire/cutter.js'
import { errorResponse, isFatal, readErrorFields } from '../../../../wire/error-fields.js'
import { withoutHoopCode } from '../../../../wire/hoop-code.js'
import type { Outbox } from '../../../../wire/outbox.js'
import { Backend } from '../../../../wire/tags.js'
import { budgetWarning, noticeOf, refusalOf } from '../../refusal.js'
import { ofAsked } from './asking.js'
import { asynchronous, checkSetting, isAsynchronous } from './asynchronous.js'
import { touchesMasked } from './binding.js'
import { isChecking } from './checked.js'
import { dropGhosts } from './copy-in.js'
import { transactionEnded } from './effects.js'
import { Errors } from './errors.js'
import { normal } from '../modes.js'
import { estimateFrom } from '../suspension/planner.js'
import { Replies } from './replies.js'
import { Results } from './results.js'
import type { State } from '../state.js'
import type { Verdict } from '../suspension/suspension.js'
import { canceling } from '../witness/played.js'
import { ofWitness, witnessAt } from './witnessing.js'

/**
 * The server's side: matches every message to the request it answers, hands rows on, puts our errors in the place of the
 * server's where it raised them on our behalf.
 * @see PostgreSQL documentation, "Message Flow"
 */
export class Server implements FrameHandler {
  readonly #state: State
  readonly #out: Outbox
  readonly #results: Results
  readonly #replies: Replies
  readonly #errors: Errors
  readonly #planned: (verdict: Verdict) => void
  readonly #playAgain: () => void
  /** Ours, for the next position between two messages. */
  readonly #announced: Buffer[] = []
  /** A message is going out in pieces. */
  #passing = false

  /**
   * @param planned takes the planner's answer, and that of a witness for which a statement waits
   * @param playAgain begins the last batch once more
   */
  constructor(state: State, out: Outbox, planned: (verdict: Verdict) => void, playAgain: () => void) {
    this.#state = state
    this.#out = out
    this.#planned = planned
    this.#playAgain = playAgain
    this.#results = new Results(state, out)
    this.#replies = new Replies(state, this.#results)
    this.#errors = new Errors(state, this.#results, out)
  }

  /** SQLSTATE of the FATAL that the server has said: it closes next. */
  get fatal(): string | undefined {
    return this.#errors.fatal
  }

  /** No message has gone out in part. */
  get between(): boolean {
    return !this.#passing
  }

  get #stopped(): boolean {
    return this.#state.mode.kind === 'ending'
  }

  whole(tag: number, length: number): boolean {
    if (tag !== Backend.DataRow && tag !== Backend.CopyData) return true
    const head = this.#state.head()
    if (head?.kind === 'plan' || head?.kind === 'ask' || witnessAt(head)) return true
    if (this.#results.withheld) return false
    const { whole, digest } = this.#results.sink(tag)
    return whole || (tag === Backend.DataRow && digest.assembles(HEADER + length))
  }

  piece(tag: number, buffer: Buffer, start: number, end: number, first: boolean, last: boolean): void {
    if (first) this.#passing = !this.#stopped && !this.#results.withheld
    if (this.#passing && !this.#results.sink(tag).piece(this.#out, buffer, start, end, first)) {
      this.#passing = false
      this.#results.exceed()
    }
    if (!last) return
    this.#passing = false
    this.#announce()
  }

  /** The batch is read: what rows were gathered goes out. */
  settle(): void {
    this.#results.settle()
    // Inside a message that is going out in pieces there is no room for another.
    if (!this.#passing && !this.#stopped) this.#warn()
  }

  /** The session is over: records what has no end yet. */
  cut(): void {
    this.#results.cut()
  }

  /** A message of ours that answers nothing: between two of the server's, so behind one that has gone out in part. */
  announce(message: Buffer): void {
    this.#announced.push(message)
    if (!this.#passing) this.#announce()
  }

  frame(tag: number, buffer: Buffer, start: number, end: number): void {
    if (this.#stopped) return
    if (tag === Backend.Error || tag === Backend.Notice) {
      const honest = withoutHoopCode(buffer, start, end)
      if (honest) return this.frame(tag, honest, 0, honest.length)
    }
    const results = this.#results
    if (this.#ofPlan(tag, buffer, start, end)) return
    if (ofWitness(this.#state, this.#out, this.#planned, tag, buffer, start, end)) return
    if (ofAsked(this.#state, this.#out, tag, buffer, start, end)) return
    if (tag === Backend.DataRow || tag === Backend.CopyData) {
      if (!results.withheld && !results.sink(tag).frame(this.#out, buffer, start, end)) results.exceed()
      return
    }
    results.settle()
    this.#warn()
    this.#remark()
    if (isAsynchronous(tag)) this.#asynchronous(tag, buffer, start, end)
    else if (tag === Backend.Error) this.#errors.error(buffer, start, end, this.#touchesMasked)
    else if (tag === Backend.ReadyForQuery) this.#ready(buffer, start, end)
    else {
      const silent = results.withheld !== undefined
      if (this.#replies.reply(tag, buffer, start, end) && !silent) this.#out.keep(buffer, start, end)
    }
  }

  #announce(): void {
    if (this.#announced.length === 0 || this.#stopped) return
    this.#results.settle()
    for (const message of this.#announced.splice(0)) this.#out.put(message)
  }

  /** Whether what the server says now may quote values of masked columns. */
  get #touchesMasked(): boolean {
    const { guard, tainted, names } = this.#state
    return guard?.masking === true && (tainted || touchesMasked(names, this.#state.head()))
  }

  /** The answer to an EXPLAIN of ours. @returns whether the message is of one */
  #ofPlan(tag: number, buffer: Buffer, start: number, end: number): boolean {
    const head = this.#state.head()
    if (head?.kind !== 'plan' || isAsynchronous(tag)) return false
    if (tag === Backend.Error && isFatal(readErrorFields(buffer, start, end))) return false
    const estimate = estimateFrom(head, tag, buffer, start, end)
    if (!estimate) return true
    this.#state.queue.shift()
    if (tag === Backend.Error) {
      if (head.open) {
        // The pipeline is the client's, and so is its end.
        this.#out.put(refusalOf(new HoopError('ESTIMATE_FAILED', 'unknown' in estimate ? estimate.unknown : '')))
        this.#state.skipToSync()
        return true
      }
    }
    this.#planned({ kind: 'estimated', estimate })
    return true
  }

  /** What carries data counts like data. */
  #asynchronous(tag: number, buffer: Buffer, start: number, end: number): void {
    const results = this.#results
    if (tag === Backend.ParameterStatus) {
      checkSetting(this.#state, buffer, start, end)
      // The server says it when the statement is done: there is nothing to stop.
      if (results.pays(1, end - start)) this.#out.keep(buffer, start, end)
      return
    }
    if (tag === Backend.Notice && this.#state.metering && results.withheld) return
    // What the server logs of the relay's own (debug_print_plan) is not the client's.
    const head = this.#state.head()
    if (tag === Backend.Notice && (head?.kind === 'ask' || witnessAt(head) || isChecking(head))) return
    if (results.affords(1, end - start))
      asynchronous(this.#state, this.#out, this.#touchesMasked, tag, buffer, start, end)
  }

  /** What rules that warn say of the statement that is about to be answered. */
  #remark(): void {
    const head = this.#state.head()
    const statement = head && 'statement' in head ? head.statement : undefined
    if (!statement?.warnings || this.#results.withheld) return
    for (const warning of statement.warnings) this.#out.put(noticeOf(warning))
    statement.warnings = undefined
  }

  /** Whether the batch that has just ended is played again. Where the client has gone on or canceled meanwhile, it is told instead. */
  #again(): boolean {
    const { again, batch, queue, mode, canceled } = this.#state
    this.#state.again = undefined
    this.#state.canceled = undefined
    if (!again) return false
    if (canceled) {
      this.#out.put(errorResponse(canceling))
      return false
    }
    if (queue.length === 0 && mode.kind !== 'suspended' && batch.playable === again.batch) return true
    this.#out.put(refusalOf(again.error))
    return false
  }

  #warn(): void {
    const meter = this.#state.metering?.meter
    if (!meter) return
    for (const warning of meter.warnings()) this.#out.put(budgetWarning(warning))
  }

  #ready(buffer: Buffer, start: number, end: number): void {
    const state = this.#state
    const head = state.head()
    const status = String.fromCharCode(buffer[start + HEADER] ?? 0)
    if (end - start !== HEADER + 1 || (status !== 'I' && status !== 'T' && status !== 'E'))
      throw new HoopError('PROTOCOL_DESYNC', 'ReadyForQuery')
    if (head?.kind === 'query' || head?.kind === 'function' || head?.kind === 'sync') {
      if (head.kind === 'query') {
        if (head.played?.whole === false) throw new HoopError('PROTOCOL_DESYNC', 'ReadyForQuery before a Sync')
        if (head.errored) dropGhosts(state)
        // What the text did not get to gave no name to anything.
        for (const meaning of head.defines) if (meaning) state.names.fail(meaning)
      }
      state.queue.shift()
    } else if (state.spareReady > 0) {
      state.spareReady--
      if (state.answering.kind === 'skipping') state.answer(normal)
    } else throw new HoopError('PROTOCOL_DESYNC', 'ReadyForQuery that nobody asked for')
    state.transaction = status
    state.journal.transaction = status
    if (state.queue.length === 0) state.strayCancel = false
    this.#results.ready()
    if (status === 'I') transactionEnded(state)
    // A Sync of the relay's own ends nothing of the client's.
    if (head?.kind !== 'sync' || !head.own) state.had = undefined
    if (this.#again()) return this.#playAgain()
    if (head?.kind !== 'sync' || !head.own) this.#out.keep(buffer, start, end)
  }
}
