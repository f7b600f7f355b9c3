import { z } from 'zod'
import { budgets } from './policy/budgets.js'
import { maskedErrors, vectorCaps } from './policy/caps.js'
import { mask } from './policy/masks.js'
import { rule } from './policy/rules.js'

const groups = z.array(z.string().min(1))

/** What a policy hides and forbids. */
export const policySection = z.strictObject({
  clear_for: groups.default([]),
  masks: z.array(mask).default([]),
  predicates: z.strictObject({ default: z.enum(['allow', 'equality', 'deny']).default('equality') }).prefault({}),
  rules: z.array(rule).default([]),
  /** Who may run in an emergency what needs an approval, without one. */
  break_glass: z.strictObject({ groups }).optional(),
  budgets: budgets.optional(),
  masked_errors: maskedErrors,
  vectors: vectorCaps,
})

export type PolicyConfig = z.output<typeof policySection>
export type { BudgetsConfig } from './policy/budgets.js'
export type { RuleConditions, RuleConfig } from './policy/rules.js'
