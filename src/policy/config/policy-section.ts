import { z } from 'zod'
import { statementKinds } from '../statement-kinds.js'

const groups = z.array(z.string().min(1))
const wholeNumber = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const characters = z.number().int().min(1).max(1000)

const named = (pattern: RegExp, expected: string) => z.string().regex(pattern, expected)
const columnName = named(/^[^.]+\.[^.]+\.[^.]+$/, 'schema.table.column, spelled as in the catalog')
const relationName = named(/^[^.*]+(?:\.(?:[^.*]+|\*))?$/, 'table, schema.table or schema.*')
const functionName = named(/^[^.*]+(?:\.(?:[^.*]+|\*))?$/, 'function, schema.function or schema.*')

const words = ['redact', 'null', 'email', 'hash', 'vector'] as const

const maskSpec = z.union(
  [
    z.enum(words),
    // `with: null` in YAML is the null value, and means the mask of that name.
    z.null().transform(() => 'null' as const),
    z.strictObject({ keep_first: characters }),
    z.strictObject({ keep_last: characters }),
  ],
  { error: `${words.join(', ')}, { keep_first: n } or { keep_last: n }` },
)

const mask = z.strictObject({ columns: z.array(columnName).min(1), with: maskSpec.optional() })

const when = z
  .strictObject({
    statement: z.array(z.enum(statementKinds)).min(1).optional(),
    reads: z.array(relationName).min(1).optional(),
    writes: z.array(relationName).min(1).optional(),
    functions: z.array(functionName).min(1).optional(),
    where: z.literal('missing').optional(),
    limit_over: wholeNumber.optional(),
  })
  .refine((conditions) => Object.keys(conditions).length > 0, 'at least one condition')

const rule = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'a name of letters, digits, dot, dash and underscore'),
  when,
  do: z.literal('block'),
  message: z.string().min(1).max(500).optional(),
  hint: z.string().min(1).max(500).optional(),
})

/** What a policy hides and forbids. */
export const policySection = z.strictObject({
  clear_for: groups.default([]),
  masks: z.array(mask).default([]),
  predicates: z.strictObject({ default: z.enum(['allow', 'equality', 'deny']).default('equality') }).prefault({}),
  rules: z.array(rule).default([]),
})

export type PolicyConfig = z.output<typeof policySection>
export type RuleConfig = z.output<typeof rule>
export type RuleConditions = z.output<typeof when>
