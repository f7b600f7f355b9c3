import { performance } from 'node:perf_hooks'
import type { HoopError } from '../../lib/errors.js'
import type { RecordedFacts, RuleMatch } from '../../policy/decision.js'
import type { ApprovalEvent, Parameter, ResultEvent, SessionRecorder, StatementEvent } from '../../recording/events.js'
import type { SessionCounters } from '../../lib/api.js'
import { terminate } from '../../wire/frontend.js'
import type { Outbox } from '../../wire/outbox.js'
import { ConnectionMetrics, type StatementVerdict } from '../metrics/connection-metrics.js'
import { beginning, captureLimits } from './rows/capture.js'
import { Keeping } from './rows/keeping.js'

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
  parameters?: readonly Parameter[] | undefined
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

  /** @param metrics of the connection; all of its sessions count there */
  constructor(recorder: SessionRecorder, metrics = new ConnectionMetrics(), keeping = new Keeping()) {
    this.#recorder = recorder
    this.#metrics = metrics
    this.keeping = keeping
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
    const event: Writable<StatementEvent> = { type: 'statement', at, n, via, text, transaction: this.transaction }
    if (text.length > captureLimits.text) Object.assign(event, cut(text))
    if (details.statementName) event.statementName = details.statementName
    if (details.portal) event.portal = details.portal
    if (details.approval) event.approval = details.approval
    if (details.estimate !== undefined) event.estimate = details.estimate
    if (details.checked) event.checked = true
    if (details.parameters) event.parameters = details.parameters
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
    this.counters.lastRefusal = error.message
    this.#dirty = true
    this.#recorder.record({
      type: 'refusal',
      at,
      n,
      ...cut(text),
      transaction: this.transaction,
      code: error.code,
      sqlstate: error.sqlstate,
      message: error.message,
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
    if (statement.ran !== undefined) event.ran = beginning(statement.ran, captureLimits.text)
    this.#recorder.record(event)
  }

  notice(kind: 'notice' | 'notification' | 'parameter', message: string): void {
    this.#recorder.record({ type: 'notice', at: this.now(), kind, message: beginning(message, captureLimits.value) })
  }

  /** What became of a request for approval. */
  approval(event: Omit<ApprovalEvent, 'type' | 'at'>): void {
    this.#recorder.record({ type: 'approval', at: this.now(), ...event })
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

const cut = (text: string): { text: string; textBytes?: number } =>
  text.length <= captureLimits.text
    ? { text }
    : { text: beginning(text, captureLimits.text), textBytes: Buffer.byteLength(text) }
