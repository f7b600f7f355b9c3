import { z } from 'zod'
import { budgets } from '../policy/budgets.js'
import { packNames } from '../../packs/packs.js'
import { effectiveRules } from '../policy/effective-rules.js'
import { columnName, functionName } from '../policy/names.js'
import { recordings } from '../policy/recordings.js'
import { rule } from '../policy/rules.js'
import { resumeTime, sessionTimes } from './session-times.js'
import { maskSpec } from '../../../masking/registry.js'
import { checkDetect, detectKeys, withDetect } from '../policy/detect.js'

/** What hides one column or several, or what is detected in all others. */
const mask = z
  .strictObject({
    columns: z.array(columnName).min(1).optional(),
    with: maskSpec.optional(),
    /** Whether a value is there at all can be hidden too, where the type has a value to put for NULL. */
    nulls: z.enum(['keep', 'hide']).optional(),
    /** Of a vector: whether its distances only sort, may be compared as well, or come out. */
    distances: z.enum(['hide', 'compare', 'show']).optional(),
    ...detectKeys,
  })
  .superRefine(checkDetect)
  .transform(withDetect)

/** So many on one day, UTC. */
const perDay = z
  .string()
  .regex(/^[1-9]\d{0,14}\/day$/, 'a number per day such as 100/day')
  .transform((text) => Number(text.slice(0, -'/day'.length)))

const level = z.enum(['allow', 'equality', 'deny'])

/** What conditions, groups and orders may do with masked columns, and with some of them. */
const predicates = z
  .strictObject({
    default: level.default('equality'),
    columns: z.record(columnName, level).default({}),
    /** Distinct constants that one person may compare masked columns with on one day. */
    guesses: perDay.optional(),
  })
  .prefault({})

const qualified = functionName.regex(/^[^.*]+\.[^.*]+$/, 'schema.function, spelled as in the catalog')

/** What the gateway is told of functions that it can't read. */
const functions = z.strictObject({ pure: z.array(qualified).default([]) }).prefault({})

const count = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)

/** Errors on masked columns that one session may have where they may depend on values: each answers a question. */
const maskedErrors = z.number().int().min(1).max(1_000_000).default(20)

/** Nearest-neighbor searches on masked vectors: rows of each, and vectors that one session may search with. */
const vectorCaps = z
  .strictObject({
    k: count.default(1000),
    /** Of one session, or of one person on one day. */
    queries: z
      .union([count, perDay.transform((day) => ({ day }))], 'a number, or a number per day such as 200/day')
      .default(1000),
    /** Rows that one person may find by distances on one day. */
    neighbors: perDay.optional(),
  })
  .transform(({ queries, ...rest }) =>
    typeof queries === 'number'
      ? { ...rest, queries, queriesPerDay: undefined }
      : { ...rest, queries: Number.MAX_SAFE_INTEGER, queriesPerDay: queries.day },
  )
  .prefault({})

const groups = z.array(z.string().min(1))

/** What a policy hides and forbids. Once parsed, `rules` are those in force, with what the packs bring. */
export const policySection = z
  .strictObject({
    clear_for: groups.default([]),
    masks: z.array(mask).default([]),
    predicates,
    /** What is computed from masked columns comes out hidden, or the statement is refused. */
    derived: z.enum(['hide', 'refuse']).default('hide'),
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
    /** How long a session is kept after the network to its agent broke. */
    resume: resumeTime.optional(),
    /** How much of results stands in recordings. */
    recordings: recordings.optional(),
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
export type { BudgetConfig, BudgetsConfig } from '../policy/budgets.js'
export type { RuleConditions, RuleConfig } from '../policy/rules.js'
