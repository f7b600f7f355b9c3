import { hash } from 'node:crypto'
import type { Decision } from '../../../../policy/decision.js'
import { type BudgetName, type Raise, ruleName } from '../../../budgets/budgets.js'
import type { Meter } from '../../../budgets/meter.js'
import { captureParameters } from '../../rows/capture.js'
import type { BoundParameters } from './given-keys.js'

const budgetNames: readonly BudgetName[] = ['statement', 'session', 'identity']

const keyOf = (text: string, bound: BoundParameters | undefined): string => {
  const parameters = bound && captureParameters(bound.parameters, bound.parameterFormats)
  return hash('sha256', JSON.stringify([text, parameters ?? []]), 'base64')
}

/**
 * What a statement is known by where somebody may be asked for more of a budget, and which budgets were raised for it.
 * @param rules that it was approved by
 */
export const raiseOf = (
  meter: Meter,
  text: string,
  bound: BoundParameters | undefined,
  rules: readonly string[],
): Raise | undefined =>
  meter.raises
    ? { key: keyOf(text, bound), budgets: budgetNames.filter((name) => rules.includes(ruleName(name))) }
    : undefined

/** The decision on a statement that returns rows, given what is left of the budgets. */
export const afforded = (
  meter: Meter,
  decision: Exclude<Decision, { kind: 'refuse' }>,
  raise: Raise | undefined,
): Decision => {
  const wanted = raise ? meter.wanted(raise.key) : []
  const missing = wanted.filter(({ name }) => !raise?.budgets.some((budget) => ruleName(budget) === name))
  const asked = budgetNames.filter((name) => wanted.some((rule) => rule.name === ruleName(name)))
  const error = meter.spentUp([...asked, ...(raise?.budgets ?? [])])
  if (error) return { kind: 'refuse', error }
  // Rows are counted first; then everybody is asked at once.
  if (missing.length === 0 || decision.kind === 'estimate') return decision
  const [rule, ...others] = decision.kind === 'hold' ? [decision.rule, ...(decision.others ?? []), ...missing] : missing
  return rule ? { ...decision, kind: 'hold', rule, others } : decision
}
