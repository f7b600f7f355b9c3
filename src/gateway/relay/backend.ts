import { HoopError } from '../../lib/errors.js'
import { HEADER, type FrameHandler } from '../../wire/cutter.js'
import { readErrorFields, type ErrorFields } from '../../wire/error-fields.js'
import { withoutHoopCode } from '../../wire/hoop-code.js'
import type { Outbox } from '../../wire/outbox.js'
import { Backend } from '../../wire/tags.js'
import { asynchronous, checkSetting, isAsynchronous } from './asynchronous.js'
import { dropGhosts, skipToSync } from './copy-in.js'
import { Descriptions } from './descriptions.js'
import { estimateFrom } from './estimates.js'
import { quoted } from './quoted.js'
import { budgetWarning, noticeOf, refusalOf, scrubbed } from './refusal.js'
import { Replies } from './replies.js'
import { Results } from './results.js'
import type { RelayState } from './state.js'

const isFatal = ({ V: severity }: ErrorFields): boolean => severity === 'FATAL' || severity === 'PANIC'

/**
 * The server's side of a relay: matches every message to the request it answers, hands rows on, puts our errors in the
 * place of the server's where it raised them on our behalf.
 * @see PostgreSQL documentation, "Message Flow"
 */
export class BackendHandler implements FrameHandler {
  readonly #state: RelayState
  readonly #out: Outbox
  readonly #descriptions: Descriptions
  readonly #results: Results
  readonly #replies: Replies
  /** Syncs that a failed COPY may or may not have swallowed. */
  #spareReady = 0
  #stopped = false
  /** Ours, for the next place between two messages. */
  readonly #announced: Buffer[] = []
  /** A message is going out in pieces. */
  #passing = false
  /** The server has said FATAL: it closes next. */
  fatal = false

  constructor(state: RelayState, out: Outbox) {
    this.#state = state
    this.#out = out
    this.#descriptions = new Descriptions(state)
    this.#results = new Results(state, out, this.#descriptions)
    this.#replies = new Replies(state, this.#descriptions, this.#results, out)
  }

