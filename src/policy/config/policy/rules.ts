import { z } from 'zod'
import { statementKinds } from '../../statement-kinds.js'
import { functionName, relationName } from './names.js'

const wholeNumber = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

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

/** One rule: when it holds, what is done. */
export const rule = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'a name of letters, digits, dot, dash and underscore'),
  when,
  do: z.literal('block'),
  message: z.string().min(1).max(500).optional(),
  hint: z.string().min(1).max(500).optional(),
})

export type RuleConfig = z.output<typeof rule>
export type RuleConditions = z.output<typeof when>
