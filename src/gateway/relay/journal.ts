import { performance } from 'node:perf_hooks'
import type { HoopError } from '../../lib/errors.js'
import type { RecordedFacts, RuleMatch } from '../../policy/decision.js'
import type { ApprovalEvent, ResultEvent, SessionRecorder, StatementEvent } from '../../recording/events.js'
import type { SessionCounters } from '../../lib/api.js'
import { terminate } from '../../wire/frontend.js'
import type { Outbox } from '../../wire/outbox.js'
import { ConnectionMetrics, type StatementVerdict } from '../metrics/connection-metrics.js'
import { Blanking, type BoundParameters, foundIn, type Found } from './rows/blanking.js'
import { captureLimits } from './rows/capture.js'
import { Keeping } from './rows/keeping.js'
import { wordsOf } from '../../wire/hoop-code.js'

declare const brand: unique symbol

/** Bytes for the server whose statements stand in the recording. Only committing a journal makes them. */
export interface Committed {
  readonly [brand]: true
  readonly buffers: readonly Buffer[]
}

const committed = (buffers: readonly Buffer[]): Committed => ({ buffers }) as Committed

/** Terminate runs nothing, and so there is nothing to record. */
export const goodbye: Committed = committed([terminate()])

/** A statement that has been recorded. */
export interface Statement {
  readonly n: number
  readonly text: string
  /** Milliseconds since the session's start. */
  readonly sentAt: number
  /** Set where the server ran another text than the one recorded. */
  ran?: string | undefined
  /** Notices that go out in front of its reply. */
  warnings?: readonly RuleMatch[] | undefined
}

export interface StatementDetails {
  statementName?: string
  portal?: string
  bound?: BoundParameters | undefined
  readonly facts?: readonly RecordedFacts[]
  /** Id of the request by which it was approved. */
  readonly approval?: string | undefined
  /** Rows that the planner expected, where a rule asked for them. */
  readonly estimate?: number | undefined
  /** It was refused, and only parsed: the server found a mistake in it. */
  readonly checked?: true
  /** Rules that warn, and those that would have done something were they in force. */
  readonly warnings?: readonly RuleMatch[] | undefined
  readonly observed?: readonly RuleMatch[] | undefined
}

/** Why a statement was not sent, and what it would have done, as far as that is known. */
export interface RefusalDetails {
  readonly error: HoopError
  readonly rule?: string | undefined
  readonly approval?: string | undefined
  readonly facts?: readonly RecordedFacts[] | undefined
}

type Writable<Event> = { -readonly [K in keyof Event]: Event[K] }

/** How a statement ended, but for its number and times. */
export type ResultDetails = Omit<Writable<ResultEvent>, 'type' | 'at' | 'n' | 'duration'>

/** Numbers a session's statements, writes its events and keeps its counters. */
export class Journal {
  readonly #recorder: SessionRecorder
  readonly #metrics: ConnectionMetrics
  #n = 0
  #dirty = false
  /** As the server said last: what the client's prompt shows. */
  transaction: NonNullable<ResultEvent['transaction']> = 'I'
  readonly counters: { -readonly [K in keyof SessionCounters]: SessionCounters[K] } = {
    statements: 0,
    refused: 0,
    errors: 0,
    rows: 0,
    bytes: 0,
    masked: 0,
  }

  /** How much of results is recorded. */
  readonly keeping: Keeping
  readonly #blanking: Blanking

  /** @param metrics of the connection; all of its sessions count there */
  constructor(
    recorder: SessionRecorder,
    metrics = new ConnectionMetrics(),
    keeping = new Keeping(),
    blanking = new Blanking(),
  ) {
    this.#recorder = recorder
    this.#metrics = metrics
    this.keeping = keeping
    this.#blanking = blanking
  }

