import type { BudgetConfig, BudgetsConfig } from '../../policy/config/schema.js'
import type { ApprovalRule } from '../../policy/decision.js'
import { amount, type Counts, nothing, type Unit, units } from './counts.js'
import type { PersonUsage, Window } from './person-usage.js'

export type BudgetName = 'statement' | 'session' | 'identity'

export type Limits = { readonly [K in Unit]?: number | undefined }

/** An approval for one statement to go beyond budgets. */
export interface Raise {
  /** Of the statement with its parameters, so that it is known again. */
  readonly key: string
  readonly budgets: readonly BudgetName[]
}

/** What one statement has used: of a Query all that its text runs, of a portal all that is fetched from it. */
export class Used {
  readonly counts = nothing()
  readonly told = new Set<string>()
  raise: Raise | undefined
}

/** One budget with what has been used of it. */
export interface Budget {
  readonly name: BudgetName
  readonly per?: Window
  readonly limits: Limits
  /** Whom to ask for more, where somebody may be asked. */
  readonly rule?: ApprovalRule
  /** What a statement that was approved may use by itself. */
  readonly raised: Limits
  used(): Counts
  /** @returns whether this was not said before of what the budget is counted for */
  first(what: string): boolean
}

export const nameOf = ({ name, per }: Pick<Budget, 'name' | 'per'>): string =>
  per ? `${name} budget per ${per}` : `${name} budget`

/** Milliseconds that a request waits where the budget doesn't say. */
const EXPIRES = 600_000

/** By this an approval for a budget is told from one for a rule, whose name has no space. */
export const ruleName = (name: BudgetName): string => `budget ${name}`

const ruleOf = (
  { on_exceed: exceed, approvers, expires, mode, ...limits }: BudgetConfig,
  of: Pick<Budget, 'name' | 'per'>,
): Pick<Budget, 'rule'> => {
  if (exceed !== 'approve' || !approvers) return {}
  const most = units.flatMap((unit) => (limits[unit] === undefined ? [] : [amount(limits[unit], unit)]))
  const message = `the ${nameOf(of)}, ${most.join(', ')}, is not enough for it`
  return { rule: { name: ruleName(of.name), message, approvers, expires: expires ?? EXPIRES, ...(mode && { mode }) } }
}

const first = (told: Set<string>, what: string): boolean => told.size < told.add(what).size

/** The budgets of a session. @param statement the one that runs */
export const budgetsOf = (
  { statement, session, identity }: BudgetsConfig,
  person: PersonUsage,
  spent: { readonly session: Used; readonly statement: () => Used },
): readonly Budget[] => {
  const line = (
    budget: BudgetConfig,
    of: Pick<Budget, 'name' | 'per'>,
    account: Pick<Budget, 'used' | 'first'>,
  ): Budget => ({
    ...of,
    limits: budget,
    ...ruleOf(budget, of),
    raised: budget.raised ?? {},
    ...account,
  })
  const own = (which: () => Used): Pick<Budget, 'used' | 'first'> => ({
    used: () => which().counts,
    first: (what) => first(which().told, what),
  })
  return [
    ...(statement ? [line(statement, { name: 'statement' }, own(spent.statement))] : []),
    ...(session
      ? [
          line(
            session,
            { name: 'session' },
            own(() => spent.session),
          ),
        ]
      : []),
    ...(identity
      ? [
          line(
            identity,
            { name: 'identity', per: identity.per },
            {
              used: () => person.used(identity.per),
              first: (what) => person.first(identity.per, what),
            },
          ),
        ]
      : []),
  ]
}

/** Of a session or person, what is used up; a statement’s own budget never is before it runs. */
export const isSpent = (line: Budget): Unit | undefined =>
  line.name === 'statement'
    ? undefined
    : (['rows', 'bytes'] as const).find((unit) => {
        const limit = line.limits[unit]
        return limit !== undefined && line.used()[unit] >= limit
      })
