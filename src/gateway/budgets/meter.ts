import { HoopError } from '../../lib/errors.js'
import type { BudgetsConfig } from '../../policy/config/schema.js'
import { amount, type Counts, nothing, type Unit, units } from './counts.js'
import { type BudgetName, type Limits, type Budget, budgetsOf, isSpent, nameOf, type Raise, Used } from './budgets.js'
import type { PersonUsage, Window } from './person-usage.js'
import { type Question, type QuestionLimits, questionWords } from './questions.js'
import type { ApprovalRule } from '../../policy/decision.js'

/** Share of a budget at which its holder is warned. */
const WARN_AT = 0.8

export interface Exhaustion {
  readonly budget: BudgetName
  readonly per?: Window
  readonly unit: Unit
  readonly limit: number
  readonly used: Counts
}

/**
 * Counts what leaves in one session against its budgets. Others of the same person may stream at the same time: what is
 * left is read anew for each batch of messages, and one batch is never interrupted.
 */
export class Meter {
  readonly countsVectors: boolean
  readonly #lines: readonly Budget[]
  readonly #person: PersonUsage
  readonly #connection: string
  readonly #exhausted: (exhaustion: Exhaustion) => void
  readonly #session = new Used()
  #statement = new Used()
  readonly #questions: QuestionLimits
  /** Whether what leaves now was found by distances, and is counted as such. */
  #searches = false
  /** Counted since the last commit, and the most that it may become. */
  #rows = 0
  #bytes = 0
  #vectors = 0
  #most: Counts | undefined
  #wanted = nothing()
  #warnings: string[] = []

  constructor(
    budgets: BudgetsConfig,
    person: PersonUsage,
    exhausted: (exhaustion: Exhaustion) => void = () => {},
    connection = '',
    questions: QuestionLimits = {},
  ) {
    this.#questions = questions
    this.#connection = connection
    this.#person = person
    this.#exhausted = exhausted
    this.#lines = budgetsOf(budgets, person, { session: this.#session, statement: () => this.#statement })
    this.countsVectors = this.#lines.some(({ limits, raised }) => (limits.vectors ?? raised.vectors) !== undefined)
  }

