import { HoopError } from '../lib/errors.js'
import type { StatementFacts } from '../sql/facts.js'
import type { RuleConditions, RuleConfig } from './config/schema.js'
import { meansAny } from './names.js'

type Conditions = { readonly [Key in keyof RuleConditions]-?: NonNullable<RuleConditions[Key]> }

type Check<Key extends keyof Conditions> = (wanted: Conditions[Key], facts: StatementFacts) => boolean

const checks: { readonly [Key in keyof Conditions]: Check<Key> } = {
  statement: (wanted, { kinds }) => wanted.some((kind) => kinds.includes(kind)),
  reads: (wanted, { reads }) => meansAny(wanted, reads),
  writes: (wanted, { writes }) => meansAny(wanted, writes),
  functions: (wanted, { functions }) => meansAny(wanted, functions),
  where: (wanted, { where }) => where === wanted,
  // A limit that can't be read off may be any.
  limit_over: (most, { limit }) => typeof limit !== 'number' || limit > most,
}

const holds = <Key extends keyof Conditions>(key: Key, when: RuleConditions, facts: StatementFacts): boolean => {
  const wanted = when[key] as Conditions[Key] | undefined
  return wanted === undefined || checks[key](wanted, facts)
}

/** SQL that is put together at run time may do anything, so every rule applies to it. */
const DYNAMIC = 'dynamic'

/** Whether every condition of a rule holds for a statement. */
const applies = ({ when }: RuleConfig, facts: StatementFacts): boolean =>
  facts.kinds.includes(DYNAMIC) || (Object.keys(checks) as (keyof Conditions)[]).every((key) => holds(key, when, facts))

/** The first rule, in the order of the file, that forbids one of the statements. */
export const blockedBy = (
  rules: readonly RuleConfig[],
  statements: readonly StatementFacts[],
): RuleConfig | undefined => rules.find((rule) => statements.some((facts) => applies(rule, facts)))

/** What the person is told. */
export const refusalBy = ({ name, message, hint }: RuleConfig): HoopError =>
  new HoopError('STATEMENT_BLOCKED', message ?? `rule ${name}`, {
    detail: `The rule is ${name}.`,
    ...(hint !== undefined && { hint }),
  })
