import { as, isFields, list, text, words, type Fields } from '../../tree.js'
import { measured } from '../distances/measure.js'
import { clean, columnsOf, combine, type Mark } from '../mark.js'
import { lookup } from '../lookup.js'
import { grouped, sortable } from '../queries/order.js'
import { plainColumn } from './plain.js'
import { decidesInCall } from './lazy.js'
import { holds } from './predicate.js'
import type { Place, Proof } from '../proof.js'
import { masked } from '../refusal.js'
import { hasSideEffects } from '../side-effects.js'

/** Whether rows may be ranked by what is a distance. */
const ranks = (proof: Proof, node: unknown, place: Place): boolean => {
  const sort = as(node, 'SortBy')
  if (!sort || sort['sortby_dir'] === 'SORTBY_USING') return false
  const distance = measured(proof, sort['node'], place)
  return distance !== undefined && distance.right !== 'hide' && sortable(proof, distance)
}

/** What the rows behind a window function, and their order, depend on. */
export const windowOf = (proof: Proof, definition: Fields, place: Place): Mark => {
  const partition = list(definition['partitionClause']).map((node) => grouped(proof, proof.value(node, place)))
  // The server sorts rows to make a window, and they come out in that order whatever is shown of them.
  const keys = list(definition['orderClause']).map((node) => ({ node, mark: proof.value(node, place) }))
  const sorted = keys.filter(({ node, mark }) => mark.kind !== 'clean' && !ranks(proof, node, place))
  proof.shownByRows(
    combine([...partition, ...sorted.map(({ mark }) => mark)]),
    'to sort the rows of a window by',
    'sort',
  )
  const order = combine(keys.map(({ mark }) => mark))
  const frame = proof.value([definition['startOffset'], definition['endOffset']], place)
  proof.shownByRows(frame, 'to say which rows a window has', 'constant')
  const named = text(definition['name']) !== undefined || text(definition['refname']) !== undefined
  return combine([...partition, order, frame, named ? (place.windows ?? clean) : clean])
}

/** FILTER: a condition that the policy allows leaves no trace; what any other depends on, the result depends on. */
const filtered = (proof: Proof, condition: unknown, place: Place): Mark => {
  if (condition === undefined) return clean
  const mark = combine([proof.value(condition, place)])
  return holds(proof, condition, place) === undefined ? clean : mark
}

/**
 * count(column) and count(DISTINCT column) of a masked column as it is: how many there are, and how many different ones,
 * says no more than NULLs and groups do.
 */
const counted = (proof: Proof, fields: Fields, place: Place): boolean => {
  const name = words(fields['funcname'])
  const own = name.at(-1) === 'count' && !proof.catalog.routines.added.has('count')
  return (
    own &&
    list(fields['args']).every((argument) => {
      const mark = plainColumn(proof, argument, place.scope)
      return mark?.kind === 'masked' && proof.predicates(mark) !== 'deny' && !proof.hidesNulls(mark)
    })
  )
}

/** Functions that draw random numbers by their arguments: the next one that anybody draws tells how many. */
const drawing: ReadonlySet<string> = new Set(['random', 'random_normal'])

/** @throws {Refusal} where the function could carry what it is given elsewhere, or show it by how many rows it makes */
const carried = (proof: Proof, name: string, given: Mark): void => {
  const { routines } = proof.catalog
  const [column] = columnsOf(given)
  if (column === undefined) return
  if (hasSideEffects(routines, name))
    throw masked(column, `as an argument of ${name}, which may carry it elsewhere`, 'carry')
  // How many random numbers it draws, or which tables it reads and how, depends on what it is given.
  const draws = drawing.has(name) || (routines.added.get(name)?.some(({ acts }) => acts) ?? false)
  if (draws && proof.author === 'client' && proof.predicates(given) !== 'allow')
    throw masked(column, `as an argument of ${name}, where it can be noticed what it was given`, 'carry')
  if (routines.sets.has(name))
    proof.shownByRows(given, `as an argument of ${name}, which shows it by how many rows it makes`, 'rows')
}