  /** What follows is of this statement. @param raise by which it may go beyond budgets this time */
  use(statement: Used, raise?: Raise, searches = false): void {
    if (statement === this.#statement && statement.raise === raise && searches === this.#searches) return
    this.commit()
    this.#searches = searches && this.#questions.neighbors !== undefined
    this.#statement = statement
    statement.raise = raise
  }

  /** Whether somebody may be asked for more of any budget. */
  get raises(): boolean {
    return this.#lines.some(({ rule }) => rule)
  }

  /** Whether it is counted what is asked about masked values. */
  get asks(): boolean {
    const { queries, neighbors, guesses } = this.#questions
    return (queries ?? neighbors ?? guesses) !== undefined
  }

  /** Whether nothing more may leave before the store has noted what did. */
  get waits(): boolean {
    return this.#isKept && this.#person.lease.waits
  }

  /** Calls back once, as soon as nothing waits. */
  whenNoted(resume: () => void): void {
    this.#person.lease.whenAnswered(resume)
  }

  bounds(question: keyof QuestionLimits): boolean {
    return this.#questions[question] !== undefined
  }

  /** Rows that may still be found by distances on this day. */
  get neighborsLeft(): number {
    const { neighbors } = this.#questions
    return neighbors === undefined ? Infinity : neighbors - this.#person.questions.used('neighbors')
  }

  /** Counts what is about to be asked. @returns why it may not be */
  ask(wanted: Readonly<Record<Question, readonly string[]>>): HoopError | undefined {
    const { lease, questions } = this.#person
    const over = questions.ask(wanted, this.#questions, lease.questionsRefused !== undefined)
    return over === 'unnoted' ? lease.questionsRefused : over && this.asksTooMuch(over)
  }

  asksTooMuch(question: keyof QuestionLimits): HoopError {
    const limit = (this.#questions[question] ?? 0).toLocaleString('en-US')
    const { questions } = this.#person
    return new HoopError('QUESTIONS_EXHAUSTED', `${limit} ${questionWords[question]} per day`, {
      detail: `Counted so far: ${questions.used(question).toLocaleString('en-US')}.`,
      hint: `It counts anew from ${new Date(questions.ends).toISOString()}. What was asked before may be asked again.`,
    })
  }

  /** The approvals that a statement needs: its budgets are used up already, or were when it ran before. */
  wanted(key: string): readonly ApprovalRule[] {
    return this.#lines.flatMap((line) =>
      line.rule && (isSpent(line) || this.#person.exceeded(this.#key(key), line.name)) ? [line.rule] : [],
    )
  }

  /** Counts what is about to leave. @returns false where it may not: `refused()` says why */
  take(rows: number, bytes: number, vectors: number): boolean {
    const most = (this.#most ??= this.#left())
    const [r, b, v] = [this.#rows + rows, this.#bytes + bytes, this.#vectors + vectors]
    if (r > most.rows || b > most.bytes || v > most.vectors) {
      this.#wanted = { rows, bytes, vectors }
      return false
    }
    this.#rows = r
    this.#bytes = b
    this.#vectors = v
    return true
  }

  /** Why what was wanted last may not leave: the first budget that it goes beyond. */
  refused(): HoopError {
    this.commit()
    const refusal = this.#refusal
    if (refusal) return refusal
    if (this.#searches && this.#wanted.rows > this.neighborsLeft) return this.asksTooMuch('neighbors')
    for (const line of this.#lines) {
      const { limits, used } = this.#terms(line)
      for (const unit of units) {
        const limit = limits[unit]
        if (limit !== undefined && used[unit] + this.#wanted[unit] > limit) return this.#exhaust(line, unit, limit)
      }
    }
    return new HoopError('BUDGET_EXHAUSTED')
  }

  /** Why anything that returns rows is refused from the start. @param raised budgets that this statement may go beyond */
  spentUp(raised: readonly BudgetName[] = []): HoopError | undefined {
    const refusal = this.#refusal
    if (refusal) return refusal
    for (const line of this.#lines) {
      const unit = raised.includes(line.name) ? undefined : isSpent(line)
      if (unit) return this.#exhaust(line, unit, line.limits[unit]!)
    }
    return undefined
  }

  /** Puts what was counted on the budgets' accounts. With each batch, and before anything is asked of them. */
  commit(): void {
    this.#most = undefined
    if (this.#rows === 0 && this.#bytes === 0 && this.#vectors === 0) return
    const counted = { rows: this.#rows, bytes: this.#bytes, vectors: this.#vectors }
    this.#rows = this.#bytes = this.#vectors = 0
    for (const unit of units) {
      this.#statement.counts[unit] += counted[unit]
      this.#session.counts[unit] += counted[unit]
    }
    this.#person.add(counted)
    if (this.#searches) this.#person.questions.found(counted.rows)
    for (const line of this.#lines)
      for (const unit of units) {
        const limit = line.limits[unit]
        const used = line.used()[unit]
        if (limit !== undefined && used >= WARN_AT * limit && line.first(unit))
          this.#warnings.push(
            `${Math.floor((100 * used) / limit)} % of the ${nameOf(line)} is used: ${used.toLocaleString('en-US')} of ${amount(limit, unit)}`,
          )
      }
  }

  /** Warnings that are due, once each. */
  warnings(): readonly string[] {
    if (this.#warnings.length === 0) return this.#warnings
    return this.#warnings.splice(0)
  }

  /** What this session has used. */
  get session(): Readonly<Counts> {
    return this.#session.counts
  }

  /** Whether what leaves counts against something that outlives the gateway. */
  get #isKept(): boolean {
    return this.#questions.neighbors !== undefined || this.#lines.some(({ name }) => name === 'identity')
  }

  /** Why nothing more may leave at the moment, whatever is left. */
  get #refusal(): HoopError | undefined {
    return this.#isKept ? this.#person.lease.refusal : undefined
  }

  #left(): Counts {
    if (this.#refusal) return nothing()
    const left = { rows: Infinity, bytes: Infinity, vectors: Infinity }
    for (const line of this.#lines) {
      const { limits, used } = this.#terms(line)
      for (const unit of units) left[unit] = Math.min(left[unit], (limits[unit] ?? Infinity) - used[unit])
    }
    if (this.#searches) left.rows = Math.min(left.rows, this.neighborsLeft)
    return left
  }

  /** What bounds the statement at hand: the budget, or in its place what an approval lets it have. */
  #terms(line: Budget): { readonly limits: Limits; readonly used: Counts } {
    return this.#statement.raise?.budgets.includes(line.name)
      ? { limits: line.raised, used: this.#statement.counts }
      : { limits: line.limits, used: line.used() }
  }

  #key(key: string): string {
    return `${this.#connection} ${key}`
  }

  #exhaust(line: Budget, unit: Unit, limit: number): HoopError {
    const { name, per } = line
    const used = line.used()
    if (line.first(`end of ${unit}`))
      this.#exhausted({ budget: name, ...(per ? { per } : {}), unit, limit, used: { ...used } })
    const { raise } = this.#statement
    const asks = line.rule && raise && !raise.budgets.includes(name)
    if (asks) this.#person.exceed(this.#key(raise.key), name)
    const sent = units.map((each) => amount(used[each], each)).join(', ')
    return new HoopError('BUDGET_EXHAUSTED', `the ${nameOf(line)}, ${amount(limit, unit)}`, {
      detail: `Counted so far: ${sent}.`,
      hint: asks ? askAgain : hints[name](per ? this.#person.ends(per) : 0),
    })
  }
}

const askAgain = 'Run the same statement again to ask for an approval, or ask for less.'

const hints: Record<BudgetName, (ends: number) => string> = {
  statement: () => 'Ask for less with one statement: a LIMIT, a narrower WHERE, an aggregate.',
  session: () => 'A new session has a budget of its own. hoop status shows what is left.',
  identity: (ends) => `It counts anew from ${new Date(ends).toISOString()}. hoop status shows what is left.`,
}
