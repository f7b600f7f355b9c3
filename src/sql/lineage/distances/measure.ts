import type { Given } from '../../facts.js'
import { as, isFields, items, list, unwrap, words, type Fields } from '../../tree.js'
import { isConstant } from '../expressions/constant.js'
import { subquery } from '../expressions/sublink.js'
import { lookup } from '../lookup.js'
import type { Place, Proof } from '../proof.js'
import type { ScopeColumn } from '../scope.js'
import { computed } from './given.js'
import { type Distance, together } from './distance.js'
import { ownDistance } from './operator.js'
import { aggregates, isComputed, ranks, windowed } from './functions.js'
import { keepsOrder } from './keeping.js'
import { arithmetic, isSteady, isSteadyNode, numeric, ofNumbers } from './steady.js'

/**
 * What an expression is made of, as far as distances go. `constant`: of what the client gave, the same for each row.
 * `clean`: of columns that aren't masked; `rows` says which rows they stand in. `made` is what went into it elsewhere: in
 * a CTE, a subquery, VALUES.
 */
type Measure =
  | { readonly kind: 'constant'; readonly steady: boolean; readonly made: readonly Given[] }
  | { readonly kind: 'clean'; readonly rows: ReadonlySet<object | undefined>; readonly made: readonly Given[] }
  | { readonly kind: 'distance'; readonly distance: Distance }

const constant = (steady: boolean, made: readonly Given[] = []): Measure => ({ kind: 'constant', steady, made })

/** Nobody can say: something else that is masked is in it, or something that isn't followed. */
type Found = Measure | undefined

const reference = (proof: Proof, fields: Fields, place: Place): Found => {
  const found = lookup(fields, place.scope, proof)
  if (found.kind !== 'column') return undefined
  if (found.distance) return { kind: 'distance', distance: found.distance }
  if (found.mark.kind !== 'clean') return undefined
  const [only, another] = found.given ?? []
  if (only !== undefined && another === undefined && !(typeof only === 'object' && 'list' in only))
    return constant(true, [only])
  return { kind: 'clean', rows: new Set([found.row]), made: found.made ?? [] }
}

/** Whether what else stands in the row may be mixed in: it is that very row, so that each distance meets one value alone. */
const mixable = ({ right, form, row }: Distance, rows: ReadonlySet<object | undefined>): boolean =>
  right === 'show' || form === 'rank' || (row !== undefined && [...rows].every((each) => each === row))

/** Whether a node makes a number or a truth value of numbers. */
const isNumeric = (node: unknown): boolean => {
  const [type, fields] = unwrap(node) ?? []
  if (type === 'A_Expr') return arithmetic.has(words(fields?.['name']).at(-1) ?? '') || fields?.['kind'] !== 'AEXPR_OP'
  if (type === 'TypeCast' && isFields(fields?.['typeName']))
    return (
      numeric.has(words(fields['typeName']['names']).at(-1) ?? '') &&
      list(fields['typeName']['arrayBounds']).length === 0
    )
  if (type !== 'FuncCall') return true
  const name = words(fields?.['funcname']).at(-1) ?? ''
  return ofNumbers.has(name) || aggregates.has(name) || windowed.has(name)
}

const isSteadyPart = (part: Measure): boolean => part.kind !== 'constant' || part.steady

const allSteady = (node: unknown, parts: readonly Measure[]): boolean =>
  isSteadyNode(unwrap(node)?.[1] ?? {}) && parts.every(isSteadyPart)

