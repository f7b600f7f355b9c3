import { packs, type PackName } from '../../packs/packs.js'
import type { RuleConfig, WrittenRule } from './rules.js'

/** Something that no rule by itself can be seen to lack. */
export interface RuleProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly input: unknown
}

interface Effective {
  readonly rules: readonly RuleConfig[]
  readonly problems: readonly RuleProblem[]
}

const wrong = (index: number, key: string, input: unknown, message: string): RuleProblem => ({
  path: ['rules', index, key],
  message,
  input,
})

const problemOf = (index: number, rule: WrittenRule): RuleProblem | undefined => {
  if (!rule.when)
    return wrong(index, 'when', rule.when, 'conditions, or the name of a rule of one of the policy’s packs')
  if (!rule.do) return wrong(index, 'do', rule.do, 'one of allow, warn, approve, block')
  if (rule.do === 'approve')
    return rule.approvers
      ? undefined
      : wrong(index, 'approvers', rule.approvers, 'who may approve: { groups: […], count: 1 }')
  for (const key of ['approvers', 'expires', 'mode'] as const)
    if (rule[key] !== undefined) return wrong(index, key, rule[key], 'this only where the rule says do: approve')
  return undefined
}

/** The rules of a policy as they are in force: its own in the order of the file, then those of its packs that it doesn't change. */
export const effectiveRules = (names: readonly PackName[], written: readonly WrittenRule[]): Effective => {
  const inherited = new Map(names.flatMap((pack) => packs[pack].map((rule) => [rule.name, { ...rule, pack }] as const)))
  const rules: RuleConfig[] = []
  const problems: RuleProblem[] = []
  for (const [index, own] of written.entries()) {
    const merged = { ...inherited.get(own.name), ...own }
    inherited.delete(own.name)
    const { when, do: verdict } = merged
    const problem = problemOf(index, merged)
    if (problem) problems.push(problem)
    else if (when && verdict) rules.push({ ...merged, when, do: verdict })
  }
  return { rules: [...rules, ...inherited.values()], problems }
}
