import { as, integer, isFields, items, list, unwrap, words, type Fields } from '../../tree.js'
import { isConstant } from '../expressions/plain.js'
import { subquery } from '../expressions/sublink.js'
import { lookup } from '../lookup.js'
import type { Place, Proof } from '../proof.js'
import { computed } from './given.js'
import { type Distance, together } from './distance.js'
import { ownDistance } from './operator.js'
import { aggregates, isComputed, ranks, windowed } from './functions.js'

/**
 * What an expression is made of, as far as distances go. `constant`: of what the client gave, the same for each row.
 * `clean`: of columns that aren't masked; `rows` says which rows they stand in.
 */
type Measure =
  | { readonly kind: 'constant' }
  | { readonly kind: 'clean'; readonly rows: ReadonlySet<object | undefined> }
  /** `ordered`: rows sorted by it are in the order of the distance itself, or the other way round. */
  | { readonly kind: 'distance'; readonly distance: Distance; readonly ordered: boolean }

const constant: Measure = { kind: 'constant' }

/** Nobody can say: something else that is masked is in it, or something that isn't followed. */
type Found = Measure | undefined

const reference = (proof: Proof, fields: Fields, place: Place): Found => {
  const found = lookup(fields, place.scope, proof)
  if (found.kind !== 'column') return undefined
  if (found.distance) return { kind: 'distance', distance: found.distance, ordered: true }
  if (found.mark.kind !== 'clean') return undefined
  const [only, another] = found.given ?? []
  if (only !== undefined && another === undefined && !(typeof only === 'object' && 'list' in only)) return constant
  return { kind: 'clean', rows: new Set([found.row]) }
}

/** Whether what else stands in the row may be mixed in: it is that very row, so that each distance meets one value alone. */
const mixable = ({ right, form, row }: Distance, rows: ReadonlySet<object | undefined>): boolean =>
  right === 'show' || form === 'rank' || (row !== undefined && [...rows].every((each) => each === row))

/** What is computed from these parts. */
const combined = (node: unknown, parts: readonly Found[]): Found => {
  if (parts.includes(undefined)) return undefined
  const known = parts as readonly Measure[]
  const rows = new Set(known.flatMap((part) => (part.kind === 'clean' ? [...part.rows] : [])))
  const measures = known.filter((part) => part.kind === 'distance')
  const [one, ...more] = measures.map(({ distance }) => distance)
  if (!one) return rows.size > 0 ? { kind: 'clean', rows } : constant
  const distance = together([one, ...more])
  if (distance.right === 'hide') return undefined
  if (rows.size > 0 && !mixable(distance, rows)) return undefined
  const form = rows.size > 0 && distance.form === 'distance' ? 'mixed' : distance.form
  const ordered = measures.every((part) => part.ordered) && more.length === 0 && rows.size === 0 && keepsOrder(node)
  return { kind: 'distance', distance: { ...distance, plain: false, form }, ordered }
}

const small = (node: unknown): boolean => {
  const literal = as(node, 'A_Const')
  if (!literal || literal['sval'] !== undefined || literal['isnull'] === true) return false
  const { ival, fval } = literal
  const value = ival !== undefined ? (integer(ival) ?? NaN) : isFields(fval) ? Number(fval['fval']) : NaN
  return Math.abs(value) <= 2 && Number.isInteger(value)
}

const floats: ReadonlySet<string> = new Set(['float8', 'numeric'])

/**
 * `1 - d`, `d * -1`, `(2 - d) / 2`, `d + 0`: rows come in the same order, or the other way round. With greater or smaller
 * numbers a float would be rounded, and where it is rounded to shows what it was.
 */
const keepsOrder = (node: unknown): boolean => {
  const [type, fields] = unwrap(node) ?? []
  if (type === 'TypeCast' && isFields(fields?.['typeName'])) {
    const name = fields['typeName']
    return floats.has(words(name['names']).at(-1) ?? '') && list(name['typmods']).length === 0
  }
  if (type !== 'A_Expr' || fields?.['kind'] !== 'AEXPR_OP') return false
  if (!['+', '-', '*', '/'].includes(words(fields['name']).at(-1) ?? '')) return false
  const sides = [fields['lexpr'], fields['rexpr']].filter((side) => side !== undefined)
  const constants = sides.filter((side) => as(side, 'A_Const') !== undefined)
  return sides.length - constants.length === 1 && constants.every(small)
}

const orderKeys = (definition: Fields): readonly unknown[] =>
  list(definition['orderClause']).map((each) => as(each, 'SortBy')?.['node'])

/** A window function: its place in an order by distances is no more than the order. */
const overWindow = (proof: Proof, fields: Fields, definition: Fields, place: Place): Found => {
  const name = words(fields['funcname']).at(-1) ?? ''
  const named = definition['name'] !== undefined || definition['refname'] !== undefined
  const offsets = definition['startOffset'] !== undefined || definition['endOffset'] !== undefined
  if (named || offsets || fields['agg_filter'] !== undefined) return undefined
  const partitions = list(definition['partitionClause']).map((each) => measure(proof, each, place))
  if (partitions.some((each) => each === undefined || each.kind === 'distance')) return undefined
  const order = orderKeys(definition).map((each) => measure(proof, each, place))
  const given = list(fields['args']).map((each) => measure(proof, each, place))
  if (order.includes(undefined) || given.includes(undefined)) return undefined
  const distances = (order as readonly Measure[]).flatMap((each) => (each.kind === 'distance' ? [each.distance] : []))
  if (!ranks.has(name))
    return windowed.has(name) || aggregates.has(name) ? combined(fields, [...order, ...given]) : undefined
  const [one, ...more] = distances
  if (!one) return { kind: 'clean', rows: new Set([undefined]) }
  const distance = together([one, ...more])
  if (distance.right === 'hide') return undefined
  return { kind: 'distance', distance: { ...distance, plain: false, form: 'rank', row: undefined }, ordered: true }
}

