import { as, integer, isFields, list, text, walk, words, type Fields } from '../tree.js'
import type { Limit } from '../facts.js'
import { isOneRow } from './one-row.js'

const rank = (limit: Limit): number => (limit === 'all' ? Infinity : limit === 'unknown' ? Number.MAX_VALUE : limit)

/** The one that lets more rows out. */
export const larger = (one: Limit, other: Limit): Limit => (rank(other) > rank(one) ? other : one)

/** A literal count; NULL and ALL are no limit. */
const count = (node: unknown): Limit => {
  const constant = as(node, 'A_Const')
  if (!constant) return 'unknown'
  if (constant['isnull'] === true) return 'all'
  const { ival, fval } = constant
  if (ival !== undefined) return integer(ival) ?? 'unknown'
  const float = isFields(fval) ? Number(text(fval['fval'])) : Number.NaN
  return Number.isFinite(float) && float >= 0 ? Math.round(float) : 'unknown'
}

/** Aggregates that put many rows into one value. */
const collecting =
  /^(?:(?:array|string|xml|range|jsonb?)_?(?:object_)?agg(?:_strict|_unique|_unique_strict)?|percentile_(?:cont|disc))$/

const collectingNodes: ReadonlySet<string> = new Set(['JsonArrayAgg', 'JsonObjectAgg', 'JsonArrayQueryConstructor'])

/** Whether one row that comes out can hold many that went in: a LIMIT then says nothing. */
export const collects = (select: Fields, unknownFunction: (name: readonly string[]) => boolean): boolean => {
  let found = false
  walk(select, (fields) => {
    const name = fields['funcname'] === undefined ? [] : words(fields['funcname'])
    if (name.length > 0) found ||= collecting.test(name.at(-1) ?? '') || unknownFunction(name)
    found ||= fields['subLinkType'] === 'ARRAY_SUBLINK' || fields['recursive'] === true
    for (const key in fields) found ||= collectingNodes.has(key)
    return !found
  })
  return found
}

/**
 * How many rows a query lets out, as far as a literal LIMIT says so, or that it only counts them.
 * @param unknownFunction whether nobody knows what a function does; it may be an aggregate that collects
 */
export const limitOfSelect = (select: Fields, unknownFunction: (name: readonly string[]) => boolean): Limit => {
  if (select['limitCount'] === undefined) return isOneRow(select) && !collects(select, unknownFunction) ? 1 : 'all'
  if (select['limitOption'] === 'LIMIT_OPTION_WITH_TIES') return 'unknown'
  const limit = count(select['limitCount'])
  return limit !== 0 && limit !== 'all' && collects(select, unknownFunction) ? 'all' : limit
}

/** Of the rows that it changes, a statement lets out all or none. */
export const limitOfReturning = (fields: Fields): Limit =>
  fields['returningClause'] === undefined && list(fields['returningList']).length === 0 ? 0 : 'all'