/** Builtin aggregates whose result is the same in whatever order they are given rows. */
const orderless: ReadonlySet<string> = new Set([
  ...['count', 'regr_count', 'every', 'bool_and', 'bool_or', 'bit_and', 'bit_or', 'bit_xor'],
])

/** The same where equal values look the same: of others the first one that comes is kept, or sums depend on the order. */
const ofExact: ReadonlySet<string> = new Set(['min', 'max', 'sum', 'avg'])

/** OIDs of types that are numbers inside: bool, int8, int2, int4, oid, date, timestamp, timestamptz, uuid. */
const exact: ReadonlySet<number> = new Set([16, 20, 21, 23, 26, 1082, 1114, 1184, 2950])

/** Whether what a call gives may show in which order an aggregate was given rows. */
const showsOrder = (proof: Proof, name: string, fields: Fields, place: Place): boolean => {
  const { added, aggregates } = proof.catalog.routines
  if (added.has(name)) return true
  if (!aggregates.has(name) || orderless.has(name)) return false
  const [argument] = list(fields['args'])
  const reference = ofExact.has(name) ? as(argument, 'ColumnRef') : undefined
  const found = reference && lookup(reference, place.scope, proof)
  return found?.kind !== 'column' || !exact.has(found.type ?? 0)
}

/** ORDER BY in an aggregate. What is sorted by is told to the query that it stands in. */
const ordered = (proof: Proof, keys: unknown, place: Place): Mark => {
  const marks = list(keys).map((node) => {
    const mark = proof.value(node, place)
    if (mark.kind !== 'clean' && !ranks(proof, node, place)) place.rows?.sorted.push(mark)
    return mark
  })
  return combine(marks)
}

/** JSON_OBJECTAGG and JSON_ARRAYAGG: what is aggregated, in a node of its own each, and how, as of any aggregate. */
export const jsonAggregate = (proof: Proof, fields: Fields, place: Place): Mark => {
  const own = Object.entries(fields)
  const what = own.flatMap(([key, value]) => (key === 'constructor' ? [] : [value]))
  const how = own.find(([key, value]) => key === 'constructor' && isFields(value))?.[1] as Fields | undefined
  const { agg_filter, agg_order, over, ...rest } = how ?? {}
  const given = combine([proof.value(what, place), proof.value(rest, place)])
  const order = ordered(proof, agg_order, place)
  const filter = filtered(proof, agg_filter, place)
  const window = isFields(over) ? windowOf(proof, over, place) : clean
  const call = { fields: { args: [what, rest], over }, name: '', given: combine([given, window]), filter }
  decidesInCall(proof, call, place)
  const mark = combine([given, order, filter, window])
  if (mark.kind === 'clean') place.rows?.taken.push('')
  return mark
}

/** A function call, an aggregate or a window function. */
export const call = (proof: Proof, fields: Fields, place: Place): Mark => {
  const names = words(fields['funcname'])
  const given = proof.value(fields['args'], place)
  const within = fields['agg_within_group'] === true
  const order = within ? proof.value(fields['agg_order'], place) : ordered(proof, fields['agg_order'], place)
  if (fields['agg_distinct'] === true && grouped(proof, given).kind !== 'clean') place.rows?.sorted.push(given)
  const filter = filtered(proof, fields['agg_filter'], place)
  const name = names.at(-1) ?? ''
  carried(proof, name, combine([given, order, filter]))
  decidesInCall(proof, { fields, name, given, filter }, place)
  const mark = combine([
    counted(proof, fields, place) ? clean : given,
    order,
    filter,
    isFields(fields['over']) ? windowOf(proof, fields['over'], place) : clean,
    proof.reads(names),
  ])
  if (mark.kind === 'clean' && showsOrder(proof, name, fields, place)) place.rows?.taken.push(name)
  return mark
}
