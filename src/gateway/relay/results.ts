import { HoopError } from '../../lib/errors.js'
import type { ColumnMask } from '../../masking/types.js'
import type { AllowedStatement } from '../../policy/decision.js'
import type { ResultEvent } from '../../recording/events.js'
import type { Field } from '../../wire/backend.js'
import type { Outbox } from '../../wire/outbox.js'
import { Backend } from '../../wire/tags.js'
import { Accounts } from './accounts.js'
import { settleCopyIn } from './copy-in.js'
import type { Descriptions } from './descriptions.js'
import { Effects } from './effects.js'
import { expect } from './expect.js'
import type { Statement } from './journal.js'
import type { Request } from './requests.js'
import type { RowSink } from './row-sink.js'
import { copySink, rowSink } from './rows.js'
import type { RelayState } from './state.js'
import { Withholding } from './withholding.js'

type Outcome = Pick<ResultEvent, 'tag'> & Partial<ResultEvent>

/** The results of statements: which masks they get, where their rows go, how they end and what is recorded of them. */
export class Results {
  readonly #state: RelayState
  readonly #out: Outbox
  readonly #descriptions: Descriptions
  readonly #withholding: Withholding
  readonly #accounts: Accounts
  readonly #effects: Effects
  #sink: RowSink | undefined

  constructor(state: RelayState, out: Outbox, descriptions: Descriptions) {
    this.#state = state
    this.#out = out
    this.#descriptions = descriptions
    this.#withholding = new Withholding(out)
    this.#effects = new Effects(state, descriptions)
    this.#accounts = new Accounts(state, (name) => descriptions.portal(name))
  }

  get withheld(): boolean {
    return this.#withholding.error !== undefined
  }

