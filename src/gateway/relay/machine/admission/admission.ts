import { asHoopError, HoopError } from '../../../../lib/errors.js'
import type { AllowedStatement, ApprovalRule, Asker, Decision } from '../../../../policy/decision.js'
import type { Raise } from '../../../budgets/budgets.js'
import type { PreparedStatement } from '../names/names.js'
import type { State } from '../state.js'
import type { Given, HeldStatement, Wants, Waiting } from '../suspension/suspension.js'
import { afforded, raiseOf } from './afford.js'
import { decideByName, decideMeanings, textsRun } from './by-name.js'
import { inFull } from './in-full.js'
import type { Admission, Refusal } from './outcome.js'
import { either } from './stricter.js'
import { executeOf, type ToRun } from './to-run.js'
import { REFUSED, RENEWED } from './unknown-names.js'

const unguarded: Admission = {
  ...{ kind: 'admitted', statements: [], warnings: undefined, observed: undefined, open: false },
  ...{ rules: [], approval: undefined, estimate: undefined, raise: undefined, found: [] },
}

export const nobodyToAsk = ({ name, message }: ApprovalRule): HoopError =>
  new HoopError('APPROVAL_REQUIRED', message ?? `rule ${name}`, { detail: `The rule is ${name}.` })

const refused = (error: HoopError, rule?: string): Refusal => ({ kind: 'refused', error, rule })

