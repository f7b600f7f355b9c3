import { asHoopError, HoopError } from '../../lib/errors.js'
import type { Raise } from '../budgets/lines.js'
import type { Allowed, AllowedStatement, Asker, Decision, Estimate, Held, Unestimated } from '../../policy/decision.js'
import type { BoundParameters } from './caps.js'
import { type Exact, inFull, type Naming } from './in-full.js'
import { Later } from './later.js'
import { afforded, spending } from './spending.js'
import type { RelayState } from './state.js'
import { REFUSED, RENEWED } from './strangers.js'
import type { Gate, HeldStatement, Verdict, Wait } from './wait.js'

export const allowAll: Allowed = { kind: 'allow', statements: [] }

interface RefusedNow {
  readonly kind: 'refuse'
  readonly error: HoopError
  readonly rule?: string | undefined
}

/** It uses names that the catalog doesn't know yet. */
interface Unread {
  readonly kind: 'unread'
  readonly statements: readonly AllowedStatement[]
}

export type DecisionNow = Exclude<Decision, { kind: 'refuse' }> | Unread | RefusedNow

/** Something has to be waited for. */
export type Waiting = Held | Unestimated | Unread

const waiting: ReadonlySet<string> = new Set(['hold', 'estimate', 'unread'])

export const waits = (decision: DecisionNow): decision is Waiting => waiting.has(decision.kind)

/** What the waits of one message came to. */
interface Given {
  /** The catalog is as new as can be. */
  readonly renewed?: boolean
  readonly estimate?: Estimate
  readonly rules: readonly string[]
  readonly approvals: readonly string[]
}

const nothing: Given = { rules: [], approvals: [] }

const nobodyToAsk = ({ name, message }: Held['rule']): HoopError =>
  new HoopError('APPROVAL_REQUIRED', message ?? `rule ${name}`, { detail: `The rule is ${name}.` })

/** What the policy says of a text, and the stop at one that has to wait. */
export class Decider {
  readonly #state: RelayState
  readonly #gate: Gate | undefined
  readonly later = new Later()
  /** Where the client's side has stopped. */
  wait: Wait | undefined
  #spending: Raise | undefined
  /** What the waits of the message at hand came to: an approval is for its rules, and for nothing else. */
  #given: Given = nothing

  /** @param gate without one, what needs an approval is refused */
  constructor(state: RelayState, gate: Gate | undefined) {
    this.#state = state
    this.#gate = gate
  }

  /** Ids of the requests by which the message at hand was approved. */
  get approval(): string | undefined {
    return this.#given.approvals.join(' ') || undefined
  }

  /** What the statement at hand may take beyond its budgets. */
  get raise(): Raise | undefined {
    return this.#spending
  }

  /** Somebody may be asked for more of a budget, so it has to be known what runs by a name. */
  get raises(): boolean {
    return this.#state.metering?.meter.raises === true
  }

  /** Rows that the planner expects, where it was asked. */
  get estimate(): number | undefined {
    const { estimate } = this.#given
    return estimate && 'rows' in estimate ? estimate.rows : undefined
  }

