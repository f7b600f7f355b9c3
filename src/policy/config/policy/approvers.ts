import { z } from 'zod'

/** Who may let something run that needs an approval. */
export const approvers = z.strictObject({
  groups: z.array(z.string().min(1)).min(1),
  /** How many of them have to agree. */
  count: z.number().int().min(1).max(10).default(1),
})
