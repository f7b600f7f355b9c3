import { randomBytes } from 'node:crypto'
import { HoopError } from '../../lib/errors.js'
import type { Allowed } from '../../policy/decision.js'
import { HEADER, type FrameHandler } from '../../wire/cutter.js'
import {
  bindOf,
  callOfNothing,
  describePortal,
  nameKey,
  parse,
  query,
  readBind,
  readExecute,
  readParse,
  readQuery,
  readTarget,
} from '../../wire/frontend.js'
import type { Outbox } from '../../wire/outbox.js'
import { Frontend } from '../../wire/tags.js'
import { captureParameters } from './capture.js'
import { Decider, waits } from './decider.js'
import { preparedBySql } from './descriptions.js'
import type { Statement, StatementDetails } from './journal.js'
import { OpenPipeline } from './open-pipeline.js'
import type { RelayState } from './state.js'
import type { Gate, Verdict, Wait } from './wait.js'

export interface FrontendOptions {
  /** Largest Query, Parse, Bind or FunctionCall message, bytes. */
  readonly message: number
  readonly functionCalls: boolean
  /** Who asks for approvals; without one, what needs an approval is refused. */
  readonly gate?: Gate | undefined
}

/** PostgreSQL's own bound for messages that carry no data (PQ_SMALL_MESSAGE_LIMIT). */
const SMALL = 10_000

/** What goes into the recording of what policy said. */
const noted = (
  { statements, warnings, observed }: Allowed,
  { approval, estimate }: Pick<Decider, 'approval' | 'estimate'>,
): StatementDetails => ({ ...{ facts: statements, approval, estimate, warnings, observed } })

const refusedBy = (verdict: Verdict | undefined): string | undefined =>
  verdict?.kind === 'refuse' ? verdict.approval : undefined

/** A portal that the client has asked for. */
interface Bound {
  readonly statement: Statement
  executed: boolean
  /** By which rules it was approved, where policy may decide otherwise another time. */
  readonly approved: readonly string[] | undefined
}

const noTypes: Buffer = Buffer.alloc(0)

/**
 * The client's side of a relay: records what is about to run, lets the policy decide, and replaces what is refused by a
 * message that makes the server raise an error at that very place in the pipeline.
 */
export class FrontendHandler implements FrameHandler {
  readonly #state: RelayState
  readonly #out: Outbox
  readonly #options: FrontendOptions
  /** Statements and portals as the client has asked for them; the server's answers may yet differ (Descriptions). */
  readonly #prepared = new Map<string, string>()
  /** Parameter types that a Parse declared, where it did. */
  readonly #types = new Map<string, Buffer>()
  readonly #portals = new Map<string, Bound>()
  /** Portals described and nothing run since, which could have put another in their place: Execute needs no description of ours. */
  readonly #described = new Set<string>()
  /** A word that is no SQL, and a name that no one can have prepared: parsing or binding it is an error at a place of our choice. */
  readonly #refused = `hoop_refused_${randomBytes(12).toString('hex')}`

  readonly #decider: Decider
  readonly open: OpenPipeline

  constructor(state: RelayState, out: Outbox, options: FrontendOptions) {
    this.#state = state
    this.#out = out
    this.#options = options
    this.#decider = new Decider(state, options.gate)
    this.open = new OpenPipeline(state, out)
  }

  /** Where this side has stopped. */
  get wait(): Wait | undefined {
    return this.#decider.wait
  }

  get paused(): boolean {
    return this.#decider.wait !== undefined
  }

