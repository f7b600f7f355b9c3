import type { RuleConfig } from '../config/schema.js'
import { conditionsPhrase } from './asked.js'

/** A line for people: name, what is done, when. */
export const rulePhrase = ({ name, when, do: verdict, approvers }: RuleConfig): string => {
  const by = approvers
    ? ` (by ${approvers.count > 1 ? `${approvers.count} of ` : ''}${approvers.groups.join(', ')})`
    : ''
  return `${name}: ${verdict}${by} ${conditionsPhrase(when)}`
}