  /**
   * Anything that goes wrong while reading or deciding is a refusal.
   * @param verdict where it waited before
   * @param decide what policy says beside the guard's word on the text
   */
  decide(
    read: () => string,
    verdict?: Verdict,
    also: (own: Decision, asker: Asker) => Decision = (own) => own,
  ): { text: string; decision: DecisionNow } {
    let text = ''
    try {
      if (!verdict) this.#given = nothing
      text = read()
      if (verdict?.kind === 'refuse') return { text, decision: verdict }
      const { guard, asker: whoever } = this.#state
      if (!guard) return { text, decision: allowAll }
      const { estimate } = this.#given
      const asker = estimate ? { ...whoever, now: whoever.now, estimate } : whoever
      const own = guard.decide(text, asker)
      // A name that came later is refused until the next reading, which nobody waits for.
      if (own.kind === 'refuse' && own.error.code === 'STATEMENT_UNPROVEN')
        guard.renew?.(REFUSED)?.catch(() => undefined)
      return { text, decision: this.#approved(also(own, asker)) }
    } catch (error) {
      return { text, decision: { kind: 'refuse', error: asHoopError(error) } }
    }
  }

  /** The same for a statement that runs next. Where nothing more may leave, what returns rows isn't run in the first place. */
  decideToRun(read: () => string, verdict?: Verdict, bound?: BoundParameters): { text: string; decision: DecisionNow } {
    const { guard } = this.#state
    const decided = this.decide(read, verdict, (own, asker) => (guard ? this.later.decide(guard, own, asker) : own))
    const decision = this.#read(decided.decision)
    return { text: decided.text, decision: this.#affordable(decided.text, decision, bound) }
  }

  /** The same for what only SQL has given a name to: a Bind of it is an EXECUTE in all but its form. */
  decideNamed(name: string, text: string, verdict: Verdict | undefined, bound: BoundParameters): DecisionNow {
    const { guard } = this.#state
    // SQL can't prepare the unnamed statement: there is none.
    if (!guard || name === '') return allowAll
    const written = `EXECUTE "${name.replaceAll('"', '""')}"`
    const decided = this.decide(
      () => written,
      verdict,
      (own, asker) => this.later.decide(guard, bound.parameters.length > 0 ? unplanned(own) : own, asker),
    )
    return this.#affordable(text, this.#read(decided.decision), bound)
  }

  /**
   * A statement is on its way to the server: what it gives names to is remembered where that may matter later.
   * @param portal that it is bound to
   * @returns the rules that it was approved by, where hours or who asks may yet decide otherwise
   */
  ran(text: string, { statements, open }: Allowed, portal = ''): readonly string[] | undefined {
    const { rules } = this.#given
    if (open || this.raises)
      for (const { defines } of statements) if (defines) this.later.remember(defines, text, rules)
    if (!open) return undefined
    if (portal !== '') this.later.remember({ of: 'portal', name: portal }, text, rules)
    return rules
  }

  /** Why more may not be fetched from what was bound before. @param approved the rules by which it was */
  again(text: string, approved: readonly string[]): RefusedNow | undefined {
    const { guard, asker } = this.#state
    // It was counted when it was bound.
    const decision = guard?.decide(text, { ...asker, now: asker.now, estimate: { rows: 0 } })
    if (decision?.kind === 'refuse') return decision
    const all = decision?.kind === 'hold' ? [decision.rule, ...(decision.others ?? [])] : []
    const rule = all.find(({ name }) => !approved.includes(name))
    return rule && { kind: 'refuse', error: nobodyToAsk(rule), rule: rule.name }
  }

  /** Of an approval, the rules that it was given for are satisfied. */
  #approved(decision: Decision): Decision {
    if (decision.kind !== 'hold') return decision
    const { rules } = this.#given
    const open = [decision.rule, ...(decision.others ?? [])].filter(({ name }) => !rules.includes(name))
    const [rule, ...others] = open
    return rule ? { ...decision, rule, others } : { ...decision, kind: 'allow', open: true }
  }

  /** What was decided on names that nobody knew is decided again once the catalog has been read. */
  #read(decision: DecisionNow): DecisionNow {
    const { guard, strangers } = this.#state
    if (decision.kind === 'refuse' || this.#given.renewed || !guard?.renew) return decision
    return strangers.among(decision.statements) ? { kind: 'unread', statements: decision.statements } : decision
  }

  #affordable(text: string, decision: DecisionNow, bound: BoundParameters | undefined): DecisionNow {
    this.#spending = undefined
    if (decision.kind === 'refuse') return decision
    const error = this.#state.caps.refusal(text, decision.statements, bound)
    if (error) return { kind: 'refuse', error }
    const meter = this.#state.metering?.meter
    if (!meter || decision.statements.every(({ returns }) => returns === false)) return decision
    this.#spending = spending(meter, text, bound, this.#given.rules)
    return afforded(meter, decision, this.#spending)
  }

  /** Stops until what is waited for is there. @param end takes the message up again, with the verdict */
  stopAt(waiting: Waiting, statement: Exact, end: Wait['end']): void {
    const exact = { parameters: [], parameterFormats: [], parameterTypes: undefined, ...statement }
    const begin = this.#beginning(waiting, exact)
    if (begin instanceof HoopError) {
      const rule = waiting.kind === 'hold' ? waiting.rule.name : undefined
      return end({ kind: 'refuse', error: begin, rule })
    }
    this.wait = {
      begin,
      end: (verdict) => {
        this.wait = undefined
        this.#given = add(this.#given, verdict)
        end(verdict)
      },
    }
  }

  #beginning(waiting: Waiting, exact: Omit<HeldStatement, 'rule' | 'facts'> & Naming): Wait['begin'] | HoopError {
    if (waiting.kind === 'hold') return this.#asking(waiting, exact)
    return waiting.kind === 'estimate' ? this.#planning(waiting, exact) : this.#renewing(waiting)
  }

  /** What went before may have made what it names. */
  #renewing({ statements }: Unread): Wait['begin'] {
    return async () => {
      const { guard, strangers } = this.#state
      if (strangers.among(statements)) await guard?.renew?.(RENEWED)
      return { kind: 'renewed' }
    }
  }

  #asking(
    { rule, others, statements: facts }: Held,
    exact: Omit<HeldStatement, 'rule' | 'facts'> & Naming,
  ): Wait['begin'] | HoopError {
    const gate = this.#gate
    if (!gate) return nobodyToAsk(rule)
    const text = inFull(exact.text, exact.named ?? this.later.run(facts), this.#state.searchPath.other)
    return (place, signal) =>
      gate.pass({ ...exact, text, rule, others, facts }, place, (event) => this.#state.journal.approval(event), signal)
  }

  #planning(
    { sql, folds, statements }: Unestimated,
    exact: Omit<HeldStatement, 'rule' | 'facts'> & Naming,
  ): Wait['begin'] {
    const scrub = statements.some((each) => each.scrub)
    return async (place) => ({ kind: 'estimated', estimate: await place.plan({ sql, folds, scrub }, exact) })
  }
}

/** With parameters, EXECUTE of the bare name is another statement to the planner. */
const unplanned = (own: Decision): Decision =>
  own.kind === 'refuse' ? own : { ...own, statements: own.statements.map(({ planned: _, ...statement }) => statement) }

const add = (given: Given, verdict: Verdict): Given => {
  if (verdict.kind === 'renewed') return { ...given, renewed: true }
  if (verdict.kind === 'estimated') return { ...given, estimate: verdict.estimate }
  if (verdict.kind === 'refuse') return given
  return {
    ...given,
    rules: [...given.rules, verdict.rule, ...(verdict.others ?? [])],
    approvals: [...given.approvals, verdict.approval],
  }
}