  whole(tag: number, length: number): boolean {
    switch (tag) {
      case Frontend.CopyData:
        return false
      case Frontend.Query:
      case Frontend.Parse:
      case Frontend.Bind:
      case Frontend.FunctionCall:
        if (length > this.#options.message) throw new HoopError('MEMORY_EXHAUSTED', `${length} bytes`)
        return true
      default:
        if (length > SMALL) throw new HoopError('FRAME_LENGTH', String(length))
        return true
    }
  }

  piece(_tag: number, buffer: Buffer, start: number, end: number): void {
    if (this.#state.overrun.dropping) return
    this.#state.copyInBytes += end - start
    this.#out.keep(buffer, start, end)
  }

  frame(tag: number, buffer: Buffer, start: number, end: number): void {
    const state = this.#state
    if (state.terminated) return
    // An error has been put in the place of what the server did: it must not see what it would have ignored.
    if (state.overrun.dropping && tag !== Frontend.Sync && tag !== Frontend.Terminate) return
    switch (tag) {
      case Frontend.Query:
        return this.#query(buffer, start, end)
      case Frontend.Parse:
        return this.#parse(buffer, start, end)
      case Frontend.Bind:
        return this.#bind(buffer, start, end)
      case Frontend.Describe: {
        const { of, name } = readTarget(buffer, start, end)
        if (of === 'P') this.#described.add(nameKey(name))
        this.open.opens('prepared')
        state.push({ kind: 'describe', of: of ?? 'S', name, own: false })
        break
      }
      case Frontend.Execute:
        if (this.#execute(buffer, start, end)) break
        return
      case Frontend.Close: {
        const { of, name } = readTarget(buffer, start, end)
        if (of === 'S') this.#prepared.delete(nameKey(name))
        this.open.opens('prepared')
        state.push({ kind: 'close', of: of ?? 'S', name })
        break
      }
      case Frontend.Sync:
        this.#described.clear()
        this.open.ended()
        state.overrun.dropping = false
        state.push({ kind: 'sync', ghost: state.copyIn, own: false })
        break
      case Frontend.Flush:
        break
      case Frontend.CopyData:
        state.copyInBytes += end - start - HEADER
        break
      case Frontend.CopyDone:
      case Frontend.CopyFail:
        state.copyIn = false
        state.queue.push({ kind: 'copy-end' })
        break
      case Frontend.FunctionCall:
        return this.#functionCall(buffer, start, end)
      case Frontend.Terminate:
        state.terminated = true
        break
      default:
        throw new HoopError('FRAME_UNKNOWN', `${tag}`)
    }
    this.#out.keep(buffer, start, end)
  }

  #query(buffer: Buffer, start: number, end: number, verdict?: Verdict): void {
    this.#described.clear()
    const { text, decision } = this.#decider.decideToRun(() => readQuery(buffer, start, end), verdict)
    if (waits(decision))
      return this.#decider.stopAt(decision, { text }, (next) => this.#query(buffer, start, end, next))
    if (decision.kind === 'refuse')
      return this.#refuseSimple('query', text, decision.error, decision.rule, refusedBy(verdict))
    this.#decider.ran(text, decision)
    // A simple query ends the transaction that open messages began.
    this.open.ended()
    const statement = this.#state.journal.statement('simple', text, noted(decision, this.#decider))
    this.#state.push({
      kind: 'query',
      statement,
      refused: undefined,
      allowed: decision.statements,
      raise: this.#decider.raise,
      completed: 0,
      errored: false,
    })
    this.#out.keep(buffer, start, end)
  }

