import { z } from 'zod'

const groups = z.array(z.string().min(1)).min(1)
/** How many of them have to agree. */
const count = z.number().int().min(1).max(10)

/** One of the lists that all have to agree. */
const list = z.strictObject({ groups, count: count.default(1) })

/**
 * Who may let something run that needs an approval: so many members of some groups, or so many of each of several lists,
 * where one person counts for one of them only. Once parsed, `groups` and `count` are of all together.
 */
export const approvers = z
  .strictObject({ groups: groups.optional(), count: count.optional(), all: z.array(list).min(2).max(5).optional() })
  .refine(({ groups: some, all }) => (some === undefined) !== (all === undefined), 'either groups or all')
  .refine(({ count: some, all }) => some === undefined || all === undefined, 'a count in each of the lists of all')
  .transform(({ groups: some = [], count: n = 1, all }) =>
    all
      ? {
          groups: [...new Set(all.flatMap((one) => one.groups))],
          count: all.reduce((sum, one) => sum + one.count, 0),
          all,
        }
      : { groups: some, count: n },
  )

export type Approvers = z.output<typeof approvers>
