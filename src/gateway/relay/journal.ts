import { performance } from 'node:perf_hooks'
import type { HoopError } from '../../lib/errors.js'
import type { RecordedFacts, RuleMatch } from '../../policy/decision.js'
import type { ApprovalEvent, Parameter, ResultEvent, SessionRecorder } from '../../recording/events.js'
import { captureLimits } from './capture.js'
import type { SessionCounters } from '../../lib/api.js'

/** A statement that has been recorded. */
export interface Statement {
  readonly n: number
  readonly text: string
  /** Milliseconds since the session's start. */
  readonly sentAt: number
  /** Set where the server ran another text than the one recorded. */
  ran?: string
  /** Notices that go out in front of its reply. */
  warnings?: readonly RuleMatch[] | undefined
}

export interface StatementDetails {
  readonly statementName?: string
  readonly portal?: string
  readonly parameters?: readonly Parameter[] | undefined
  readonly facts?: readonly RecordedFacts[]
  /** Id of the request by which it was approved. */
  readonly approval?: string | undefined
  /** Rows that the planner expected, where a rule asked for them. */
  readonly estimate?: number | undefined
  /** Rules that warn, and those that would have done something were they in force. */
  readonly warnings?: readonly RuleMatch[] | undefined
  readonly observed?: readonly RuleMatch[] | undefined
}

/** Numbers a session's statements, writes its events and keeps its counters. */
export class Journal {
  readonly #recorder: SessionRecorder
  #n = 0
  #dirty = false
  readonly counters: { -readonly [K in keyof SessionCounters]: SessionCounters[K] } = {
    statements: 0,
    refused: 0,
    errors: 0,
    rows: 0,
    bytes: 0,
    masked: 0,
  }

  constructor(recorder: SessionRecorder) {
    this.#recorder = recorder
  }

  now(): number {
    return Math.round((performance.now() - this.#recorder.origin) * 1000) / 1000
  }

  /** The event stands in the recording's buffer; `commit` must come before the statement is forwarded. */
  statement(via: 'simple' | 'extended' | 'function', text: string, details: StatementDetails = {}): Statement {
    const at = this.now()
    const n = ++this.#n
    this.counters.statements++
    this.#dirty = true
    if (details.observed) this.counters.observed = (this.counters.observed ?? 0) + 1
    const facts = details.facts
    this.#recorder.record({
      type: 'statement',
      at,
      n,
      via,
      ...cut(text),
      ...(details.statementName ? { statementName: details.statementName } : {}),
      ...(details.portal ? { portal: details.portal } : {}),
      ...(details.approval ? { approval: details.approval } : {}),
      ...(details.estimate === undefined ? {} : { estimate: details.estimate }),
      ...(details.parameters ? { parameters: details.parameters } : {}),
      ...(details.warnings ? { warnings: details.warnings } : {}),
      ...(details.observed ? { observed: details.observed } : {}),
      ...(facts && facts.length > 0
        ? {
            kinds: facts.flatMap((fact) => fact.kinds),
            reads: facts.flatMap((fact) => fact.reads),
            writes: facts.flatMap((fact) => fact.writes),
          }
        : {}),
    })
    return { n, text, sentAt: at, warnings: details.warnings }
  }

  refusal(text: string, error: HoopError, rule?: string, approval?: string): Statement {
    const at = this.now()
    const n = ++this.#n
    this.counters.refused++
    this.counters.lastRefusal = error.message
    this.#dirty = true
    this.#recorder.record({
      type: 'refusal',
      at,
      n,
      ...cut(text),
      code: error.code,
      sqlstate: error.sqlstate,
      message: error.message,
      ...(rule ? { rule } : {}),
      ...(approval ? { approval } : {}),
    })
    return { n, text, sentAt: at }
  }

  result(statement: Statement, result: Omit<ResultEvent, 'type' | 'at' | 'n' | 'duration'>): void {
    const at = this.now()
    this.counters.rows += result.rows
    this.counters.bytes += result.bytes
    this.counters.masked += result.masked
    if (result.sqlstate) this.counters.errors++
    this.#recorder.record({
      type: 'result',
      at,
      n: statement.n,
      ...result,
      duration: Math.round((at - statement.sentAt) * 1000) / 1000,
      ...(statement.ran === undefined ? {} : { ran: statement.ran.slice(0, captureLimits.text) }),
    })
  }

  notice(kind: 'notice' | 'notification' | 'parameter', message: string): void {
    this.#recorder.record({ type: 'notice', at: this.now(), kind, message: message.slice(0, captureLimits.value) })
  }

  /** What became of a request for approval. */
  approval(event: Omit<ApprovalEvent, 'type' | 'at'>): void {
    this.#recorder.record({ type: 'approval', at: this.now(), ...event })
  }

  cancel(): void {
    this.#recorder.record({ type: 'cancel', at: this.now() })
  }

  /** @throws {HoopError} RECORDING_FAILED: nothing of what was recorded since the last commit may go upstream */
  commit(): void {
    if (!this.#dirty) return
    this.#recorder.commit()
    this.#dirty = false
  }
}

const cut = (text: string): { text: string; textBytes?: number } =>
  text.length <= captureLimits.text
    ? { text }
    : { text: text.slice(0, captureLimits.text), textBytes: Buffer.byteLength(text) }
