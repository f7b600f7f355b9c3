import type { Unproven } from '../facts.js'

/** What helps, by what is wrong. */
const remedies = {
  sort: 'Sort by a column that isn’t masked; a masked vector may be sorted by its distance from a constant.',
  group: 'Group by the masked column as it is, or by others.',
  equality: 'Compare it with = or IN and literals or parameters, or leave the condition out.',
  condition: 'Leave it out of conditions; the policy says which columns they may use.',
  nulls: 'Compare it with = or IN and literals; where it is NULL is hidden.',
  store: 'Leave the column out of what is stored, or give another value for it.',
  carry: 'Call the function without the masked column.',
  names: 'Name the columns one by one in place of *.',
  schema: 'Write the table with its schema.',
  function:
    'Use a function that comes with PostgreSQL, or ask an administrator to list this one under functions: pure.',
  explain: 'Use EXPLAIN without ANALYZE.',
  definition: 'Leave masked columns out of it, or ask an administrator to run it on the database itself.',
  copy: 'COPY it in the format text, csv or binary, in UTF8.',
  spelling: 'Look at how its name is spelled; \\d shows the columns.',
} as const

export type Remedy = keyof typeof remedies

/** Ends a proof that can't be completed. Thrown inside the lineage only; `prove` turns it into facts. */
export class Refusal extends Error {
  readonly unproven: Unproven

  constructor(unproven: Unproven) {
    super(unproven.why)
    this.unproven = unproven
  }
}

const hinted = (remedy: Remedy | undefined): Pick<Unproven, 'hint'> => (remedy ? { hint: remedies[remedy] } : {})

/**
 * A masked column is used in a place where its values, or something computed from them, could be seen.
 * @param use completes “here it is used …”
 */
export const masked = (subject: string, use: string, remedy?: Remedy): Refusal =>
  new Refusal({
    code: 'COLUMN_MASKED',
    subject,
    why: `${subject} is masked, and here it is used ${use}`,
    ...hinted(remedy),
  })

export const unproven = (subject: string, why: string, remedy?: Remedy): Refusal =>
  new Refusal({ code: 'STATEMENT_UNPROVEN', subject, why, ...hinted(remedy) })
