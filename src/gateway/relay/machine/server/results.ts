import { HoopError } from '../../../../lib/errors.js'
import type { Field } from '../../../../wire/backend.js'
import { nameKey } from '../../../../wire/frontend.js'
import type { Outbox } from '../../../../wire/outbox.js'
import { Backend } from '../../../../wire/tags.js'
import type { Statement } from '../../journal.js'
import type { RowSink } from '../../rows/row-sink.js'
import { copySink, rowSink } from '../../rows/sinks.js'
import { ColumnMasks } from './columns/column-masks.js'
import { settleCopyIn } from './copy-in.js'
import { completed, preparedInside } from './effects.js'
import { meter } from './metering.js'
import { normal, type Withheld } from '../modes.js'
import { expect, type FunctionRequest, type Request, statementAt } from '../requests.js'
import type { State } from '../state.js'
import { type Outcome, resultOf } from './columns/result-record.js'
import { ranOut, tell, withheldBy, withhold } from './withholding.js'

const copyUnknown = (why: string): HoopError =>
  new HoopError('STATEMENT_UNPROVEN', why, { hint: 'Send the COPY by itself, as a query of its own.' })

/** The results of statements: which masks they get, where their rows go, how they end and what is recorded of them. */
export class Results {
  readonly #state: State
  readonly #out: Outbox
  readonly #masks: ColumnMasks
  #sink: RowSink | undefined

  constructor(state: State, out: Outbox) {
    this.#state = state
    this.#out = out
    this.#masks = new ColumnMasks(state, (notice) => this.#notice(notice))
  }