  whole(tag: number): boolean {
    if (tag !== Backend.DataRow && tag !== Backend.CopyData) return true
    if (this.#state.head()?.kind === 'estimate') return true
    return !this.#results.withheld && this.#results.sink(tag).whole
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
    // Inside a message that is going out in pieces there is no place for another.
    if (!this.#passing && !this.#stopped) this.#warn()
  }

  /** The session is over: records what has no end yet. */
  cut(): void {
    this.#results.cut()
  }

  /** No further message goes to the client. @returns false while one has gone out in part and must be finished first */
  stop(): boolean {
    this.#stopped = true
    return !this.#passing
  }

  /** A message of ours that answers nothing: between two of the server's, so behind one that has gone out in part. */
  announce(message: Buffer): void {
    this.#announced.push(message)
    if (!this.#passing) this.#announce()
  }

  #announce(): void {
    if (this.#announced.length === 0 || this.#stopped) return
    this.#results.settle()
    for (const message of this.#announced.splice(0)) this.#out.put(message)
  }

  frame(tag: number, buffer: Buffer, start: number, end: number): void {
    if (this.#stopped) return
    if (tag === Backend.Error || tag === Backend.Notice) {
      const honest = withoutHoopCode(buffer, start, end)
      if (honest) return this.frame(tag, honest, 0, honest.length)
    }
    const results = this.#results
    if (this.#planned(tag, buffer, start, end)) return
    if (tag === Backend.DataRow || tag === Backend.CopyData) {
      if (!results.withheld && !results.sink(tag).frame(this.#out, buffer, start, end)) results.exceed()
      return
    }
    results.settle()
    this.#warn()
    this.#remark()
    if (isAsynchronous(tag)) this.#asynchronous(tag, buffer, start, end)
    else if (tag === Backend.Error) this.#error(buffer, start, end)
    else if (tag === Backend.ReadyForQuery) this.#ready(buffer, start, end)
    else {
      const silent = results.withheld
      if (this.#replies.reply(tag, buffer, start, end) && !silent) this.#out.keep(buffer, start, end)
    }
  }

  /** The answer to an EXPLAIN of ours. @returns whether the message is of one */
  #planned(tag: number, buffer: Buffer, start: number, end: number): boolean {
    const head = this.#state.head()
    if (head?.kind !== 'estimate' || isAsynchronous(tag)) return false
    if (tag === Backend.Error && isFatal(readErrorFields(buffer, start, end))) return false
    const estimate = estimateFrom(head, tag, buffer, start, end)
    if (!estimate) return true
    this.#state.queue.shift()
    if (tag === Backend.Error && head.open) {
      // The pipeline is the client's, and so is its end.
      this.#out.put(refusalOf(new HoopError('ESTIMATE_FAILED', 'unknown' in estimate ? estimate.unknown : '')))
      this.#spareReady += skipToSync(this.#state)
    }
    head.answer(estimate)
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
    if (results.affords(1, end - start))
      asynchronous(this.#state, this.#out, results.touchesMasked, tag, buffer, start, end)
  }

  /** What rules that warn say of the statement that is about to be answered. */
  #remark(): void {
    const head = this.#state.head()
    const statement = head && 'statement' in head ? head.statement : undefined
    if (!statement?.warnings || this.#results.withheld) return
    for (const warning of statement.warnings) this.#out.put(noticeOf(warning))
    statement.warnings = undefined
  }

  #warn(): void {
    for (const warning of this.#state.metering?.meter.warnings() ?? []) this.#out.put(budgetWarning(warning))
  }

  #error(buffer: Buffer, start: number, end: number): void {
    const state = this.#state
    const fields = readErrorFields(buffer, start, end)
    const head = state.head()
    const refused = head && 'refused' in head ? head.refused : undefined
    // That nobody has prepared this says nothing of any table.
    const unknown = head?.kind === 'bind' && fields['C'] === '26000'
    const masked = this.#results.touchesMasked && !unknown
    if (isFatal(fields)) this.fatal = true
    const statement = head && this.#descriptions.failedStatement(head)
    if (masked && !refused) state.caps.failed(fields)
    const ours = this.#ourError(fields['C'], refused !== undefined, end - start)
    // The recording holds no unmasked value, even where this person may see them.
    const { message: text, instead } = quoted(state.guard, 'error', fields)
    const message = masked ? 'withheld: it may quote masked values' : text
    const { sqlstate = fields['C'] ?? '', message: said = message } = ours ?? {}
    if (statement && !refused) this.#results.end(statement, { tag: 'error', sqlstate, message: said })
    if (this.#results.failed() && !this.fatal) {
      // ours is out
    } else if (refused && !this.fatal) this.#out.put(refusalOf(refused))
    else if (ours) this.#out.put(refusalOf(ours))
    else if (masked && !state.guard?.clear) this.#out.put(scrubbed('error', buffer, start, end))
    else if (instead) this.#out.put(instead)
    else this.#out.keep(buffer, start, end)
    if (!head) return
    state.copying = state.copyIn = false
    if (head.kind === 'query') head.errored = true
    // After an error in the extended protocol the server ignores everything up to the next Sync.
    if (head.kind === 'query' || head.kind === 'function' || head.kind === 'sync') return
    state.queue.shift()
    this.#spareReady += skipToSync(state)
  }

  /** What the client is told instead of the server's error, where a budget is why. */
  #ourError(sqlstate: string | undefined, refused: boolean, size: number): HoopError | undefined {
    const { overrun, metering } = this.#state
    if (!metering || refused || this.fatal) return undefined
    const cancelled = sqlstate === '57014' && overrun.stray
    if (cancelled) overrun.stray = false
    if (this.#results.withheld) return undefined
    if (cancelled) return new HoopError('BUDGET_COLLATERAL')
    return this.#results.affords(1, size) ? undefined : metering.meter.refused()
  }

  #ready(buffer: Buffer, start: number, end: number): void {
    const state = this.#state
    const head = state.head()
    const status = String.fromCharCode(buffer[start + HEADER] ?? 0)
    if (end - start !== HEADER + 1 || (status !== 'I' && status !== 'T' && status !== 'E'))
      throw new HoopError('PROTOCOL_DESYNC', 'ReadyForQuery')
    if (head?.kind === 'query' || head?.kind === 'function' || head?.kind === 'sync') {
      if (head.kind === 'query' && head.errored) this.#spareReady += dropGhosts(state)
      state.queue.shift()
    } else if (this.#spareReady > 0) {
      this.#spareReady--
      state.skipping = false
    } else throw new HoopError('PROTOCOL_DESYNC', 'ReadyForQuery that nobody asked for')
    state.transaction = status
    if (state.queue.length === 0) state.overrun.stray = false
    this.#results.ready()
    if (head?.kind !== 'sync' || !head.own) this.#out.keep(buffer, start, end)
  }
}
