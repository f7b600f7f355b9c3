import { z } from 'zod'
import { statementKinds } from '../../statement-kinds.js'
import { hours } from './hours.js'
import { columnPattern, functionName, relationName } from './names.js'

const wholeNumber = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

const names = <T extends z.ZodType>(name: T) => z.array(name).min(1).optional()

const word = z.string().min(1).max(200)

/** What must all hold for a rule to apply. */
export const conditions = z
  .strictObject({
    statement: names(z.enum(statementKinds)),
    reads: names(relationName),
    writes: names(relationName),
    functions: names(functionName),
    columns: names(columnPattern),
    where: z.literal('missing').optional(),
    limit: z.literal('missing').optional(),
    limit_over: wholeNumber.optional(),
    rows_over: wholeNumber.optional(),
    reads_vectors: z.literal(true).optional(),
    writes_vectors: z.literal(true).optional(),
    concurrently: z.literal(false).optional(),
    time: hours.optional(),
    outside: hours.optional(),
    application: names(word),
    groups: names(word),
    not_groups: names(word),
    program: z.boolean().optional(),
  })
  .refine((each) => Object.values(each).some((value) => value !== undefined), 'at least one condition')

export type RuleConditions = z.output<typeof conditions>
