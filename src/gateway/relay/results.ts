import { HoopError } from '../../lib/errors.js'
import type { ColumnMask } from '../../masking/types.js'
import type { AllowedStatement } from '../../policy/decision.js'
import type { ResultEvent } from '../../recording/events.js'
import type { Field } from '../../wire/backend.js'
import type { Outbox } from '../../wire/outbox.js'
import { Backend } from '../../wire/tags.js'
import { settleCopyIn } from './copy-in.js'
import type { Descriptions } from './descriptions.js'
import { expect } from './expect.js'
import type { Statement } from './journal.js'
import { refusalOf } from './refusal.js'
import type { Request } from './requests.js'
import { copySink, rowSink, type RowSink } from './rows.js'
import type { RelayState } from './state.js'

type Outcome = Pick<ResultEvent, 'tag'> & Partial<ResultEvent>

/** The results of statements: which masks they get, where their rows go, how they end and what is recorded of them. */
export class Results {
  readonly #state: RelayState
  readonly #out: Outbox
  readonly #descriptions: Descriptions
  #sink: RowSink | undefined
  /** A result is being withheld: everything up to its ReadyForQuery is swallowed, in its place goes one error. */
  #withheld: { error: HoopError; told: boolean } | undefined
  /** The current transaction has touched masked columns: errors may quote their values until it ends. */
  #tainted = false
  /** The current transaction has changed the schema. */
  #changed = false

  constructor(state: RelayState, out: Outbox, descriptions: Descriptions) {
    this.#state = state
    this.#out = out
    this.#descriptions = descriptions
  }

  get withheld(): boolean {
    return this.#withheld !== undefined
  }

