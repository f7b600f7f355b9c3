import { z } from 'zod'
import { size } from '../quantities.js'

const count = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)

const limits = {
  rows: count.optional(),
  bytes: size.optional(),
  /** Values of vector types. */
  vectors: count.optional(),
}

const some = (limit: object): boolean => Object.keys(limit).some((key) => key !== 'per')
const atLeastOne = 'at least one of rows, bytes and vectors'

const budget = z.strictObject(limits).refine(some, atLeastOne)

/** What may leave: with one statement, with one session, and to one person within an hour or a day. */
export const budgets = z.strictObject({
  statement: budget.optional(),
  session: budget.optional(),
  identity: z
    .strictObject({ ...limits, per: z.enum(['hour', 'day']).default('day') })
    .refine(some, atLeastOne)
    .optional(),
})

export type BudgetsConfig = z.output<typeof budgets>
