import { as, isFields, list, walk, words, type Fields } from './tree.js'

/** What may stand beside `count(*)`: aggregates that make one number or value of many, and roundings. */
const plain: ReadonlySet<string> = new Set([
  ...['count', 'sum', 'avg', 'min', 'max', 'bool_and', 'bool_or', 'every', 'round', 'floor', 'ceil', 'trunc'],
  ...['stddev', 'stddev_pop', 'stddev_samp', 'variance', 'var_pop', 'var_samp'],
])

const shaping = ['targetList', 'sortClause', 'distinctClause', 'windowClause'] as const

/** Whether a call is `count(*)` over all rows; nobody can give that another meaning, as a function of that name could. */
const countsAll = (call: Fields): boolean =>
  call['agg_star'] === true && call['over'] === undefined && words(call['funcname']).at(-1) === 'count'

/**
 * Whether a query surely gives one row at most: it counts rows, and groups them by nothing. What it reads can then only
 * stand in aggregates, and nothing beside them makes rows of its own.
 */
export const isOneRow = (select: Fields): boolean => {
  if (list(select['groupClause']).length > 0) return false
  let counts = false
  let other = false
  for (const clause of shaping)
    walk(select[clause], (fields) => {
      const call = as(fields, 'FuncCall')
      if (call) {
        const name = words(call['funcname'])
        counts ||= countsAll(call)
        other ||= !plain.has(name.at(-1) ?? '') || (name.length > 1 && name[0] !== 'pg_catalog')
      }
      other ||= isFields(fields['SubLink'])
      return !other
    })
  return counts && !other
}
