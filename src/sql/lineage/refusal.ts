import type { Unproven } from '../facts.js'

/** What helps, by what is wrong: no refusal goes without. */
export const remedies = {
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
  late: 'Ask an administrator to write the table with its schema there, or to end the function’s SET search_path with pg_temp.',
  foreignKey: 'Name the columns: REFERENCES table (column).',
  key: 'Leave out what the foreign key looks at, or ask an administrator to run it on the database itself.',
  keyed: 'Pick the row by = and a literal or parameter in the column that is referred to, one at a time.',
  definition: 'Leave masked columns out of it, or ask an administrator to run it on the database itself.',
  copy: 'COPY it in the format text, csv or binary, in UTF8.',
  spelling:
    'Look at how its name is spelled; \\d shows the columns. What this transaction has added is known once it is committed.',
  constant: 'Use a column that isn’t masked there, or a literal or parameter.',
  lazy: 'Compare it with = or IN and literals, or leave what is run out of CASE, COALESCE, AND, OR and FILTER.',
  member: 'Compare it with = or IN and literals, or with another masked column, or join the other table.',
  rows: 'Call it with a column that isn’t masked: how many rows it makes would show the value.',
  union: 'Use UNION ALL, or leave the masked column out of the set operation.',
  join: 'Join by columns that aren’t masked.',
  form: 'Write it with an ordinary function, an operator or CASE.',
  query:
    'Write it as a plain query: SELECT with joins, subqueries and WITH, or INSERT, UPDATE, DELETE, MERGE and COPY.',
  block: 'Send the statements of the block by themselves.',
  execute: 'EXECUTE it by itself, so that its rows go to you.',
  recursion: 'Name the query once, in the FROM of the right arm of its UNION and not in a subquery there.',
  system: 'Leave it out: what it holds can’t be masked. pg_class.reltuples and EXPLAIN tell of numbers of rows.',
  opaque: 'Select from the tables behind it, or ask an administrator to make it without what is named.',
  domain: 'Give the domain a condition that only compares values.',
  cast: 'Leave the cast out, or ask an administrator to list the function behind it under functions: pure.',
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

/**
 * A masked column is used in a place where its values, or something computed from them, could be seen.
 * @param use completes “here it is used …”
 */
export const masked = (subject: string, use: string, remedy: Remedy): Refusal =>
  new Refusal({
    code: 'COLUMN_MASKED',
    subject,
    why: `${subject} is masked, and here it is used ${use}`,
    hint: remedies[remedy],
  })

export const unproven = (subject: string, why: string, remedy: Remedy): Refusal =>
  new Refusal({ code: 'STATEMENT_UNPROVEN', subject, why, hint: remedies[remedy] })
