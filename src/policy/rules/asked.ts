import type { StatementFacts } from '../../sql/facts.js'
import type { RuleConditions } from '../config/schema.js'
import type { Asker, Estimate } from '../decision.js'
import type { Condition, ConditionName, ConditionValues } from './condition.js'
import { conditions } from './conditions.js'

/** A condition together with what one rule gives it. */
type Asked =
  | { readonly of: 'statement'; readonly holds: (facts: StatementFacts) => boolean }
  | { readonly of: 'rows'; readonly holds: (estimate: Estimate) => boolean }
  | { readonly of: 'circumstances'; readonly holds: (asker: Asker) => boolean }

const names = Object.keys(conditions) as ConditionName[]

const bound = <Value>(condition: Condition<Value>, value: Value, when: RuleConditions): Asked => {
  if (condition.of === 'statement') return { of: condition.of, holds: (facts) => condition.check(value, facts, when) }
  if (condition.of === 'rows') return { of: condition.of, holds: (estimate) => condition.check(value, estimate) }
  return { of: condition.of, holds: (asker) => condition.check(value, asker) }
}

/** Calls with each condition that a rule has, in the table's order. */
const each = <Out>(when: RuleConditions, make: <V>(condition: Condition<V>, value: V) => Out): Out[] => {
  const one = <K extends ConditionName>(name: K): Out[] => {
    const value = when[name] as ConditionValues[K] | undefined
    return value === undefined ? [] : [make<ConditionValues[K]>(conditions[name], value)]
  }
  return names.flatMap((name) => one(name))
}

/** By rule: it is asked with every statement. */
const known = new WeakMap<RuleConditions, readonly Asked[]>()

const askedBy = (when: RuleConditions): readonly Asked[] => {
  const found = known.get(when) ?? each(when, (condition, value) => bound(condition, value, when))
  known.set(when, found)
  return found
}

const asked = <Of extends Asked['of']>(when: RuleConditions, of: Of): Extract<Asked, { of: Of }>[] =>
  askedBy(when).filter((condition): condition is Extract<Asked, { of: Of }> => condition.of === of)

/** Whether a rule has a condition that is read from there. */
export const asks = (when: RuleConditions, of: Asked['of']): boolean =>
  askedBy(when).some((condition) => condition.of === of)

/** SQL that is put together at run time may do anything, so every rule applies to it. */
const DYNAMIC = 'dynamic'

/** Whether all that a rule asks holds of what can be read off the statement. */
export const holdsAsRead = (when: RuleConditions, facts: StatementFacts): boolean =>
  asked(when, 'statement').every(({ holds }) => holds(facts)) && (!asks(when, 'rows') || facts.rows !== undefined)

/** Whether all that a rule asks of the statement holds. Of rows it is only known yet whether it is about any. */
export const holdsForStatement = (when: RuleConditions, facts: StatementFacts): boolean =>
  facts.kinds.includes(DYNAMIC) || holdsAsRead(when, facts)

export const holdsForRows = (when: RuleConditions, estimate: Estimate): boolean =>
  asked(when, 'rows').every(({ holds }) => holds(estimate))

export type Circumstances = (asker: Asker) => boolean

/** What a rule asks of circumstances; undefined where it asks nothing. */
export const circumstancesOf = (when: RuleConditions): Circumstances | undefined => {
  const all = asked(when, 'circumstances')
  return all.length === 0 ? undefined : (asker) => all.every(({ holds }) => holds(asker))
}

/** A rule's conditions as people read them: `update without a WHERE that picks rows, by anybody but dba`. */
export const conditionsPhrase = (when: RuleConditions): string =>
  each(when, (condition, value) => condition.phrase(value)).join(' ')