  #parse(buffer: Buffer, start: number, end: number): void {
    let name = ''
    let types = noTypes
    this.open.opens('prepared')
    const { text, decision } = this.#decider.decide(() => {
      const message = readParse(buffer, start, end)
      name = message.name
      types = message.types
      return message.text
    })
    const refused = decision.kind === 'refuse' ? decision.error : undefined
    // What needs an approval is held where it would run, with its parameters: at Bind.
    const allowed = decision.kind === 'refuse' ? undefined : decision.statements[0]
    this.#state.push({ kind: 'parse', name, prepared: { text, allowed }, refused })
    if (decision.kind === 'refuse') {
      this.#state.journal.refusal(text, decision.error, decision.rule)
      // A Parse that fails still drops the unnamed statement; a Bind would leave an older one there to be executed.
      if (name === '') this.#prepared.delete(name)
      this.#out.put(parse(name, this.#refused))
      return
    }
    this.#prepared.set(nameKey(name), text)
    if (name !== '' && (decision.kind !== 'allow' || decision.open))
      this.#decider.later.remember({ of: 'statement', name }, text)
    if (types.length > 0) this.#types.set(nameKey(name), Buffer.from(types))
    else this.#types.delete(nameKey(name))
    this.#out.keep(buffer, start, end)
  }

  /** Binding plans the statement and may already run functions: it is recorded here, not at Execute. */
  #bind(buffer: Buffer, start: number, end: number, verdict?: Verdict): void {
    const bind = readBind(buffer, start, end)
    const known = this.#prepared.get(nameKey(bind.statement))
    const text = known ?? preparedBySql(bind.statement)
    // Decided at Parse, and again now: the catalog or the clock may say otherwise by this time.
    const decision =
      known === undefined
        ? this.#decider.decideNamed(bind.statement, text, verdict)
        : this.#decider.decideToRun(() => known, verdict, bind).decision
    if (waits(decision)) {
      const { parameters, parameterFormats } = bind
      const parameterTypes = this.#types.get(nameKey(bind.statement))
      const exact = { text, parameters, parameterFormats, parameterTypes }
      return this.#decider.stopAt(decision, exact, (next) => this.#bind(buffer, start, end, next))
    }
    this.open.opens('bound')
    const refused = decision.kind === 'refuse' ? decision.error : undefined
    const approved = decision.kind === 'allow' ? this.#decider.ran(text, decision, bind.portal) : undefined
    const statement =
      decision.kind === 'refuse'
        ? this.#state.journal.refusal(text, decision.error, decision.rule, refusedBy(verdict))
        : this.#state.journal.statement('extended', text, {
            statementName: bind.statement,
            portal: bind.portal,
            parameters: captureParameters(bind.parameters, bind.parameterFormats),
            ...noted(decision, this.#decider),
          })
    this.#portals.set(nameKey(bind.portal), { statement, executed: false, approved })
    this.#described.delete(nameKey(bind.portal))
    this.#state.push({
      kind: 'bind',
      portal: bind.portal,
      name: bind.statement,
      text,
      formats: bind.resultFormats,
      statement,
      allowed: decision.kind === 'allow' ? decision.statements[0] : undefined,
      refused,
      raise: this.#decider.raise,
    })
    if (refused) this.#out.put(bindOf(this.#refused))
    else this.#out.keep(buffer, start, end)
  }

  /** @returns whether the message goes on as it is */
  #execute(buffer: Buffer, start: number, end: number): boolean {
    const { portal } = readExecute(buffer, start, end)
    this.open.opens('bound')
    const bound = this.#portals.get(nameKey(portal))
    const refused = bound?.approved && this.#decider.again(bound.statement.text, bound.approved)
    if (refused) {
      const { text } = bound.statement
      const statement = this.#state.journal.refusal(text, refused.error, refused.rule)
      const what = { portal, name: this.#refused, text, formats: [], allowed: undefined }
      this.#state.push({ kind: 'bind', ...what, statement, refused: refused.error })
      this.#out.put(bindOf(this.#refused))
      return false
    }
    // A portal that goes on, or one that SQL opened, is a statement of its own in the recording.
    const statement =
      bound && !bound.executed
        ? bound.statement
        : this.#state.journal.statement('extended', bound?.statement.text ?? `-- cursor: ${portal}`, { portal })
    if (bound) bound.executed = true
    if (this.#state.guard?.masking && !this.#described.has(nameKey(portal))) {
      this.#state.push({ kind: 'describe', of: 'P', name: portal, own: true })
      this.#out.put(describePortal(portal))
    }
    this.#described.clear()
    this.#state.push({ kind: 'execute', portal, statement })
    return true
  }

  #functionCall(buffer: Buffer, start: number, end: number): void {
    const oid = end - start >= HEADER + 4 ? buffer.readUInt32BE(start + HEADER) : 0
    const text = `-- function call: ${oid}`
    if (!this.#options.functionCalls || this.#state.guard)
      return this.#refuseSimple('function', text, new HoopError('FUNCTION_CALL_REFUSED'))
    const statement = this.#state.journal.statement('function', text)
    this.#state.push({ kind: 'function', statement, refused: undefined })
    this.#out.keep(buffer, start, end)
  }

  /**
   * In place of a Query goes a Query that can't be parsed (of a FunctionCall one of a function that can't be), and not a
   * Bind with a Sync: where the server is skipping, it has to ignore our message as it would have the client's.
   */
  #refuseSimple(kind: 'query' | 'function', text: string, error: HoopError, rule?: string, approval?: string): void {
    this.open.ended()
    const statement = this.#state.journal.refusal(text, error, rule, approval)
    const refused = error
    if (kind === 'query') this.#state.push({ kind, statement, refused, allowed: [], completed: 0, errored: false })
    else this.#state.push({ kind, statement, refused })
    this.#out.put(kind === 'query' ? query(this.#refused) : callOfNothing())
  }
}
