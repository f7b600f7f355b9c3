import { asHoopError, HoopError } from '../../../../lib/errors.js'
import {
  callOfNothing,
  type FunctionCall,
  parse,
  query,
  readFunctionCall,
  readQuery,
} from '../../../../wire/frontend.js'
import { largeObjectFunctions, selectOf } from './large-objects.js'
import { checkQuery } from './checking.js'
import { type ClientParts, definitionsOf, noted } from './parts.js'
import { type Message, messageOf } from './message.js'
import { withName } from './naming.js'
import { Playing } from './playing.js'
import type { Admission, Refusal } from '../admission/outcome.js'
import type { QueryRequest } from '../requests.js'
import type { Meaning } from '../names/names.js'
import { type Given, nothing } from '../suspension/suspension.js'
import { lags } from '../state.js'
import { standing } from '../witness/following.js'
import { awaited, lookedAt, takesExtended, type Way, wayOf } from '../witness/confirming.js'

/** Texts of long messages that wait: such a message comes again, and to read it takes a while. */
const read = new WeakMap<Buffer, string>()

/** @throws {HoopError} FRAME_INVALID */
const textOf = ({ buffer, start, end }: Message): string => {
  // A message that long has a buffer to itself.
  if (end - start < LONG || end - start !== buffer.length) return readQuery(buffer, start, end)
  const text = read.get(buffer) ?? readQuery(buffer, start, end)
  read.set(buffer, text)
  return text
}

/** Messages of which somebody would notice that they are read. Bytes. */
const LONG = 65_536

/** Requests that bring their own Sync with them: Query and FunctionCall. */
export class SimpleRequests {
  readonly #parts: ClientParts
  readonly #functionCalls: boolean

  constructor(parts: ClientParts, functionCalls: boolean) {
    this.#parts = parts
    this.#functionCalls = functionCalls
  }

  query(sent: Message, given: Given): void {
    const { state, admissions, pipeline, named } = this.#parts
    state.runs++
    let [message, text] = [sent, '']
    try {
      text = textOf(message)
    } catch (error) {
      return this.#refuse('query', text, { error: asHoopError(error) })
    }
    const renamed = withName(text, named)
    if (renamed !== undefined) [message, text] = [messageOf(query(renamed)), renamed]
    const admission = admissions.admit({ kind: 'text', text }, given)
    if (admission.kind === 'waits') return this.#parts.suspend(message, admission.wants, given)
    if (admission.kind === 'refused') return this.#check(text, admission)
    const defines = definitionsOf(admission, text)
    const full = this.#room(defines)
    if (full) return this.#refuse('query', text, { error: full })
    // Once a statement of it has been answered, a text is not played again: migrations, and what comes behind them, begin with
    // a catalog that is new.
    const migrates = admission.statements.length > 1 && (lags(state) || admission.statements.some(({ ddl }) => ddl))
    if (migrates && state.transaction === 'I' && state.renews && state.guard?.witness && !given.renewed)
      return this.#parts.suspend(message, { kind: 'catalog' }, given)
    const way = wayOf(state, admission, pipeline.holds !== 'nothing')
    if (way.kind === 'refused') return this.#refuse('query', text, way)
    const wants =
      standing(state, admission, given) ??
      lookedAt(state, admission, given) ??
      (way.kind === 'behind' ? awaited(way.parameters, given) : undefined)
    if (wants instanceof HoopError) return this.#refuse('query', text, { error: wants })
    if (wants) return this.#parts.suspend(message, wants, given)
    this.#send(message, text, admission, defines, way)
  }

