import { randomUUID } from 'node:crypto'
import { HoopError } from '../../../../lib/errors.js'
import type { AllowedStatement, ApprovalRule, Asker, Decision } from '../../../../policy/decision.js'
import type { Raise } from '../../../budgets/budgets.js'
import type { Portal } from '../names/names.js'
import { lags, type State } from '../state.js'
import { follows } from '../witness/following.js'
import { type Given, nothing, type Wants, type Waiting } from '../suspension/suspension.js'
import { afforded, raiseOf } from './afford.js'
import { type Asked, askedBy, questionsRefused } from './asked.js'
import {
  decideByName,
  type NamedDecision,
  type NamedDecisions,
  notKnown,
  parsedAndRun,
  textsRun,
  unanswered,
} from './by-name.js'
import { type BoundParameters, noParameters } from './given-keys.js'
import { type Admission, refused, refusedBy, type Refusal, unguarded } from './outcome.js'
import { undecided, unread } from './unread.js'
import { anyCursor, exactly, executeOf, type ToRun, unplanned } from './to-run.js'

export const nobodyToAsk = ({ name, message }: ApprovalRule): HoopError =>
  new HoopError('APPROVAL_REQUIRED', message ?? `rule ${name}`, { detail: `The rule is ${name}.` })

/** The one way to the server: guard, names, names that nobody knows, caps, budgets. */
export class Admissions {
  readonly #state: State
  /** In which the message at hand is sent. */
  readonly #pipeline: () => number
  /** With the number of what is decided on, a name for one run of a statement among those of all sessions. */
  readonly #session = randomUUID()
  #runs = 0

  constructor(state: State, pipeline: () => number) {
    this.#state = state
    this.#pipeline = pipeline
  }

  /** Somebody may be asked for more of a budget, so it has to be known what runs by a name. */
  get raises(): boolean {
    return this.#state.metering?.meter.raises === true
  }

