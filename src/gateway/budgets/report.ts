import type { BudgetUse } from '../../lib/api.js'
import type { BudgetsConfig } from '../../policy/config/schema.js'
import { type Counts, nothing, units } from './counts.js'
import type { PersonUsage } from './person-usage.js'
import type { QuestionLimits } from './questions.js'

export interface SessionUse {
  readonly id: string
  readonly counts: Readonly<Counts>
}

/** What is left of the budgets that one person has on one connection. */
export const budgetReport = (
  budgets: BudgetsConfig,
  person: PersonUsage,
  sessions: readonly SessionUse[],
): BudgetUse[] => {
  const lines = (
    limits: { readonly [K in keyof Counts]?: number | undefined },
    used: Readonly<Counts>,
    of: Pick<BudgetUse, 'budget' | 'per' | 'until' | 'session'>,
  ): BudgetUse[] =>
    units.flatMap((unit) => {
      const limit = limits[unit]
      return limit === undefined
        ? []
        : [{ ...of, unit, limit, used: used[unit], left: Math.max(0, limit - used[unit]) }]
    })
  const { statement, session, identity } = budgets
  const open = sessions.length > 0 ? sessions : [undefined]
  return [
    ...(statement ? lines(statement, nothing(), { budget: 'statement' }) : []),
    ...(session
      ? open.flatMap((one) =>
          lines(session, one?.counts ?? nothing(), { budget: 'session', ...(one && { session: one.id }) }),
        )
      : []),
    ...(identity
      ? lines(identity, person.used(identity.per), {
          budget: 'identity',
          per: identity.per,
          until: new Date(person.ends(identity.per)).toISOString(),
        })
      : []),
  ]
}

/** What is left of what one person may ask about masked values on the day that is running. */
export const questionReport = (limits: QuestionLimits, { questions }: PersonUsage): BudgetUse[] =>
  (['queries', 'neighbors', 'guesses'] as const).flatMap((unit) => {
    const limit = limits[unit]
    if (limit === undefined) return []
    const used = questions.used(unit)
    const until = new Date(questions.ends).toISOString()
    return [{ budget: 'questions', per: 'day', until, unit, limit, used, left: Math.max(0, limit - used) }]
  })