  /** Whether what the server says now may quote values of masked columns. */
  get touchesMasked(): boolean {
    if (!this.#state.guard?.masking) return false
    return this.#effects.tainted || this.#descriptions.touchesMasked(this.#state.head())
  }

  /** What rows were gathered goes out, and they are on the budgets' accounts. */
  settle(): void {
    this.#sink?.settle(this.#out)
    this.#state.metering?.meter.commit()
  }

  /** A budget is used up: what is left of this result stays here, and the server is to stop. */
  exceed(): void {
    const { metering, overrun, queue } = this.#state
    this.#sink?.settle(this.#out)
    const open = this.#state.head()?.kind === 'execute' && !queue.some(({ kind }) => kind === 'sync')
    overrun.begin(open)
    this.#withholding.begin(metering!.meter.refused())
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
    this.#accounts.charge(this.#state.head())
    return metering.meter.take(rows, bytes, 0)
  }

  /** @returns whether the RowDescription is for the client. @param bytes its size: names can be data */
  description(head: Request | undefined, fields: readonly Field[], bytes: number): boolean {
    if (head?.kind === 'query') {
      if (!this.withheld && !this.affords(0, bytes)) return false
      const masks = this.#masks(fields, head.allowed[head.completed])
      if (masks instanceof HoopError) return this.#withhold(masks)
      const formats = fields.map(({ format }) => format)
      this.#sink = rowSink(this.#state.guard, this.#state.metering, fields, formats, masks)
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
      if (this.#state.head()?.kind !== 'execute') this.#withholding.tell(false)
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
    this.#accounts.charge(head)
    return (this.#sink = rowSink(this.#state.guard, this.#state.metering, fields, formats, portal.masks))
  }

  /** @returns whether the CopyOutResponse is for the client */
  copyOut(head: Request | undefined, { columns, binary }: { columns: number; binary: boolean }): boolean {
    const allowed =
      head?.kind === 'query'
        ? head.allowed[head.completed]
        : this.#descriptions.portal(expect(head, 'execute').portal).allowed
    if (this.#state.guard?.masking && !this.withheld) {
      if (!allowed) return this.#withhold(new HoopError('STATEMENT_UNPROVEN', 'COPY'))
      if (allowed.copy && allowed.copy.shape.columns !== columns)
        return this.#withhold(new HoopError('STATEMENT_UNPROVEN', `the server copies ${columns} columns`))
      if (!allowed.stream) return this.#withhold(new HoopError('STATEMENT_UNPROVEN', 'a COPY that is none'))
    }
    this.#accounts.charge(head)
    const stream = { binary, header: allowed?.header ?? false }
    const shape = allowed?.stream && { ...allowed.stream, columns }
    this.#sink = copySink(this.#state.guard, this.#state.metering, stream, shape, allowed?.copy?.masks)
    return true
  }

  /** @returns whether the CopyDone is for the client */
  copyDone(): boolean {
    if (this.withheld || this.sink(Backend.CopyData).end(this.#out)) return true
    this.exceed()
    return false
  }

  /** CommandComplete, EmptyQueryResponse, PortalSuspended. */
  complete(head: Request | undefined, tag: string): void {
    if (head?.kind === 'query') {
      if (head.refused) throw new HoopError('PROTOCOL_DESYNC', 'a refused statement completed')
      this.#completed(tag, head.allowed[head.completed])
      head.completed++
      this.end(head.statement, { tag })
      settleCopyIn(this.#state)
    } else {
      const execute = expect(head, 'execute')
      this.#completed(tag, this.#descriptions.portal(execute.portal).allowed)
      this.end(execute.statement, { tag })
      settleCopyIn(this.#state)
      this.#state.queue.shift()
    }
    this.#effects.prepared(head)
    if (this.#withholding.owed && this.#isLast(head)) this.#withholding.tell(true)
    if (this.#state.head() === undefined) this.#state.overrun.running = false
  }

  /** An error ends the result at hand. @returns whether ours is out, in the place of the server's own */
  failed(): boolean {
    this.#sink = undefined
    this.#effects.prepared(this.#state.head())
    const { overrun } = this.#state
    // The server ignores by itself what comes up to the Sync.
    overrun.running = overrun.dropping = false
    if (!this.withheld) return false
    this.#withholding.tell(false)
    return true
  }

  /** ReadyForQuery. */
  ready(): void {
    this.#withholding.end()
    this.#state.overrun.running = false
    this.#sink = undefined
    if (this.#state.transaction === 'I') this.#effects.transactionEnded()
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
    const withheld = this.#withholding.error
    this.#sink = undefined
    this.#state.copyInBytes = 0
    journal.result(statement, {
      rows: 0,
      bytes: 0,
      masked: sink?.masked ?? 0,
      ...sink?.tally.event(),
      ...(sink === undefined && copyInBytes > 0 ? { copyInBytes } : {}),
      ...outcome,
      ...(withheld ? { sqlstate: withheld.sqlstate, message: withheld.message } : {}),
      transaction,
      ...(guard?.clear && sink?.tally.hides ? { seenClear: true } : {}),
    })
  }

  #completed(tag: string, allowed: AllowedStatement | undefined): void {
    this.#effects.completed(tag, allowed)
    if (allowed?.defines?.of === 'portal') this.#accounts.declared(allowed.defines.name)
  }

  #masks(
    fields: readonly Field[],
    statement: AllowedStatement | undefined,
  ): readonly (ColumnMask | undefined)[] | undefined | HoopError {
    return this.#state.guard?.masking ? this.#state.guard.masks(fields, this.#descriptions.meant(statement)) : undefined
  }

  #withhold(error: HoopError): false {
    this.#withholding.begin(error)
    return false
  }

  /**
   * Whether an error that the client waits for must be said now: nothing that is sure to be answered follows, whose end
   * would tell whether the effects stand. A server that has no Sync yet holds its answers back.
   */
  #isLast(head: Request | undefined): boolean {
    if (head?.kind === 'query') return head.completed >= head.allowed.length
    return !this.#state.queue.some(({ kind }) => kind === 'sync')
  }
}