  /** Large objects are handled by calls; each is decided on as the SELECT that it might be. */
  functionCall(message: Message, given: Given): void {
    const { state, out, admissions, pipeline } = this.#parts
    const { buffer, start, end } = message
    let call: FunctionCall
    try {
      call = readFunctionCall(buffer, start, end)
    } catch (error) {
      return this.#refuse('function', '-- function call', { error: asHoopError(error) })
    }
    const [name, parameters] = largeObjectFunctions.get(call.oid) ?? []
    const known = name !== undefined && parameters === call.parameters.length
    const text = known ? selectOf(name, parameters) : `-- function call: ${call.oid}`
    if (!known && (!this.#functionCalls || state.guard))
      return this.#refuse('function', text, { error: new HoopError('FUNCTION_CALL_REFUSED') })
    const admission = known ? admissions.admit({ kind: 'text', text }, given) : undefined
    if (admission?.kind === 'waits') return this.#parts.suspend(message, admission.wants, given)
    if (admission?.kind === 'refused') return this.#refuse('function', text, admission)
    pipeline.ended()
    const details = { ...(admission && noted(admission)), bound: call }
    const statement = state.journal.statement('function', text, details)
    state.push({ kind: 'function', statement, refused: undefined, raise: admission?.raise })
    out.keep(buffer, start, end)
  }

  #send(
    message: Message,
    text: string,
    admission: Admission,
    defines: readonly (Meaning | undefined)[],
    way: Way,
  ): void {
    const { state, out, pipeline } = this.#parts
    // A simple query ends the transaction that open messages began.
    pipeline.ended()
    const statement = state.journal.statement('simple', text, noted(admission))
    for (const meaning of defines) if (meaning) state.names.request(meaning)
    const request = { kind: 'query', statement, refused: undefined, admission, defines, completed: 0 } as const
    if (way.kind === 'played') return this.#play(message, text, way.parameters, { ...request, errored: false })
    out.keep(message.buffer, message.start, message.end)
    state.witness.sent(admission.statements)
    state.push({ ...request, errored: false })
  }

  /** Many statements are put together in turns; nothing of what comes behind them overtakes them. */
  #play(
    message: Message,
    text: string,
    parameters: Extract<Way, { kind: 'played' }>['parameters'],
    request: QueryRequest & { readonly admission: Admission },
  ): void {
    const { state, out, pipeline, own } = this.#parts
    const { number } = pipeline
    const { statements } = request.admission
    const { witness } = state
    const refused = parse('', own.refused)
    const toPlay = { message, text, spans: state.guard?.spans?.(text), parameters, pipeline: number, witness, refused }
    const playing = new Playing(out, toPlay, (i) => witness.sent([statements[i]!]))
    const sent = { ...request, played: playing.played }
    state.push(sent)
    const next = (): boolean => {
      const whole = playing.next(sent.errored)
      if (whole) pipeline.ended()
      return whole
    }
    // What the server is at before it is what a cancel means.
    const cancel = (): void => void (playing.played.canceled ||= state.head() === sent)
    if (!next()) this.#parts.suspend(message, { kind: 'turn', next, cancel }, nothing)
  }

  #room(defines: readonly (Meaning | undefined)[]): HoopError | undefined {
    if (defines.length === 0) return undefined
    const bytes = defines.reduce((sum, meaning) => sum + (meaning?.bytes ?? 0), 0)
    return this.#parts.state.names.refusal(bytes, defines.length)
  }

  /** Where the server may find a mistake in it, and only then, the client hears of that instead of the refusal. */
  #check(text: string, refusal: Refusal): void {
    const { state, out, pipeline, own } = this.#parts
    const { doubted } = refusal
    if (doubted === undefined || pipeline.holds !== 'nothing' || !takesExtended(state))
      return this.#refuse('query', text, refusal)
    pipeline.ended()
    const check = checkQuery(out, text, doubted, own, state.guard?.spans?.(text))
    const left = check.answers * check.before.length
    state.push({ kind: 'check', via: 'simple', text, refusal, check, left, unnamed: true })
    state.push({ kind: 'sync', ghost: false, own: false })
  }

  /**
   * In place of a Query goes a Query that can't be parsed (of a FunctionCall one of a function that can't be), and not a
   * Bind with a Sync: where the server is skipping, it has to ignore our message as it would have the client's.
   */
  #refuse(kind: 'query' | 'function', text: string, refusal: Omit<Refusal, 'kind'>): void {
    const { state, out, pipeline } = this.#parts
    pipeline.ended()
    const statement = state.journal.refusal(text, refusal)
    const refused = refusal.error
    if (kind === 'query')
      state.push({ kind, statement, refused, admission: undefined, defines: [], completed: 0, errored: false })
    else state.push({ kind, statement, refused, raise: undefined })
    out.put(kind === 'query' ? query(this.#parts.own.refused) : callOfNothing())
  }
}