  /** What is certain when a text is parsed. Whatever depends on parameters, time, budgets or an approval comes later. */
  parsed(text: string, given: Given): Admission | Refusal | Waiting {
    const { guard, asker } = this.#state
    if (given.refused) return refused(given.refused.error)
    if (!guard) return unguarded
    try {
      const waits = unread(guard, text, given)
      if (waits) return waits
      const decision = guard.decide(text, asker)
      if (decision.kind === 'refuse') return this.#renewed(decision, given) ?? refusedBy(decision)
      return { ...unguarded, statements: decision.statements }
    } catch (error) {
      return undecided(this.#state.guard, error, given)
    }
  }

  /**
   * Decides on whatever is about to run. Anything that goes wrong meanwhile is a refusal.
   * @param given what it waited for came to
   */
  admit(toRun: ToRun, given: Given): Admission | Refusal | Waiting {
    if (given.refused) {
      const { error, rule, approval } = given.refused
      return { kind: 'refused', error, rule, approval, facts: this.#factsOf(toRun, given) }
    }
    if (!this.#state.guard) return unguarded
    // What has waited comes again, and is no other run of the statement.
    if (given === nothing) this.#runs++
    try {
      return this.#admit(toRun, given)
    } catch (error) {
      return undecided(this.#state.guard, error, given)
    }
  }

  #admit(toRun: ToRun, given: Given): Admission | Refusal | Waiting {
    const { unknownNames, caps, metering, guard } = this.#state
    const waits = toRun.kind === 'text' ? unread(guard, toRun.text, given) : undefined
    if (waits) return waits
    const goesOn = toRun.kind === 'portal'
    const found: NamedDecisions['found'] = []
    const said = this.#word(toRun, given, found)
    // What a mask, a rule or an approval rests on is what runs, and not what might.
    if (said.kind === 'unanswered')
      return given.answered ? refused(notKnown()) : { kind: 'waits', wants: { kind: 'answers' } }
    const word = this.#approved(said, given)
    if (word.kind === 'refuse') return (goesOn ? undefined : this.#renewed(word, given)) ?? refusedBy(word)
    if (!goesOn && !given.renewed && this.#state.renews && (unknownNames.among(word.statements) || this.#lags(word)))
      return { kind: 'waits', wants: { kind: 'catalog' } }
    const bound = toRun.kind === 'bind' ? toRun.bind : undefined
    const run = goesOn ? [] : parsedAndRun(this.#from(this.#state.asker), word.statements)
    const capped = goesOn
      ? caps.failures(word.statements)
      : caps.refusal(toRun.text, [...word.statements, ...run], bound)
    if (capped) return refused(capped)
    if (toRun.kind === 'portal') return this.#goesOn(toRun, word)
    const returns = metering !== undefined && word.statements.some((statement) => statement.returns !== false)
    const raise = returns ? raiseOf(metering.meter, toRun.text, bound, given.rules) : undefined
    const last = returns ? afforded(metering.meter, word, raise) : word
    if (last.kind === 'refuse') return refused(last.error, last.rule)
    if (last.kind === 'allow') {
      const asked = this.#asked(toRun.text, word.statements, bound)
      const over = asked && questionsRefused(asked, metering!.meter)
      return over ? refused(over) : this.#admitted(last, given, raise, asked?.searches === true, found)
    }
    return { kind: 'waits', wants: this.#wants(last, toRun) }
  }

  /** What would have run, for the record. */
  #factsOf(toRun: ToRun, given: Given): Refusal['facts'] {
    try {
      const word = this.#state.guard && this.#word(toRun, given, [])
      return word && ('statements' in word ? word.statements : 'facts' in word ? word.facts : undefined)
    } catch {
      return undefined
    }
  }

  /** The guard's word on the text, and on what it runs by name. */
  #word(toRun: ToRun, given: Given, found: NamedDecisions['found']): NamedDecision {
    const from = this.#from(given.estimate ? this.#asker({ estimate: given.estimate }) : this.#state.asker, found)
    const { guard, asker } = from
    if (toRun.kind === 'text') return decideByName(from, guard.decide(toRun.text, asker))
    const [meaning, more] = toRun.meanings
    if (more) return unanswered
    if (toRun.kind === 'portal') return this.#portal(toRun.meanings[0])
    const { bind } = toRun
    if (meaning && !meaning.bySql && meaning.facts) return decideByName(from, guard.decide(meaning.text, asker))
    // SQL can't prepare the unnamed statement: there is none.
    if (bind.statement === '') return { kind: 'allow', statements: [] }
    return decideByName(from, unplanned(guard.decide(executeOf(bind.statement), asker), bind.parameters.length))
  }

  /** What goes on was counted and searched for when it was bound. */
  #portal(portal: Portal | undefined): NamedDecision {
    if (!portal || portal.text === '') return { kind: 'allow', statements: [anyCursor] }
    const from = this.#from(this.#asker({ estimate: { rows: 0 }, ...(portal.bySql && { running: true }) }))
    const then = decideByName(from, from.guard.decide(portal.text, from.asker))
    if (then.kind === 'refuse' || then.kind === 'unanswered') return then
    const open = then.kind === 'hold' ? [then.rule, ...(then.others ?? [])] : []
    const rule = open.find(({ name }) => !portal.approved.includes(name))
    if (rule) return { kind: 'refuse', error: nobodyToAsk(rule), rule: rule.name }
    return { kind: 'allow', statements: then.statements, ...(then.behind && { behind: then.behind }) }
  }

  #from(asker: Asker, found: NamedDecisions['found'] = []): NamedDecisions {
    return { guard: this.#state.guard!, names: this.#state.names, pipeline: this.#pipeline(), asker, found }
  }

  #goesOn({ meanings: [portal] }: Extract<ToRun, { kind: 'portal' }>, word: Exclude<Decision, { kind: 'refuse' }>) {
    const meter = this.#state.metering?.meter
    const raise = portal?.raise
    // DECLARE itself returns nothing, its cursor does.
    const returns = portal?.bySql || word.statements.some((each) => each.returns !== false)
    const over = returns ? meter?.spentUp(raise?.budgets) : undefined
    if (over) return refused(over)
    const searches = portal?.searches === true || this.#asked('', word.statements)?.searches === true
    if (portal) portal.searches ||= searches
    const used = searches && meter && meter.neighborsLeft <= 0
    return used
      ? refused(meter.asksTooMuch('neighbors'))
      : { ...unguarded, statements: word.statements, behind: word.behind ?? [], raise, searches }
  }

  #admitted(
    { statements, warnings, observed, open, behind }: Extract<Decision, { kind: 'allow' }>,
    { rules, approvals, estimate }: Given,
    raise: Raise | undefined,
    searches: boolean,
    found: Admission['found'],
  ): Admission {
    return {
      kind: 'admitted',
      statements,
      warnings,
      observed,
      open: open === true,
      rules,
      approval: approvals.length > 0 ? approvals.join(' ') : undefined,
      estimate: estimate && 'rows' in estimate ? estimate.rows : undefined,
      raise,
      searches,
      found,
      behind: behind ?? [],
    }
  }

  /** What statements would find out about masked values, where that is counted. */
  #asked(text: string, statements: readonly AllowedStatement[], bound?: BoundParameters): Asked | undefined {
    const { guard, metering, asker } = this.#state
    if (!metering?.meter.asks || !guard?.masking || guard.clear) return undefined
    return askedBy(this.#from(asker), statements, {
      text,
      bound: bound ?? noParameters,
      run: `${this.#session} ${this.#runs}`,
    })
  }