  /** Whether what the server says now may quote values of masked columns. */
  get touchesMasked(): boolean {
    if (!this.#state.guard?.masking) return false
    return this.#tainted || this.#descriptions.touchesMasked(this.#state.head())
  }

  /** What rows were gathered goes out. */
  settle(): void {
    this.#sink?.settle(this.#out)
  }

  /** @returns whether the RowDescription is for the client */
  description(head: Request | undefined, fields: readonly Field[]): boolean {
    if (head?.kind === 'query') {
      const masks = this.#masks(fields, head.allowed[head.completed])
      if (masks instanceof HoopError) return this.#withhold(masks)
      const formats = fields.map(({ format }) => format)
      this.#sink = rowSink(this.#state.guard, fields, formats, masks)
      return true
    }
    const describe = expect(head, 'describe')
    this.#state.queue.shift()
    if (describe.of === 'S') {
      this.#descriptions.statement(describe.name, fields)
      return !describe.own
    }
    const portal = this.#descriptions.portal(describe.name)
    const masks = this.#masks(fields, portal.allowed)
    if (masks instanceof HoopError) {
      this.#withhold(masks)
      // The client may wait for this alone: only an Execute that is on its way will be answered later.
      if (this.#state.head()?.kind !== 'execute' && !this.#withheld!.told) this.#tell(false)
      return false
    }
    portal.fields = fields
    if (masks) portal.masks = masks
    else delete portal.masks
    return !describe.own
  }

  /** Where the rows of the result at hand go. @throws {HoopError} PROTOCOL_DESYNC where nobody asked for rows */
  sink(tag: number): RowSink {
    if (this.#sink) return this.#sink
    const head = this.#state.head()
    if (tag !== Backend.DataRow || head?.kind !== 'execute')
      throw new HoopError('PROTOCOL_DESYNC', 'rows that nobody asked for')
    const portal = this.#descriptions.portal(head.portal)
    // Masks rest on a description of this very portal; the relay asks for one before each Execute.
    if (this.#state.guard?.masking && !portal.fields)
      throw new HoopError('PROTOCOL_DESYNC', 'rows of a portal that was not described')
    const fields = portal.fields ?? portal.prepared?.fields
    const formats = portal.fields?.map(({ format }) => format) ?? portal.formats
    return (this.#sink = rowSink(this.#state.guard, fields, formats, portal.masks))
  }

  /** @returns whether the CopyOutResponse is for the client */
  copyOut(head: Request | undefined, columns: number): boolean {
    const allowed =
      head?.kind === 'query'
        ? head.allowed[head.completed]
        : this.#descriptions.portal(expect(head, 'execute').portal).allowed
    if (this.#state.guard?.masking && !this.#withheld) {
      if (!allowed) return this.#withhold(new HoopError('STATEMENT_UNPROVEN', 'COPY'))
      if (allowed.copy && allowed.copy.shape.columns !== columns)
        return this.#withhold(new HoopError('STATEMENT_UNPROVEN', `the server copies ${columns} columns`))
    }
    this.#sink = copySink(this.#state.guard, allowed?.copy)
    return true
  }

  copyDone(): void {
    if (!this.#withheld) this.sink(Backend.CopyData).end(this.#out)
  }

  /** CommandComplete, EmptyQueryResponse, PortalSuspended. */
  complete(head: Request | undefined, tag: string): void {
    if (head?.kind === 'query') {
      if (head.refused) throw new HoopError('PROTOCOL_DESYNC', 'a refused statement completed')
      this.#effects(tag, head.allowed[head.completed])
      head.completed++
      this.end(head.statement, { tag })
      settleCopyIn(this.#state)
    } else {
      const execute = expect(head, 'execute')
      this.#effects(tag, this.#descriptions.portal(execute.portal).allowed)
      this.end(execute.statement, { tag })
      settleCopyIn(this.#state)
      this.#state.queue.shift()
    }
    this.#prepares(head)
    if (this.#withheld && !this.#withheld.told) this.#tell(true)
  }

  /**
   * An error ends the result at hand.
   * @returns whether the server's own error is to be replaced by ours, which is out by then
   */
  failed(): boolean {
    this.#sink = undefined
    this.#prepares(this.#state.head())
    if (!this.#withheld) return false
    if (!this.#withheld.told) this.#tell(false)
    return true
  }

  /** ReadyForQuery. */
  ready(): void {
    this.#withheld = undefined
    this.#sink = undefined
    if (this.#state.transaction !== 'I') return
    // Others see a change of the schema from here on, and so does a new snapshot. One that can't be had leaves the old one
    // in force; whoever needs the new one asks again.
    if (this.#changed) this.#state.guard?.refresh().catch(() => undefined)
    this.#changed = this.#tainted = false
    this.#descriptions.transactionEnded()
  }

  /** The session is over: what was being answered, with the rows that went out, and what was waiting. */
  cut(): void {
    const told = new Set<Statement>()
    for (const request of this.#state.queue) {
      if (!('statement' in request) || told.has(request.statement)) continue
      if (('refused' in request && request.refused) || ('errored' in request && request.errored)) continue
      told.add(request.statement)
      this.end(request.statement, { tag: 'cut' })
    }
  }

  /** Records how a statement ended. */
  end(statement: Statement, outcome: Outcome): void {
    const { journal, guard, copyInBytes, transaction } = this.#state
    const sink = this.#sink
    this.#sink = undefined
    this.#state.copyInBytes = 0
    journal.result(statement, {
      rows: 0,
      bytes: 0,
      masked: sink?.masked ?? 0,
      ...sink?.tally.event(),
      ...(sink === undefined && copyInBytes > 0 ? { copyInBytes } : {}),
      ...(this.#withheld ? { sqlstate: this.#withheld.error.sqlstate, message: this.#withheld.error.message } : {}),
      ...outcome,
      transaction,
      ...(guard?.clear && sink?.tally.masks ? { seenClear: true } : {}),
    })
  }

  #masks(
    fields: readonly Field[],
    statement: AllowedStatement | undefined,
  ): readonly (ColumnMask | undefined)[] | undefined | HoopError {
    return this.#state.guard?.masking ? this.#state.guard.masks(fields, statement) : undefined
  }

  #effects(tag: string, allowed: AllowedStatement | undefined): void {
    if (tag === 'DISCARD ALL' || tag === 'PREPARE') this.#descriptions.forget()
    if (allowed?.ddl) this.#changed = true
    if (allowed?.scrub) this.#tainted = true
  }

  /** What SQL prepares stays, also where a DO block did it and where an error followed. */
  #prepares(head: Request | undefined): void {
    const allowed =
      head?.kind === 'query'
        ? head.allowed
        : head?.kind === 'execute'
          ? [this.#descriptions.portal(head.portal).allowed]
          : []
    // PREPARE TRANSACTION has no other kind with it.
    if (allowed.some((statement) => statement && statement.kinds.length > 1 && statement.kinds.includes('prepare')))
      this.#descriptions.forget()
  }

  #withhold(error: HoopError): false {
    this.#withheld ??= { error, told: false }
    return false
  }

  #tell(finished: boolean): void {
    const { error } = this.#withheld!
    const effects = 'The server had already finished: effects of the statement stand.'
    const detail = finished ? [error.detail, effects].filter(Boolean).join(' ') : error.detail
    const { hint, about } = error
    this.#out.put(refusalOf(new HoopError(error.code, about, { hint, ...(detail ? { detail } : {}) })))
    this.#withheld!.told = true
  }
}
