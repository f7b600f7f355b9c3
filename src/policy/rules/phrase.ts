import type { RuleConfig } from '../config/schema.js'
import { conditionsPhrase } from './asked.js'

/** A line for people: name, what is done, when. */
export const rulePhrase = ({ name, when, do: verdict, approvers }: RuleConfig): string => {
  const by = approvers
    ? ` (by ${(approvers.all ?? [approvers]).map(({ groups, count }) => `${count > 1 ? `${count} of ` : ''}${groups.join(', ')}`).join(' and ')})`
    : ''
  return `${name}: ${verdict}${by} ${conditionsPhrase(when)}`
}