  /** What is refused may be so by a catalog that has changed since: it is looked at once before a refusal. */
  #renewed({ error, rests }: Extract<Decision, { kind: 'refuse' }>, given: Given): Waiting | undefined {
    const { renews, transaction, queue } = this.#state
    const unsure = rests === true || error.code === 'STATEMENT_UNPROVEN'
    if (unsure && !given.followed && follows(this.#state)) return { kind: 'waits', wants: { kind: 'own' } }
    // In a transaction that has failed the server runs nothing.
    const failed = transaction === 'E' && queue.length === 0
    const looks = unsure && renews && !given.renewed && !given.followed && !failed
    return looks ? { kind: 'waits', wants: { kind: 'catalog' } } : undefined
  }

  /** The catalog lacks what this session has committed, and inside of a transaction nothing can be played again. */
  #lags({ statements }: Exclude<Decision, { kind: 'refuse' }>): boolean {
    return this.#state.transaction === 'T' && lags(this.#state) && statements.some(({ premise }) => premise)
  }

  /** Of an approval, the rules that it was given for are satisfied. */
  #approved(decision: Decision, { rules }: Given): Decision {
    if (decision.kind !== 'hold') return decision
    const [rule, ...others] = [decision.rule, ...(decision.others ?? [])].filter(({ name }) => !rules.includes(name))
    return rule ? { ...decision, rule, others } : { ...decision, kind: 'allow', open: true }
  }

  #wants(waiting: Extract<Decision, { kind: 'hold' | 'estimate' }>, toRun: Exclude<ToRun, { kind: 'portal' }>): Wants {
    const bound = exactly(toRun)
    const { statements } = waiting
    if (waiting.kind === 'estimate') {
      const scrub = statements.some((each) => each.scrub)
      return { kind: 'estimate', question: { sql: waiting.sql, folds: waiting.folds, scrub }, bound }
    }
    const named = [...new Set(textsRun(this.#from(this.#state.asker), statements))]
    const { other } = this.#state.searchPath
    const path = other === undefined ? {} : { searchPath: other }
    const { rule, others } = waiting
    return { kind: 'approval', held: { ...bound, text: toRun.text, named, ...path, rule, others, facts: statements } }
  }

  #asker(more: Partial<Asker>): Asker {
    const { asker } = this.#state
    return { ...asker, now: asker.now, ...more }
  }
}
