import { list, walk, words, type Fields } from '../tree.js'

/** Aggregates that make one number or value of many. */
const aggregates: ReadonlySet<string> = new Set([
  ...['count', 'sum', 'avg', 'min', 'max', 'bool_and', 'bool_or', 'every'],
  ...['stddev', 'stddev_pop', 'stddev_samp', 'variance', 'var_pop', 'var_samp'],
])

/** What may stand around them. */
const roundings: ReadonlySet<string> = new Set(['round', 'floor', 'ceil', 'trunc'])

/** Outside of aggregates these can run what makes rows of its own: operators, functions as `(row).name`, queries. */
const others: readonly string[] = ['A_Expr', 'A_Indirection', 'ColumnRef', 'SubLink']

const shaping = ['targetList', 'sortClause', 'distinctClause', 'windowClause'] as const

/** Whether a call is `count(*)` over all rows; nobody can give that another meaning, as a function of that name could. */
const countsAll = (call: Fields): boolean =>
  call['agg_star'] === true && call['over'] === undefined && words(call['funcname']).at(-1) === 'count'

/**
 * Whether a query surely gives one row at most: it counts rows, and groups them by nothing. What it reads can then only
 * stand in aggregates, in which the server allows nothing that makes rows, and beside them there is nothing but roundings.
 */
export const isOneRow = (select: Fields): boolean => {
  if (list(select['groupClause']).length > 0) return false
  let counts = false
  let unsure = false
  for (const clause of shaping)
    walk(select[clause], (fields) => {
      unsure ||= others.some((node) => fields[node] !== undefined)
      if (fields['funcname'] === undefined) return !unsure
      counts ||= countsAll(fields)
      const [last = '', schema = 'pg_catalog', ...more] = [...words(fields['funcname'])].reverse()
      const known = more.length === 0 && schema === 'pg_catalog'
      if (known && aggregates.has(last)) return false
      unsure ||= !known || !roundings.has(last)
      return !unsure
    })
  return counts && !unsure
}
