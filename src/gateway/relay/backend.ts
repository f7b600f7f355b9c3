import { HoopError } from '../../lib/errors.js'
import type { AllowedStatement } from '../../policy/decision.js'
import type { ResultEvent } from '../../recording/events.js'
import { readCopyResponse, readRowDescription, readTag } from '../../wire/backend.js'
import { HEADER, type FrameHandler } from '../../wire/cutter.js'
import { readErrorFields } from '../../wire/error-fields.js'
import type { Outbox } from '../../wire/outbox.js'
import { Backend } from '../../wire/tags.js'
import { asynchronous, isAsynchronous } from './asynchronous.js'
import { beginCopyIn, dropGhosts, settleCopyIn, skipToSync } from './copy-in.js'
import { Descriptions } from './descriptions.js'
import { refusalOf, scrubbed } from './refusal.js'
import type { Request } from './requests.js'
import { copySink, rowSink, type RowSink } from './rows.js'
import type { RelayState } from './state.js'

/**
 * The server's side of a relay: matches every message to the request it answers, masks and counts rows, puts our errors
 * in the place of the server's where it raised them on our behalf.
 * @see PostgreSQL documentation, "Message Flow"
 */
export class BackendHandler implements FrameHandler {
  readonly #state: RelayState
  readonly #out: Outbox
  readonly #descriptions: Descriptions
  #sink: RowSink | undefined
  /** A result is being withheld: everything up to its ReadyForQuery is swallowed, in its place goes one error. */
  #withheld: { error: HoopError; told: boolean } | undefined
  /** Syncs that a failed COPY may or may not have swallowed. */
  #spareReady = 0
  /** The current transaction has touched masked columns: errors may quote their values until it ends. */
  #scrub = false
  #stopped = false
  /** A message is going out in pieces. */
  #passing = false
  /** The server has said FATAL: it closes next. */
  fatal = false

  constructor(state: RelayState, out: Outbox) {
    this.#state = state
    this.#out = out
    this.#descriptions = new Descriptions(state)
  }

  whole(tag: number): boolean {
    if (tag !== Backend.DataRow && tag !== Backend.CopyData) return true
    return !this.#withheld && this.#sinkFor(tag).whole
  }