const call = (proof: Proof, fields: Fields, place: Place): Found => {
  const own = ownDistance(proof, { FuncCall: fields }, place)
  if (own) return { kind: 'distance', distance: own, ordered: true }
  if (isFields(fields['over'])) return overWindow(proof, fields, fields['over'], place)
  if (fields['agg_order'] !== undefined || fields['agg_filter'] !== undefined || fields['agg_star'] === true)
    return undefined
  const names = words(fields['funcname'])
  const name = names.at(-1) ?? ''
  if (!aggregates.has(name) && !isComputed(proof, names)) return undefined
  const found = combined(
    { FuncCall: fields },
    list(fields['args']).map((each) => measure(proof, each, place)),
  )
  // Several rows are in it, and what is mixed with it would meet them all.
  return found?.kind === 'distance' && aggregates.has(name)
    ? { ...found, distance: { ...found.distance, row: undefined } }
    : found
}

/** `(SELECT d …)`: under `show` a distance is no secret, whichever row it is of. */
const single = (proof: Proof, fields: Fields, place: Place): Found => {
  if (fields['subLinkType'] !== 'EXPR_SUBLINK') return undefined
  const [shape] = subquery(proof, fields, place)
  const [column, another] = shape?.columns ?? []
  if (!column || another || shape?.open || column.distance?.right !== 'show') return undefined
  return { kind: 'distance', distance: { ...column.distance, plain: false, row: undefined }, ordered: false }
}

type Parts = (fields: Fields) => readonly unknown[]

/** Nodes that compute one value of what they hold, and where that stands. */
const nodes: Readonly<Record<string, Parts>> = {
  TypeCast: ({ arg }) => [arg],
  BoolExpr: ({ args }) => list(args),
  CoalesceExpr: ({ args }) => list(args),
  MinMaxExpr: ({ args }) => list(args),
  NullTest: ({ arg }) => [arg],
  BooleanTest: ({ arg }) => [arg],
  CaseExpr: ({ arg, args, defresult }) => [arg, ...list(args), defresult].filter((each) => each !== undefined),
  CaseWhen: ({ expr, result }) => [expr, result],
}

const operators: ReadonlySet<string> = new Set([
  ...['AEXPR_OP', 'AEXPR_DISTINCT', 'AEXPR_NOT_DISTINCT', 'AEXPR_NULLIF', 'AEXPR_IN', 'AEXPR_BETWEEN'],
  ...['AEXPR_NOT_BETWEEN', 'AEXPR_BETWEEN_SYM', 'AEXPR_NOT_BETWEEN_SYM'],
])

const operation = (proof: Proof, fields: Fields, place: Place): Found => {
  const node = { A_Expr: fields }
  const own = ownDistance(proof, node, place)
  if (own) return { kind: 'distance', distance: own, ordered: true }
  if (!operators.has(String(fields['kind']))) return undefined
  const { lexpr, rexpr } = fields
  const parts = [lexpr, ...(as(rexpr, 'List') ? items(rexpr) : [rexpr])].filter((side) => side !== undefined)
  return combined(
    node,
    parts.map((side) => measure(proof, side, place)),
  )
}

/** @returns undefined where it isn't computed from distances, columns and constants alone */
const measure = (proof: Proof, node: unknown, place: Place): Found => {
  const [type, fields] = unwrap(node) ?? []
  if (type === undefined || !fields) return undefined
  if (type === 'A_Const' || type === 'ParamRef') return constant
  if (type === 'ColumnRef') return reference(proof, fields, place)
  if (type === 'A_Expr') return operation(proof, fields, place)
  if (type === 'FuncCall') return call(proof, fields, place)
  if (type === 'SubLink') return single(proof, fields, place)
  const parts = Object.hasOwn(nodes, type) ? nodes[type] : undefined
  if (!parts) return isConstant(proof, node) ? constant : undefined
  return combined(
    node,
    parts(fields).map((part) => measure(proof, part, place)),
  )
}

/** Where distances only sort: one as it is, perhaps by the name that a subquery gave to it. */
const plainDistance = (proof: Proof, node: unknown, place: Place): Distance | undefined => {
  const named = as(node, 'ColumnRef')
  const found = named && lookup(named, place.scope, proof)
  return found ? (found.kind === 'column' ? found.distance : undefined) : ownDistance(proof, node, place)
}

/**
 * What is known of an expression that is made of distances of masked vectors.
 * @returns undefined where it is none, or something else is in it that the policy hides
 */
export const measured = (proof: Proof, node: unknown, place: Place): Distance | undefined => {
  if (place.flow !== 'client' && proof.comparesDistances) return undefined
  if (!proof.comparesDistances) return plainDistance(proof, node, place)
  const found = measure(proof, node, place)
  if (found?.kind !== 'distance') return undefined
  const { distance, ordered } = found
  return ordered ? distance : { ...distance, made: [...distance.made, computed(node)] }
}

/** The row of a table that alone decides about a value, where it holds nothing masked. */
export const rowOf = (proof: Proof, node: unknown, place: Place): object | undefined => {
  if (!proof.comparesDistances) return undefined
  const found = measure(proof, node, place)
  const [row, another] = found?.kind === 'clean' ? [...found.rows] : []
  return another === undefined ? row : undefined
}