/** What is computed from these parts. */
const combined = (proof: Proof, node: unknown, parts: readonly Found[]): Found => {
  if (parts.includes(undefined)) return undefined
  const known = parts as readonly Measure[]
  const rows = new Set(known.flatMap((part) => (part.kind === 'clean' ? [...part.rows] : [])))
  const made = known.flatMap((part) => (part.kind === 'distance' ? [] : part.made))
  const [one, ...more] = known.flatMap((part) => (part.kind === 'distance' ? [part.distance] : []))
  if (!one) return rows.size > 0 ? { kind: 'clean', rows, made } : constant(allSteady(node, known), made)
  const distance = together([one, ...more])
  if (distance.right === 'hide') return undefined
  if (rows.size > 0 && !mixable(distance, rows)) return undefined
  const measures = distance.right === 'compare' && distance.form !== 'rank'
  if (measures && !(isNumeric(node) && known.every(isSteadyPart))) return undefined
  const keeps = more.length === 0 && rows.size === 0 && keepsOrder(node)
  return {
    kind: 'distance',
    distance: {
      ...distance,
      plain: false,
      form: rows.size > 0 && distance.form === 'distance' ? 'mixed' : distance.form,
      made: [...new Set([...distance.made, ...made])],
      steps: keeps ? one.steps + 1 : Infinity,
    },
  }
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
    return windowed.has(name) || aggregates.has(name) ? overRows(proof, fields, [...order, ...given]) : undefined
  const [one, ...more] = distances
  if (!one) return { kind: 'clean', rows: new Set([undefined]), made: [] }
  const distance = together([one, ...more])
  if (distance.right === 'hide') return undefined
  return { kind: 'distance', distance: { ...distance, plain: false, form: 'rank', row: undefined } }
}

/** A value of another row, or of many: one whose vector is known could measure this one's. */
const overRows = (proof: Proof, fields: Fields, parts: readonly Found[]): Found => {
  const found = combined(proof, { FuncCall: fields }, parts)
  return found?.kind === 'distance' ? { kind: 'distance', distance: { ...found.distance, meets: true } } : found
}

const call = (proof: Proof, fields: Fields, place: Place): Found => {
  const own = ownDistance(proof, { FuncCall: fields }, place)
  if (own) return { kind: 'distance', distance: own }
  if (isFields(fields['over'])) return overWindow(proof, fields, fields['over'], place)
  if (fields['agg_order'] !== undefined || fields['agg_filter'] !== undefined || fields['agg_star'] === true)
    return undefined
  const names = words(fields['funcname'])
  const name = names.at(-1) ?? ''
  if (!aggregates.has(name) && !isComputed(proof, names)) return undefined
  const found = combined(
    proof,
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
  return { kind: 'distance', distance: { ...column.distance, plain: false, row: undefined, steps: Infinity } }
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
  if (own) return { kind: 'distance', distance: own }
  if (!operators.has(String(fields['kind']))) return undefined
  const { lexpr, rexpr } = fields
  const parts = [lexpr, ...(as(rexpr, 'List') ? items(rexpr) : [rexpr])].filter((side) => side !== undefined)
  return combined(
    proof,
    node,
    parts.map((side) => measure(proof, side, place)),
  )
}

/** @returns undefined where it isn't computed from distances, columns and constants alone */
const measure = (proof: Proof, node: unknown, place: Place): Found => {
  const [type, fields] = unwrap(node) ?? []
  if (type === undefined || !fields) return undefined
  if (type === 'A_Const' || type === 'ParamRef') return constant(true)
  if (type === 'ColumnRef') return reference(proof, fields, place)
  if (type === 'A_Expr') return operation(proof, fields, place)
  if (type === 'FuncCall') return call(proof, fields, place)
  if (type === 'SubLink') return single(proof, fields, place)
  const parts = Object.hasOwn(nodes, type) ? nodes[type] : undefined
  if (!parts) return isConstant(proof, node) ? constant(isSteady(proof, node)) : undefined
  return combined(
    proof,
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
  const { distance } = found
  // What a subquery gave a name to is no more than that.
  return as(node, 'ColumnRef') || distance.plain ? distance : { ...distance, made: [...distance.made, computed(node)] }
}

/**
 * The row of a table that alone decides about a value, where it holds nothing masked, and how it is computed from that.
 * @returns undefined where there is no such row
 */
export const rowOf = (proof: Proof, node: unknown, place: Place): Pick<ScopeColumn, 'row' | 'made'> | undefined => {
  if (!proof.comparesDistances) return undefined
  const found = measure(proof, node, place)
  const [row, another] = found?.kind === 'clean' ? [...found.rows] : []
  if (found?.kind !== 'clean' || another !== undefined || row === undefined) return undefined
  return { row, made: [...found.made, computed(node)] }
}