  piece(tag: number, buffer: Buffer, start: number, end: number, first: boolean, last: boolean): void {
    if (first) this.#passing = !this.#stopped && !this.#withheld
    if (this.#passing) this.#sinkFor(tag).piece(this.#out, buffer, start, end, first)
    if (last) this.#passing = false
  }

  /** No further message goes to the client. @returns false while one has gone out in part and must be finished first */
  stop(): boolean {
    this.#stopped = true
    return !this.#passing
  }

  frame(tag: number, buffer: Buffer, start: number, end: number): void {
    if (this.#stopped) return
    if (tag === Backend.DataRow || tag === Backend.CopyData) {
      if (!this.#withheld) this.#sinkFor(tag).frame(this.#out, buffer, start, end)
    } else if (isAsynchronous(tag)) asynchronous(this.#state, this.#out, this.#touchesMasked(), tag, buffer, start, end)
    else if (tag === Backend.Error) this.#error(buffer, start, end)
    else if (tag === Backend.ReadyForQuery) this.#ready(buffer, start, end)
    else if (this.#reply(tag, buffer, start, end) && !this.#withheld) this.#out.keep(buffer, start, end)
  }

  /** @returns whether the message is for the client */
  #reply(tag: number, buffer: Buffer, start: number, end: number): boolean {
    const head = this.#state.head()
    switch (tag) {
      case Backend.ParseComplete:
        this.#descriptions.parsed(this.#expect(head, 'parse'))
        this.#state.queue.shift()
        return true
      case Backend.BindComplete:
        this.#descriptions.bound(this.#expect(head, 'bind'))
        this.#state.queue.shift()
        return true
      case Backend.CloseComplete:
        this.#descriptions.closed(this.#expect(head, 'close'))
        this.#state.queue.shift()
        return true
      case Backend.ParameterDescription:
        return !this.#expect(head, 'describe').own
      case Backend.NoData: {
        const { own } = this.#expect(head, 'describe')
        this.#state.queue.shift()
        return !own
      }
      case Backend.RowDescription:
        return this.#description(head, buffer, start, end)
      case Backend.CommandComplete:
        return this.#complete(head, readTag(buffer, start, end))
      case Backend.EmptyQuery:
        return this.#complete(head, 'empty')
      case Backend.PortalSuspended:
        this.#expect(head, 'execute')
        return this.#complete(head, 'suspended')
      case Backend.FunctionCallResponse: {
        const { statement } = this.#expect(head, 'function')
        this.#result(statement, { tag: 'function', bytes: end - start })
        return true
      }
      case Backend.CopyIn:
        return this.#copyIn(head)
      case Backend.CopyOut:
        return this.#copyOut(head, readCopyResponse(buffer, start, end).columns)
      case Backend.CopyDone:
        if (!this.#withheld) this.#sinkFor(Backend.CopyData).end(this.#out)
        return true
      default:
        throw new HoopError('PROTOCOL_DESYNC', `unexpected message ${String.fromCharCode(tag)} (${tag})`)
    }
  }

  #description(head: Request | undefined, buffer: Buffer, start: number, end: number): boolean {
    const fields = readRowDescription(buffer, start, end)
    if (head?.kind === 'query') {
      const masks = this.#masks(fields, head.allowed[head.completed])
      if (masks instanceof HoopError) return this.#withhold(masks)
      const formats = fields.map(({ format }) => format)
      this.#sink = rowSink(this.#state.guard, fields, formats, masks)
      return true
    }
    const describe = this.#expect(head, 'describe')
    this.#state.queue.shift()
    if (describe.of === 'S') this.#descriptions.statement(describe.name, fields)
    else {
      const portal = this.#descriptions.portal(describe.name)
      const masks = this.#masks(fields, portal.allowed)
      if (masks instanceof HoopError) return this.#withhold(masks)
      portal.fields = fields
      if (masks) portal.masks = masks
      else delete portal.masks
    }
    return !describe.own
  }

  #masks(fields: Parameters<NonNullable<RelayState['guard']>['masks']>[0], statement: AllowedStatement | undefined) {
    return this.#state.guard?.masking ? this.#state.guard.masks(fields, statement) : undefined
  }

  #sinkFor(tag: number): RowSink {
    if (this.#sink) return this.#sink
    const head = this.#state.head()
    if (tag === Backend.DataRow && head?.kind === 'execute') {
      const portal = this.#descriptions.portal(head.portal)
      // Masks rest on a description of this very portal; the relay asks for one before each Execute.
      if (this.#state.guard?.masking && !portal.fields)
        throw new HoopError('PROTOCOL_DESYNC', 'rows of an undescribed portal')
      const fields = portal.fields ?? portal.prepared?.fields
      const formats = portal.fields?.map(({ format }) => format) ?? portal.formats
      return (this.#sink = rowSink(this.#state.guard, fields, formats, portal.masks))
    }
    throw new HoopError('PROTOCOL_DESYNC', 'rows that nobody asked for')
  }

  #copyOut(head: Request | undefined, columns: number): boolean {
    const allowed = this.#allowed(head)
    if (this.#state.guard?.masking && !this.#withheld) {
      if (!allowed) return this.#withhold(new HoopError('STATEMENT_UNPROVEN', 'COPY'))
      if (allowed.copy && allowed.copy.shape.columns !== columns)
        return this.#withhold(new HoopError('STATEMENT_UNPROVEN', `the server copies ${columns} columns`))
    }
    this.#sink = copySink(this.#state.guard, allowed?.copy)
    return true
  }

  #allowed(head: Request | undefined): AllowedStatement | undefined {
    if (head?.kind === 'query') return head.allowed[head.completed]
    return this.#descriptions.portal(this.#expect(head, 'execute').portal).allowed
  }

  #copyIn(head: Request | undefined): boolean {
    if (this.#withheld) throw new HoopError('PROTOCOL_DESYNC', 'COPY FROM STDIN behind a withheld result')
    if (head?.kind !== 'query') this.#expect(head, 'execute')
    beginCopyIn(this.#state)
    return true
  }

  #complete(head: Request | undefined, tag: string): boolean {
    if (head?.kind === 'query') {
      if (head.refused) throw new HoopError('PROTOCOL_DESYNC', 'a refused statement completed')
      this.#effects(tag, head.allowed[head.completed])
      head.completed++
      this.#result(head.statement, { tag })
      settleCopyIn(this.#state)
      return this.#answered()
    }
    const execute = this.#expect(head, 'execute')
    const portal = this.#descriptions.portal(execute.portal)
    this.#effects(tag, portal.allowed)
    this.#result(execute.statement, { tag })
    settleCopyIn(this.#state)
    this.#state.queue.shift()
    return this.#answered()
  }

  /** Something withheld has ended well on the server: the client still gets the error, which says so. */
  #answered(): boolean {
    if (this.#withheld && !this.#withheld.told) {
      const { error } = this.#withheld
      const detail = `${error.detail ? `${error.detail} ` : ''}The server had already finished: effects of the statement stand.`
      this.#out.put(refusalOf(new HoopError(error.code, error.about, { hint: error.hint, detail })))
      this.#withheld.told = true
    }
    return true
  }

  #effects(tag: string, allowed: AllowedStatement | undefined): void {
    if (tag === 'DISCARD ALL' || tag.startsWith('DEALLOCATE')) this.#descriptions.forget()
    if (allowed?.ddl) this.#state.guard?.refresh().catch(() => undefined)
    if (allowed?.scrub) this.#scrub = true
  }

  #error(buffer: Buffer, start: number, end: number): void {
    const fields = readErrorFields(buffer, start, end)
    const head = this.#state.head()
    const refused = head && 'refused' in head ? head.refused : undefined
    const scrub = this.#touchesMasked()
    if (fields['V'] === 'FATAL' || fields['V'] === 'PANIC') this.fatal = true
    if (this.#withheld && !this.fatal) {
      if (!this.#withheld.told) this.#out.put(refusalOf(this.#withheld.error))
      this.#withheld.told = true
    } else if (refused && !this.fatal) this.#out.put(refusalOf(refused))
    else if (scrub && !this.#state.guard?.clear) this.#out.put(scrubbed('error', buffer, start, end))
    else this.#out.keep(buffer, start, end)
    // The recording holds no unmasked value, even where this person may see them.
    if (head)
      this.#failed(
        head,
        refused,
        fields['C'] ?? '',
        scrub ? 'withheld: it may quote masked values' : (fields['M'] ?? ''),
      )
  }

  /** After an error in the extended protocol the server ignores everything up to the next Sync. */
  #failed(head: Request, refused: HoopError | undefined, sqlstate: string, message: string): void {
    const state = this.#state
    const statement = this.#descriptions.failedStatement(head)
    if (statement && !refused) this.#result(statement, { tag: 'error', sqlstate, message })
    this.#sink = undefined
    state.copying = state.copyIn = false
    if (head.kind === 'query') head.errored = true
    if (head.kind === 'query' || head.kind === 'function' || head.kind === 'sync') return
    state.queue.shift()
    this.#spareReady += skipToSync(state)
  }

  #ready(buffer: Buffer, start: number, end: number): void {
    const state = this.#state
    const head = state.head()
    if (end - start !== HEADER + 1) throw new HoopError('FRAME_LENGTH', 'ReadyForQuery')
    const status = String.fromCharCode(buffer[start + HEADER]!)
    if (status !== 'I' && status !== 'T' && status !== 'E') throw new HoopError('PROTOCOL_DESYNC', `status ${status}`)
    if (head?.kind === 'query' || head?.kind === 'function' || head?.kind === 'sync') {
      if (head.kind === 'query' && head.errored) this.#spareReady += dropGhosts(state)
      state.queue.shift()
    } else if (this.#spareReady > 0) {
      this.#spareReady--
      state.skipping = false
    } else throw new HoopError('PROTOCOL_DESYNC', 'ReadyForQuery that nobody asked for')
    state.transaction = status
    this.#withheld = undefined
    this.#sink = undefined
    if (status === 'I') {
      this.#scrub = false
      this.#descriptions.transactionEnded()
    }
    this.#out.keep(buffer, start, end)
  }

  #result(
    statement: { n: number; text: string; sentAt: number },
    outcome: Partial<ResultEvent> & { tag: string },
  ): void {
    const { journal, guard, copyInBytes, transaction } = this.#state
    const sink = this.#sink
    this.#sink = undefined
    const copied = sink || copyInBytes === 0 ? {} : { copyInBytes }
    this.#state.copyInBytes = 0
    journal.result(statement, {
      rows: 0,
      bytes: 0,
      masked: sink?.masked ?? 0,
      ...sink?.tally.event(),
      ...copied,
      ...outcome,
      transaction,
      ...(guard?.clear && sink?.tally.masks ? { seenClear: true } : {}),
    })
  }

  #withhold(error: HoopError): boolean {
    this.#withheld ??= { error, told: false }
    return false
  }

  #touchesMasked(): boolean {
    if (!this.#state.guard?.masking) return false
    return this.#scrub || this.#descriptions.touchesMasked(this.#state.head())
  }

  #expect<K extends Request['kind']>(head: Request | undefined, kind: K): Extract<Request, { kind: K }> {
    if (head?.kind !== kind)
      throw new HoopError('PROTOCOL_DESYNC', `an answer to ${kind}, expected one to ${head?.kind ?? 'nothing'}`)
    if ('refused' in head && head.refused) throw new HoopError('PROTOCOL_DESYNC', 'a refused statement was accepted')
    return head as Extract<Request, { kind: K }>
  }
}