  /** Why a result is being withheld, where it is. */
  get withheld(): Withheld | undefined {
    return withheldBy(this.#state)
  }

  /** What rows were gathered goes out, and they count against the budgets. */
  settle(): void {
    this.#sink?.settle(this.#out)
    this.#state.metering?.meter.commit()
  }

  /** A budget is used up: what is left of this result stays here, and the server is to stop. */
  exceed(): void {
    this.#sink?.settle(this.#out)
    withhold(this.#state, 'overBudget', this.#state.metering!.meter.refused())
    this.#state.commands.push({ kind: 'cancel' })
  }

  /** Notices and errors carry data as well. @returns whether so much may leave; what runs is withheld where not */
  affords(rows: number, bytes: number): boolean {
    if (this.pays(rows, bytes)) return true
    const kind = this.#state.head()?.kind
    if ((kind === 'query' || kind === 'execute') && !this.withheld) this.exceed()
    return false
  }

  /** The same where nothing would be gained by stopping what runs. */
  pays(rows: number, bytes: number): boolean {
    const { metering } = this.#state
    if (!metering) return true
    meter(this.#state, metering.meter, this.#state.head())
    return metering.meter.take(rows, bytes, 0)
  }

  /** @returns whether the RowDescription is for the client. @param bytes its size: names can be data */
  description(head: Request | undefined, fields: readonly Field[], bytes: number): boolean {
    const { guard, metering, queue, names, journal } = this.#state
    if (head?.kind === 'query') {
      if (!this.withheld && !this.affords(0, bytes)) return false
      const masks = this.#masks.of(fields, statementAt(head), head.statement.text, head.admission?.found)
      if (masks instanceof HoopError) return withhold(this.#state, 'withheld', masks)
      const formats = fields.map(({ format }) => format)
      this.#sink = rowSink(guard, metering, fields, formats, masks, journal.keeping)
      return true
    }
    const { of, name, own } = expect(head, 'describe')
    queue.shift()
    if (of === 'S') {
      const prepared = names.statements.confirmed(nameKey(name))
      if (prepared) prepared.fields = fields
      return !own
    }
    const portal = names.portal(name)
    const masks = this.#masks.of(fields, portal.facts, portal.text, portal.admission?.found)
    if (masks instanceof HoopError) {
      withhold(this.#state, 'withheld', masks)
      // The client may wait for this alone: only an Execute that is on its way will be answered later.
      if (this.#state.head()?.kind !== 'execute') tell(this.#state, this.#out, false)
      return false
    }
    portal.fields = fields
    portal.masks = masks
    return !own
  }

  /** Names of columns can be data, and so can their number: where a budget has no room for them, an error goes out instead. */
  undescribed(): void {
    if (!this.withheld) withhold(this.#state, 'withheld', this.#state.metering!.meter.refused())
    // What is to be run before the Sync ends in that same error.
    for (const { kind } of this.#state.queue) {
      if (kind === 'execute') return
      if (kind === 'sync') break
    }
    tell(this.#state, this.#out, false)
  }

  /** Where the rows of the result at hand go. @throws {HoopError} PROTOCOL_DESYNC where nobody asked for rows */
  sink(tag: number): RowSink {
    if (this.#sink) return this.#sink
    const { guard, metering, names } = this.#state
    const head = this.#state.head()
    if (tag !== Backend.DataRow || head?.kind !== 'execute')
      throw new HoopError('PROTOCOL_DESYNC', 'rows that nobody asked for')
    const portal = names.portal(head.portal)
    // Masks rest on a description of this very portal; the relay asks for one before each Execute.
    if (guard?.masking && !portal.fields)
      throw new HoopError('PROTOCOL_DESYNC', 'rows of a portal that was not described')
    const described = portal.fields ?? portal.prepared?.fields
    const formats = portal.fields?.map(({ format }) => format) ?? portal.formats
    if (metering) meter(this.#state, metering.meter, head)
    return (this.#sink = rowSink(guard, metering, described, formats, portal.masks, this.#state.journal.keeping))
  }

  /** @returns whether the CopyOutResponse is for the client */
  copyOut(head: Request | undefined, { columns, binary }: { columns: number; binary: boolean }): boolean {
    const { guard, metering, names } = this.#state
    const facts = head?.kind === 'query' ? statementAt(head) : names.portal(expect(head, 'execute').portal).facts
    if (guard?.masking && !this.withheld) {
      const why = !facts
        ? 'COPY'
        : facts.copy && facts.copy.shape.columns !== columns
          ? `the server copies ${columns} columns`
          : facts.stream
            ? undefined
            : 'a COPY that is none'
      if (why !== undefined) return withhold(this.#state, 'withheld', copyUnknown(why))
    }
    const text = head?.kind === 'query' ? head.statement.text : names.portal(expect(head, 'execute').portal).text
    if (facts?.copy) this.#masks.tellHidden(text, facts.copy.names, facts.copy.masks)
    if (metering) meter(this.#state, metering.meter, head)
    const stream = { binary, header: facts?.header ?? false }
    const shape = facts?.stream && { ...facts.stream, columns }
    this.#sink = copySink(guard, metering, stream, shape, facts?.copy, this.#state.journal.keeping)
    return true
  }

  /** @returns whether the CopyDone is for the client */
  copyDone(): boolean {
    if (this.withheld || this.sink(Backend.CopyData).end(this.#out)) return true
    this.exceed()
    return false
  }

  /** @returns whether what a function call gave is for the client */
  called(head: FunctionRequest, bytes: number): boolean {
    const paid = this.pays(1, bytes)
    if (!paid && !this.withheld) withhold(this.#state, 'withheld', this.#state.metering!.meter.refused())
    this.end(head.statement, { tag: 'function', bytes: paid ? bytes : 0 })
    if (!paid) tell(this.#state, this.#out, true)
    return paid
  }

  /** CommandComplete, EmptyQueryResponse, PortalSuspended. */
  complete(head: Request | undefined, tag: string): void {
    const state = this.#state
    state.batch.spend()
    if (head?.kind === 'query') {
      if (head.refused) throw new HoopError('PROTOCOL_DESYNC', 'a refused statement completed')
      completed(state, tag, head.statement.text, statementAt(head), head.defines[head.completed])
      preparedInside(state, head)
      head.completed++
      this.end(head.statement, { tag })
      head.played?.completed()
      settleCopyIn(state)
    } else {
      const execute = expect(head, 'execute')
      const portal = state.names.portal(execute.portal)
      completed(state, tag, execute.statement.text, portal.facts, execute.defines)
      preparedInside(state, head)
      // One that has no rows has its columns all the same: the client was told of them.
      if (!this.#sink && !this.withheld && (portal.fields ?? portal.prepared?.fields)) this.sink(Backend.DataRow)
      this.end(execute.statement, { tag })
      settleCopyIn(state)
      state.queue.shift()
    }
    const { withheld } = this
    if (withheld && !withheld.told && this.#isLast(head)) tell(this.#state, this.#out, true)
    if (this.withheld && state.head() === undefined) ranOut(this.#state)
  }

  /** An error ends the result at hand. @returns whether ours is out, in the place of the server's own */
  failed(): boolean {
    this.#sink = undefined
    preparedInside(this.#state, this.#state.head())
    if (!this.withheld) return false
    tell(this.#state, this.#out, false)
    // The server ignores by itself what comes up to the Sync.
    this.#state.answer(normal)
    return true
  }

  /** ReadyForQuery: whoever was not told of an error is told now. */
  ready(): void {
    if (this.withheld) {
      tell(this.#state, this.#out, true)
      this.#state.answer(normal)
    }
    this.#sink = undefined
  }

  /** The session is over: what was being answered, with the rows that went out, and what was waiting. */
  cut(): void {
    const told = new Set<Statement>()
    for (const request of this.#state.queue) {
      if (request.kind === 'check') this.#state.refused(request)
      if (!('statement' in request) || !request.statement || told.has(request.statement)) continue
      if (('refused' in request && request.refused) || ('errored' in request && request.errored)) continue
      told.add(request.statement)
      this.end(request.statement, { tag: 'cut' })
    }
  }

  /** Records how a statement ended. */
  end(statement: Statement, outcome: Outcome): void {
    this.#state.journal.result(statement, resultOf(this.#state, outcome, this.#sink))
    this.#sink = undefined
    this.#state.copyInBytes = 0
  }

  /** A notice of ours about the result at hand. Its names are paid for like those of a RowDescription. */
  #notice(notice: Buffer): void {
    if (!this.withheld && this.pays(0, notice.length)) this.#out.put(notice)
  }

  /**
   * Whether an error that the client waits for must be said now: nothing that is sure to be answered follows, whose end
   * would tell whether the effects stand. A server that has no Sync yet holds its answers back.
   */
  #isLast(head: Request | undefined): boolean {
    if (head?.kind === 'query') return head.completed >= (head.admission?.statements.length ?? 0)
    return !this.#state.queue.some(({ kind }) => kind === 'sync')
  }
}
