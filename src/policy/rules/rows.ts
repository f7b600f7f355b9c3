import type { RuleConfig } from '../config/schema.js'
import type { Estimate } from '../decision.js'

/** Whether a rule waits for the planner's word. */
export const counts = ({ when }: RuleConfig): boolean => when.rows_over !== undefined

/** A number of rows that isn't known may be any. */
const exceeds = ({ when: { rows_over: most = 0 } }: RuleConfig, estimate: Estimate): boolean =>
  'unknown' in estimate || estimate.rows > most

const said = (estimate: Estimate): string =>
  'unknown' in estimate
    ? `how many rows it is about is not known, since ${estimate.unknown}`
    : `the planner expects about ${estimate.rows.toLocaleString('en-US')} rows`

/** Of the rules that apply, those that still do with so many rows; what they say tells how many. */
export const exceeded = (rules: readonly RuleConfig[], estimate: Estimate): readonly RuleConfig[] =>
  rules.flatMap((rule) => {
    if (!counts(rule)) return [rule]
    if (!exceeds(rule, estimate)) return []
    const words = said(estimate)
    return [{ ...rule, message: rule.message === undefined ? words : `${rule.message} (${words})` }]
  })