  now(): number {
    return Math.round((performance.now() - this.#recorder.origin) * 1000) / 1000
  }

  /** The event stands in the recording's buffer; `commit` must come before the statement is forwarded. */
  statement(via: 'simple' | 'extended' | 'function', text: string, details: StatementDetails = {}): Statement {
    const at = this.now()
    const n = ++this.#n
    this.counters.statements++
    this.#metrics.statements[verdictOn(details)]++
    this.#dirty = true
    if (details.observed) this.counters.observed = (this.counters.observed ?? 0) + 1
    const found: Found = {}
    const event: Writable<StatementEvent> = {
      ...{ type: 'statement' as const, at, n, via, text: this.#blanking.text(text, captureLimits.text, found) },
      transaction: this.transaction,
    }
    if (text.length > captureLimits.text) event.textBytes = Buffer.byteLength(text)
    const detected = foundIn(found)
    if (detected) event.detected = detected
    if (details.statementName) event.statementName = details.statementName
    if (details.portal) event.portal = details.portal
    if (details.approval) event.approval = details.approval
    if (details.estimate !== undefined) event.estimate = details.estimate
    if (details.checked) event.checked = true
    if (details.bound) Object.assign(event, this.#blanking.recorded(details.bound))
    if (details.warnings) event.warnings = details.warnings
    if (details.observed) event.observed = details.observed
    const { facts } = details
    if (facts && facts.length > 0) Object.assign(event, recordedFacts(facts))
    this.#recorder.record(event)
    return { n, text, sentAt: at, ran: undefined, warnings: details.warnings }
  }

  refusal(text: string, { error, rule, approval, facts }: RefusalDetails): Statement {
    const at = this.now()
    const n = ++this.#n
    this.counters.refused++
    this.#metrics.refused(error.code, rule)
    const found: Found = {}
    const message = this.#blanking.message(wordsOf(error), captureLimits.text, found)
    this.counters.lastRefusal = message
    this.#dirty = true
    this.#recorder.record({
      type: 'refusal',
      at,
      n,
      text: this.#blanking.text(text, captureLimits.text, found),
      ...(text.length > captureLimits.text && { textBytes: Buffer.byteLength(text) }),
      transaction: this.transaction,
      code: error.code,
      sqlstate: error.sqlstate,
      message,
      ...(foundIn(found) && { detected: found }),
      ...(rule ? { rule } : {}),
      ...(approval ? { approval } : {}),
      ...(facts && facts.length > 0 ? recordedFacts(facts) : {}),
    })
    return { n, text, sentAt: at }
  }

  /** @param result becomes the event */
  result(statement: Statement, result: ResultDetails): void {
    const at = this.now()
    this.counters.rows += result.rows
    this.counters.bytes += result.bytes
    this.counters.masked += result.masked
    this.#metrics.rows += result.rows
    this.#metrics.bytes += result.bytes
    this.#metrics.masked += result.masked
    if (result.sqlstate) {
      this.counters.errors++
      this.#metrics.errors++
    }
    const event = result as Writable<ResultEvent>
    event.type = 'result'
    event.at = at
    event.n = statement.n
    event.duration = Math.round((at - statement.sentAt) * 1000) / 1000
    if (statement.ran !== undefined) event.ran = this.#blanking.text(statement.ran, captureLimits.text, {})
    if (event.message !== undefined) event.message = this.#blanking.message(event.message, captureLimits.text, {})
    this.#recorder.record(event)
  }

  notice(kind: 'notice' | 'notification' | 'parameter', message: string): void {
    const found: Found = {}
    const kept = this.#blanking.message(message, captureLimits.value, found)
    const event = { type: 'notice', at: this.now(), kind, message: kept } as const
    this.#recorder.record(foundIn(found) ? { ...event, detected: found } : event)
  }

  /** What became of a request for approval. @param bound what it asks for is to run with */
  approval(event: Omit<ApprovalEvent, 'type' | 'at' | 'detected' | 'parameters'>, bound?: BoundParameters): void {
    const found: Found = {}
    const blank = (text: string): string => this.#blanking.text(text, captureLimits.text, found)
    const { text, meaning, reason, by, ...rest } = event
    const parameters = bound && this.#blanking.parameters(bound, found)
    const deciders = by?.map((one) => (one.reason === undefined ? one : { ...one, reason: blank(one.reason) }))
    const kept = {
      ...rest,
      ...(text !== undefined && { text: blank(text) }),
      ...(meaning && { meaning: meaning.named ? { ...meaning, named: meaning.named.map(blank) } : meaning }),
      ...(parameters && { parameters }),
      ...(deciders && { by: deciders }),
      ...(reason !== undefined && { reason: blank(reason) }),
    }
    const detected = foundIn(found)
    this.#recorder.record({ type: 'approval', at: this.now(), ...kept, ...(detected && { detected }) })
  }

  cancel(): void {
    this.#recorder.record({ type: 'cancel', at: this.now() })
  }

  /**
   * Writes what was recorded, and lets go of what may go upstream then.
   * @throws {HoopError} RECORDING_FAILED: nothing of what was recorded since the last commit may go upstream
   */
  commit(outbox: Outbox): Committed {
    if (this.#dirty) {
      this.#recorder.commit()
      this.#dirty = false
    }
    const buffers = outbox.take()
    return buffers.length === 0 ? nothing : committed(buffers)
  }
}

const nothing = committed([])

/** Of a text of several statements, what all of them do. */
const recordedFacts = (facts: readonly RecordedFacts[]): RecordedFacts => {
  const [first, second] = facts
  if (first && !second) return { kinds: first.kinds, reads: first.reads, writes: first.writes }
  return {
    kinds: facts.flatMap(({ kinds }) => kinds),
    reads: facts.flatMap(({ reads }) => reads),
    writes: facts.flatMap(({ writes }) => writes),
  }
}

const verdictOn = ({ checked, approval, observed, warnings }: StatementDetails): StatementVerdict => {
  if (checked) return 'checked'
  if (approval !== undefined) return 'approved'
  if (observed) return 'observed'
  return warnings ? 'warned' : 'allowed'
}
