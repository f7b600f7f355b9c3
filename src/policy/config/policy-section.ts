import { z } from 'zod'
import { budgets } from './policy/budgets.js'
import { maskedErrors, vectorCaps } from './policy/caps.js'
import { packNames } from '../packs/packs.js'
import { effectiveRules } from './policy/effective-rules.js'
import { functions } from './policy/functions.js'
import { mask } from './policy/masks.js'
import { functionName } from './policy/names.js'
import { predicates } from './policy/predicates.js'
import { rule } from './policy/rules.js'
import { sessionTimes } from './session-times.js'

const groups = z.array(z.string().min(1))

/** What a policy hides and forbids. Once parsed, `rules` are those in force, with what the packs bring. */
export const policySection = z
  .strictObject({
    clear_for: groups.default([]),
    masks: z.array(mask).default([]),
    predicates,
    functions,
    /** `observe`: rules only record what they would have done. Masks are in force all the same. */
    mode: z.enum(['enforce', 'observe']).default('enforce'),
    packs: z.array(z.enum(packNames)).default([]),
    rules: z.array(rule).default([]),
    /** Who may run in an emergency what needs an approval, without one. */
    break_glass: z.strictObject({ groups }).optional(),
    budgets: budgets.optional(),
    /** How long sessions may last. */
    limits: z.strictObject(sessionTimes).optional(),
    masked_errors: maskedErrors,
    vectors: vectorCaps,
    /** Functions that are taken to do what their names say: rules don't look into them. */
    trusted_functions: z.array(functionName).default([]),
  })
  .transform((written, context) => {
    const { rules, problems } = effectiveRules(written.packs, written.rules)
    for (const problem of problems) context.addIssue({ code: 'custom', ...problem, path: [...problem.path] })
    return { ...written, rules }
  })

export type PolicyConfig = z.output<typeof policySection>
export type { BudgetConfig, BudgetsConfig } from './policy/budgets.js'
export type { RuleConditions, RuleConfig } from './policy/rules.js'
