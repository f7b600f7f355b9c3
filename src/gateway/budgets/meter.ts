import { HoopError } from '../../lib/errors.js'
import type { BudgetsConfig } from '../../policy/config/schema.js'
import { amount, type Counts, nothing, type Unit, units } from './counts.js'
import type { PersonUsage, Window } from './person-usage.js'

/** Share of a budget at which its holder is warned. */
const WARN_AT = 0.8

export type BudgetName = 'statement' | 'session' | 'identity'

/** One budget with what has been used of it. */
interface Line {
  readonly name: BudgetName
  readonly per?: Window
  readonly limits: { readonly [K in Unit]?: number | undefined }
  used(): Counts
  /** @returns whether this was not said before of what the budget is for now */
  first(what: string): boolean
}

/** What one statement has used: of a Query all that its text runs, of a portal all that is fetched from it. */
export class Spent {
  readonly counts = nothing()
  readonly told = new Set<string>()
}

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
  readonly #lines: readonly Line[]
  readonly #person: PersonUsage
  readonly #exhausted: (exhaustion: Exhaustion) => void
  readonly #session = new Spent()
  #statement = new Spent()
  /** Counted since the last commit, and the most that it may become. */
  #rows = 0
  #bytes = 0
  #vectors = 0
  #most: Counts | undefined
  #wanted = nothing()
  #warnings: string[] = []

  constructor(budgets: BudgetsConfig, person: PersonUsage, exhausted: (exhaustion: Exhaustion) => void = () => {}) {
    this.#person = person
    this.#exhausted = exhausted
    const { statement, session, identity } = budgets
    const first = (told: Set<string>, what: string): boolean => told.size < told.add(what).size
    this.#lines = [
      ...(statement
        ? [
            {
              name: 'statement' as const,
              limits: statement,
              used: () => this.#statement.counts,
              first: (what: string) => first(this.#statement.told, what),
            },
          ]
        : []),
      ...(session
        ? [
            {
              name: 'session' as const,
              limits: session,
              used: () => this.#session.counts,
              first: (what: string) => first(this.#session.told, what),
            },
          ]
        : []),
      ...(identity
        ? [
            {
              name: 'identity' as const,
              per: identity.per,
              limits: identity,
              used: () => person.used(identity.per),
              first: (what: string) => person.first(identity.per, what),
            },
          ]
        : []),
    ]
    this.countsVectors = this.#lines.some(({ limits }) => limits.vectors !== undefined)
  }

  /** What follows is of this statement. */
  use(statement: Spent): void {
    if (statement === this.#statement) return
    this.commit()
    this.#statement = statement
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
    for (const line of this.#lines)
      for (const unit of units) {
        const limit = line.limits[unit]
        if (limit !== undefined && line.used()[unit] + this.#wanted[unit] > limit)
          return this.#exhaust(line, unit, limit)
      }
    return new HoopError('BUDGET_EXHAUSTED')
  }

  /** Whether anything that returns rows is refused from the start. */
  get spentUp(): HoopError | undefined {
    for (const line of this.#lines) {
      if (line.name === 'statement') continue
      for (const unit of ['rows', 'bytes'] as const) {
        const limit = line.limits[unit]
        if (limit !== undefined && line.used()[unit] >= limit) return this.#exhaust(line, unit, limit)
      }
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

  #left(): Counts {
    const left = { rows: Infinity, bytes: Infinity, vectors: Infinity }
    for (const line of this.#lines) {
      const used = line.used()
      for (const unit of units) left[unit] = Math.min(left[unit], (line.limits[unit] ?? Infinity) - used[unit])
    }
    return left
  }

  #exhaust(line: Line, unit: Unit, limit: number): HoopError {
    const { name, per } = line
    const used = line.used()
    if (line.first(`end of ${unit}`))
      this.#exhausted({ budget: name, ...(per ? { per } : {}), unit, limit, used: { ...used } })
    const sent = units.map((each) => amount(used[each], each)).join(', ')
    return new HoopError('BUDGET_EXHAUSTED', `the ${nameOf(line)}, ${amount(limit, unit)}`, {
      detail: `Counted so far: ${sent}.`,
      hint: hints[name](per ? this.#person.ends(per) : 0),
    })
  }
}

const nameOf = ({ name, per }: Line): string => (per ? `${name} budget per ${per}` : `${name} budget`)

const hints: Record<BudgetName, (ends: number) => string> = {
  statement: () => 'Ask for less with one statement: a LIMIT, a narrower WHERE, an aggregate.',
  session: () => 'A new session has a budget of its own. hoop status shows what is left.',
  identity: (ends) => `It counts anew from ${new Date(ends).toISOString()}. hoop status shows what is left.`,
}
