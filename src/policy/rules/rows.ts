import type { RuleConfig } from '../config/schema.js'
import type { Estimate } from '../decision.js'
import { asks, holdsForRows } from './asked.js'

/** Whether a rule waits for the planner's word. */
export const counts = ({ when }: Pick<RuleConfig, 'when'>): boolean => asks(when, 'rows')

const said = (estimate: Estimate): string =>
  'unknown' in estimate
    ? `how many rows it is about is not known, since ${estimate.unknown}`
    : `the planner expects about ${estimate.rows.toLocaleString('en-US')} rows`

/** Of the rules that apply, those that still do with so many rows; what they say tells how many. */
export const exceeded = <C extends { readonly rule: RuleConfig }>(candidates: readonly C[], estimate: Estimate): C[] =>
  candidates.flatMap((candidate) => {
    const { rule } = candidate
    if (!counts(rule)) return [candidate]
    if (!holdsForRows(rule.when, estimate)) return []
    const words = said(estimate)
    const message = rule.message === undefined ? words : `${rule.message} (${words})`
    return [{ ...candidate, rule: { ...rule, message } }]
  })