/** The one way to the server: guard, names, names that nobody knows, caps, budgets. */
export class Admissions {
  readonly #state: State
  /** In which the message at hand is sent. */
  readonly #pipeline: () => number

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
    if (!given.decided && guard.slow?.(text)) return { kind: 'waits', wants: { kind: 'decision', text } }
    const decision = guard.decide(text, asker)
    if (decision.kind === 'refuse') return this.#refused(decision)
    return { ...unguarded, statements: decision.statements }
  }

  /**
   * Decides on whatever is about to run. Anything that goes wrong meanwhile is a refusal.
   * @param given what it waited for came to
   */
  admit(toRun: ToRun, given: Given): Admission | Refusal | Waiting {
    if (given.refused) {
      const { error, rule, approval } = given.refused
      return { kind: 'refused', error, rule, approval }
    }
    if (!this.#state.guard) return unguarded
    try {
      return this.#admit(toRun, given)
    } catch (error) {
      return refused(asHoopError(error))
    }
  }

  #admit(toRun: ToRun, given: Given): Admission | Refusal | Waiting {
    const { unknownNames, caps, metering, guard } = this.#state
    if (toRun.kind === 'text' && !given.decided && guard?.slow?.(toRun.text))
      return { kind: 'waits', wants: { kind: 'decision', text: toRun.text } }
    const goesOn = toRun.kind === 'portal'
    const found: (readonly [PreparedStatement, AllowedStatement | undefined])[] = []
    const word = this.#approved(this.#word(toRun, given, found), given)
    if (word.kind === 'refuse') return this.#refused(word)
    if (!goesOn && !given.renewed && this.#state.renews && unknownNames.among(word.statements))
      return { kind: 'waits', wants: { kind: 'catalog', age: RENEWED } }
    const bound = toRun.kind === 'bind' ? toRun.bind : undefined
    const capped = goesOn ? caps.failures(word.statements) : caps.refusal(toRun.text, word.statements, bound)
    if (capped) return refused(capped)
    if (toRun.kind === 'portal') return this.#goesOn(toRun, word)
    const returns = metering !== undefined && word.statements.some((statement) => statement.returns !== false)
    const raise = returns ? raiseOf(metering.meter, toRun.text, bound, given.rules) : undefined
    const last = returns ? afforded(metering.meter, word, raise) : word
    if (last.kind === 'refuse') return this.#refused(last)
    if (last.kind === 'allow') return this.#admitted(last, given, raise, found)
    return { kind: 'waits', wants: this.#wants(last, toRun) }
  }

  /** The guard's word on the texts, and on those that are run by name. */
  #word(toRun: ToRun, given: Given, found: (readonly [PreparedStatement, AllowedStatement | undefined])[]): Decision {
    const guard = this.#state.guard!
    const from = { guard, names: this.#state.names, pipeline: this.#pipeline() }
    const asker = given.estimate ? this.#asker({ estimate: given.estimate }) : this.#state.asker
    const ofText = (text: string): Decision => decideByName(from, guard.decide(text, asker), asker)
    if (toRun.kind === 'text') return ofText(toRun.text)
    if (toRun.kind === 'portal') return this.#portals(toRun)
    const { meanings, bind } = toRun
    // SQL can't prepare the unnamed statement: there is none.
    if (meanings.length === 0 && bind.statement === '') return { kind: 'allow', statements: [] }
    let all: Decision | undefined
    for (const meaning of meanings) {
      if (meaning.bySql) continue
      const one = ofText(meaning.text)
      found.push([meaning, one.kind === 'refuse' ? undefined : one.statements[0]])
      all = all ? either(all, one) : one
    }
    const bySql = meanings.filter((meaning) => meaning.bySql)
    if (all && bySql.length === 0) return all
    const own = unplanned(guard.decide(executeOf(bind.statement), asker), bind.parameters.length)
    const named = decideMeanings(guard, own, bySql, bind.statement, asker)
    return all ? either(all, named) : named
  }

  /** What goes on was counted and searched for when it was bound. */
  #portals({ meanings }: Extract<ToRun, { kind: 'portal' }>): Decision {
    const guard = this.#state.guard!
    const from = { guard, names: this.#state.names, pipeline: this.#pipeline() }
    let all: Decision = { kind: 'allow', statements: meanings.every(({ text }) => text !== '') ? [] : [anyCursor] }
    if (meanings.length === 0) return { kind: 'allow', statements: [anyCursor] }
    for (const portal of meanings) {
      if (portal.text === '') continue
      const asker = this.#asker({ estimate: { rows: 0 }, ...(portal.bySql && { running: true }) })
      const then = decideByName(from, guard.decide(portal.text, asker), asker)
      if (then.kind === 'refuse') return then
      const open = then.kind === 'hold' ? [then.rule, ...(then.others ?? [])] : []
      const rule = open.find(({ name }) => !portal.approved.includes(name))
      if (rule) return { kind: 'refuse', error: nobodyToAsk(rule), rule: rule.name }
      all = { ...all, statements: [...all.statements, ...then.statements] }
    }
    return all
  }

  #goesOn({ meanings }: Extract<ToRun, { kind: 'portal' }>, word: Exclude<Decision, { kind: 'refuse' }>) {
    const meter = this.#state.metering?.meter
    const [portal] = meanings
    const raise = portal?.raise
    // DECLARE itself returns nothing, its cursor does.
    const returns = meanings.some(({ bySql }) => bySql) || word.statements.some((each) => each.returns !== false)
    const over = returns ? meter?.spentUp(raise?.budgets) : undefined
    return over ? refused(over) : { ...unguarded, statements: word.statements, raise }
  }

  #admitted(
    { statements, warnings, observed, open }: Extract<Decision, { kind: 'allow' }>,
    { rules, approvals, estimate }: Given,
    raise: Raise | undefined,
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
      found,
    }
  }

  #refused({ error, rule }: Extract<Decision, { kind: 'refuse' }>): Refusal {
    // A name that came later is refused until the next reading, which nobody waits for.
    if (error.code === 'STATEMENT_UNPROVEN' && this.#state.renews)
      this.#state.commands.push({ kind: 'renew', age: REFUSED })
    return refused(error, rule)
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
    const { names, searchPath } = this.#state
    const meant = toRun.kind === 'bind' ? toRun.meanings.filter(({ bySql }) => bySql).map(({ text }) => text) : []
    const run = [...meant, ...textsRun({ names, pipeline: this.#pipeline() }, statements)]
    const text = inFull(toRun.text, run, searchPath.other)
    const { rule, others } = waiting
    return { kind: 'approval', held: { ...bound, text, rule, others, facts: statements } }
  }

  #asker(more: Partial<Asker>): Asker {
    const { asker } = this.#state
    return { ...asker, now: asker.now, ...more }
  }
}

/** A cursor that nobody has seen being opened: it may show anything. */
const anyCursor: AllowedStatement = {
  ...{ kind: 'fetch', kinds: ['fetch'], reads: [], writes: [], scrub: true, ddl: false },
}

const exactly = (toRun: ToRun): Pick<HeldStatement, 'parameters' | 'parameterFormats' | 'parameterTypes'> =>
  toRun.kind === 'bind'
    ? {
        parameters: toRun.bind.parameters,
        parameterFormats: toRun.bind.parameterFormats,
        parameterTypes: toRun.meanings.at(-1)?.types,
      }
    : { parameters: [], parameterFormats: [], parameterTypes: undefined }

/** With parameters, EXECUTE of the bare name is another statement to the planner. */
const unplanned = (own: Decision, parameters: number): Decision =>
  own.kind === 'refuse' || parameters === 0
    ? own
    : { ...own, statements: own.statements.map(({ planned: _, ...statement }) => statement) }
