import { z } from 'zod'
import { duration, size } from '../sections/quantities.js'
import { approvers } from './approvers.js'

const count = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)

const limits = {
  rows: count.optional(),
  bytes: size.optional(),
  /** Values of vector types. */
  vectors: count.optional(),
}

const units = ['rows', 'bytes', 'vectors'] as const

const some = (limit: Partial<Record<(typeof units)[number], unknown>>): boolean =>
  units.some((unit) => limit[unit] !== undefined)
const atLeastOne = 'at least one of rows, bytes and vectors'

const exceeding = {
  /** Whether somebody may let one statement go beyond it. */
  on_exceed: z.enum(['refuse', 'approve']).optional(),
  approvers: approvers.optional(),
  expires: duration.optional(),
  mode: z.enum(['wait', 'retry']).optional(),
  /** What the statement that was approved may use by itself; where it is left out, this budget doesn't bound it. */
  raised: z.strictObject(limits).refine(some, atLeastOne).optional(),
}

const onlyRaised = ['approvers', 'expires', 'mode', 'raised'] as const

type Exceeding = Partial<Record<'on_exceed' | (typeof onlyRaised)[number], unknown>>

const isComplete = (budget: Exceeding): boolean =>
  budget.on_exceed === 'approve' ? budget.approvers !== undefined : onlyRaised.every((key) => budget[key] === undefined)

const complete = 'approvers with on_exceed: approve, and approvers, expires, mode and raised only there'

const budget = z
  .strictObject({ ...limits, ...exceeding })
  .refine(some, atLeastOne)
  .refine(isComplete, complete)

/** What may leave: with one statement, with one session, and to one person within an hour or a day. */
export const budgets = z.strictObject({
  statement: budget.optional(),
  session: budget.optional(),
  identity: z
    .strictObject({ ...limits, ...exceeding, per: z.enum(['hour', 'day']).default('day') })
    .refine(some, atLeastOne)
    .refine(isComplete, complete)
    .optional(),
})

export type BudgetsConfig = z.output<typeof budgets>
export type BudgetConfig = z.output<typeof budget>
