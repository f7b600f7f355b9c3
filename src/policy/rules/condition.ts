import type { StatementFacts } from '../../sql/facts.js'
import type { RuleConditions } from '../config/schema.js'
import type { Asker, Estimate } from '../decision.js'

/** What every condition of a rule has to say of itself, whatever it is read from. */
interface Worded<Value> {
  /** Its words in a rule's line: `without LIMIT`, `by anybody but dba`. */
  phrase(value: Value): string
}

/** Read from the statement and the catalog: the same whoever asks, so it is looked at once for each text. */
interface OfStatement<Value> extends Worded<Value> {
  readonly of: 'statement'
  /** @param when the rule's other conditions, which may narrow what this one is about */
  check(value: Value, facts: StatementFacts, when: RuleConditions): boolean
}

/** Read from the planner's estimate: it is asked for where the rule's other conditions hold. */
interface OfRows<Value> extends Worded<Value> {
  readonly of: 'rows'
  check(value: Value, estimate: Estimate): boolean
}

/** Read from who asks and when: looked at each time. */
interface OfCircumstances<Value> extends Worded<Value> {
  readonly of: 'circumstances'
  check(value: Value, asker: Asker): boolean
}

export type Condition<Value> = OfStatement<Value> | OfRows<Value> | OfCircumstances<Value>

/** What each condition is given in the policy, where a rule has it. */
export type ConditionValues = { [K in keyof RuleConditions]-?: NonNullable<RuleConditions[K]> }

export type ConditionName = keyof ConditionValues

/** A condition for every key of `when`: one that is forgotten doesn't compile. */
export type Conditions = { readonly [K in ConditionName]: Condition<ConditionValues[K]> }
