import {
  bindOf,
  describePortal,
  nameKey,
  parse,
  readBind,
  readExecute,
  readParse,
  readTarget,
} from '../../wire/frontend.js'
import { captureParameters } from './capture.js'
import { waits } from './decider.js'
import { preparedBySql } from './descriptions.js'
import { noted, refusedBy, type FrontendParts } from './frontend-parts.js'
import type { Statement } from './journal.js'
import type { Verdict } from './wait.js'

/** A portal that the client has asked for. */
interface Bound {
  readonly statement: Statement
  executed: boolean
  /** By which rules it was approved, where policy may decide otherwise another time. */
  readonly approved: readonly string[] | undefined
}

const noTypes: Buffer = Buffer.alloc(0)

/** Requests of the extended query, and what the client has given names to. */
export class ExtendedRequests {
  readonly #parts: FrontendParts
  /** Statements and portals as the client has asked for them; the server's answers may yet differ (Descriptions). */
  readonly #prepared = new Map<string, string>()
  /** Parameter types that a Parse declared, where it did. */
  readonly #types = new Map<string, Buffer>()
  readonly #portals = new Map<string, Bound>()
  /** Portals described and nothing run since, which could have put another in their place: Execute needs no description of ours. */
  readonly #described = new Set<string>()

  constructor(parts: FrontendParts) {
    this.#parts = parts
  }

  parse(buffer: Buffer, start: number, end: number): void {
    let name = ''
    let types = noTypes
    this.#parts.open.opens('prepared')
    const { text, decision } = this.#parts.decider.decide(() => {
      const message = readParse(buffer, start, end)
      name = message.name
      types = message.types
      return message.text
    })
    const refused = decision.kind === 'refuse' ? decision.error : undefined
    // What needs an approval is held where it would run, with its parameters: at Bind.
    const allowed = decision.kind === 'refuse' ? undefined : decision.statements[0]
    this.#parts.state.push({ kind: 'parse', name, prepared: { text, allowed }, refused })
    if (decision.kind === 'refuse') {
      this.#parts.state.journal.refusal(text, decision.error, decision.rule)
      // A Parse that fails still drops the unnamed statement; a Bind would leave an older one there to be executed.
      if (name === '') this.#prepared.delete(name)
      this.#parts.out.put(parse(name, this.#parts.refused))
      return
    }
    this.#prepared.set(nameKey(name), text)
    if (name !== '' && (decision.kind !== 'allow' || decision.open || this.#parts.decider.raises))
      this.#parts.decider.later.remember({ of: 'statement', name }, text)
    if (types.length > 0) this.#types.set(nameKey(name), Buffer.from(types))
    else this.#types.delete(nameKey(name))
    this.#parts.out.keep(buffer, start, end)
  }

  /** Binding plans the statement and may already run functions: it is recorded here, not at Execute. */
  bind(buffer: Buffer, start: number, end: number, verdict?: Verdict): void {
    const bind = readBind(buffer, start, end)
    const known = this.#prepared.get(nameKey(bind.statement))
    const text = known ?? preparedBySql(bind.statement)
    // Decided at Parse, and again now: the catalog or the clock may say otherwise by this time.
    const decision =
      known === undefined
        ? this.#parts.decider.decideNamed(bind.statement, text, verdict, bind)
        : this.#parts.decider.decideToRun(() => known, verdict, bind).decision
    if (waits(decision)) {
      const { parameters, parameterFormats } = bind
      const parameterTypes = this.#types.get(nameKey(bind.statement))
      const named =
        known === undefined ? this.#parts.decider.later.textsOf({ of: 'statement', name: bind.statement }) : undefined
      const exact = { text, parameters, parameterFormats, parameterTypes, named }
      return this.#parts.decider.stopAt(decision, exact, (next) => this.bind(buffer, start, end, next))
    }
    this.#parts.open.opens('bound')
    const refused = decision.kind === 'refuse' ? decision.error : undefined
    const approved = decision.kind === 'allow' ? this.#parts.decider.ran(text, decision, bind.portal) : undefined
    const statement =
      decision.kind === 'refuse'
        ? this.#parts.state.journal.refusal(text, decision.error, decision.rule, refusedBy(verdict))
        : this.#parts.state.journal.statement('extended', text, {
            statementName: bind.statement,
            portal: bind.portal,
            parameters: captureParameters(bind.parameters, bind.parameterFormats),
            ...noted(decision, this.#parts.decider),
          })
    this.#portals.set(nameKey(bind.portal), { statement, executed: false, approved })
    this.#described.delete(nameKey(bind.portal))
    this.#parts.state.push({
      kind: 'bind',
      portal: bind.portal,
      name: bind.statement,
      text,
      formats: bind.resultFormats,
      statement,
      // What SQL prepared is known by its own facts, not by those of an EXECUTE.
      allowed: decision.kind === 'allow' && known !== undefined ? decision.statements[0] : undefined,
      refused,
      raise: this.#parts.decider.raise,
    })
    if (refused) this.#parts.out.put(bindOf(this.#parts.refused))
    else this.#parts.out.keep(buffer, start, end)
  }

  /** @returns whether the message goes on as it is */
  execute(buffer: Buffer, start: number, end: number): boolean {
    const { portal } = readExecute(buffer, start, end)
    this.#parts.open.opens('bound')
    const bound = this.#portals.get(nameKey(portal))
    const refused = bound?.approved && this.#parts.decider.again(bound.statement.text, bound.approved)
    if (refused) {
      const { text } = bound.statement
      const statement = this.#parts.state.journal.refusal(text, refused.error, refused.rule)
      const what = { portal, name: this.#parts.refused, text, formats: [], allowed: undefined }
      this.#parts.state.push({ kind: 'bind', ...what, statement, refused: refused.error })
      this.#parts.out.put(bindOf(this.#parts.refused))
      return false
    }
    // A portal that goes on, or one that SQL opened, is a statement of its own in the recording.
    const statement =
      bound && !bound.executed
        ? bound.statement
        : this.#parts.state.journal.statement('extended', bound?.statement.text ?? `-- cursor: ${portal}`, { portal })
    if (bound) bound.executed = true
    if (this.#parts.state.guard?.masking && !this.#described.has(nameKey(portal))) {
      this.#parts.state.push({ kind: 'describe', of: 'P', name: portal, own: true })
      this.#parts.out.put(describePortal(portal))
    }
    this.#described.clear()
    this.#parts.state.push({ kind: 'execute', portal, statement })
    return true
  }

  describe(buffer: Buffer, start: number, end: number): void {
    const { of, name } = readTarget(buffer, start, end)
    if (of === 'P') this.#described.add(nameKey(name))
    this.#parts.open.opens('prepared')
    this.#parts.state.push({ kind: 'describe', of: of ?? 'S', name, own: false })
  }

  close(buffer: Buffer, start: number, end: number): void {
    const { of, name } = readTarget(buffer, start, end)
    if (of === 'S') this.#prepared.delete(nameKey(name))
    this.#parts.open.opens('prepared')
    this.#parts.state.push({ kind: 'close', of: of ?? 'S', name })
  }

  /** Something else may run now: no portal is known to be what was described. */
  ended(): void {
    this.#described.clear()
  }
}
