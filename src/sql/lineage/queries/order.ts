import { as, integer, isFields, items, list, word, words, type Fields } from '../../tree.js'
import { isLocal } from '../lookup.js'
import { columnsNamed, isUncertain } from '../named-columns.js'
import { clean, columnsOf, type Mark } from '../mark.js'
import { questionOf, reorders, type Distance } from '../distances/distance.js'
import { measured } from '../distances/measure.js'
import { isComparable } from '../expressions/plain.js'
import type { Place, Proof } from '../proof.js'
import { masked } from '../refusal.js'
import type { ScopeColumn, Shape } from '../scope.js'
import { spend } from '../../work.js'

/** How a clause takes a name or a number: ORDER BY looks at the output columns first, GROUP BY at those of FROM. */
interface Clause {
  readonly use: string
  readonly outputsFirst: boolean
  /** Puts equal values together, and shows no more than which are equal. */
  readonly groups: boolean
}

export const orderBy: Clause = { use: 'to sort by', outputsFirst: true, groups: false }
export const distinctOn: Clause = { use: 'in DISTINCT ON', outputsFirst: true, groups: true }
export const distinct: Clause = { use: 'in DISTINCT', outputsFirst: true, groups: true }
export const groupBy: Clause = { use: 'to group by', outputsFirst: false, groups: true }

/**
 * What a key that puts equal values together shows: nothing where it is a masked column as it is and the policy lets it be
 * compared. What is computed may have values of the client's own mixed in, which then label the groups.
 */
export const grouped = (proof: Proof, mark: Mark): Mark => {
  if (mark.kind === 'clean') return clean
  if (proof.author === 'view') return clean
  const level = proof.predicates(mark)
  return level === 'allow' || (level === 'equality' && isComparable(proof, mark)) ? clean : mark
}

/** @throws {Refusal} */
export const check = (proof: Proof, mark: Mark, clause: Clause): void => {
  if (!clause.groups) return proof.shownByRows(mark, clause.use, 'sort')
  const [column] = columnsOf(grouped(proof, mark))
  if (column !== undefined) throw masked(column, clause.use, 'group')
}

/** `ORDER BY 2` */
const position = (node: unknown): number | undefined => {
  return integer(as(node, 'A_Const')?.['ival'])
}

/** The output columns that a name or number means; none where it means something of FROM. */
const outputsMeant = (node: unknown, outputs: Shape): readonly ScopeColumn[] => {
  const number = position(node)
  if (number !== undefined) {
    const column = outputs.columns[number - 1]
    if (!outputs.open) return column ? [column] : []
    return outputs.columns
  }
  const parts = list(as(node, 'ColumnRef')?.['fields'])
  const name = parts.length === 1 ? word(parts[0]) : undefined
  return name === undefined ? [] : columnsNamed(outputs, name)
}

/** One sort or grouping key, be it by name, number or expression. */
export const key = (proof: Proof, node: unknown, outputs: Shape, place: Place, clause: Clause): void => {
  const meant = outputsMeant(node, outputs)
  spend(1 + meant.length)
  for (const { mark, distance } of meant) if (distance?.right !== 'show') check(proof, mark, clause)
  if (position(node) !== undefined) return
  const reference = as(node, 'ColumnRef')
  if (reference && meant.length > 0 && !isUncertain(outputs)) {
    const own = words(reference['fields'])[0] ?? ''
    if (clause.outputsFirst || !isLocal(own, place.scope)) return proof.account(reference)
  }
  const inside = as(node, 'GroupingSet')?.['content'] ?? as(node, 'RowExpr')?.['args'] ?? as(node, 'List')?.['items']
  if (inside !== undefined) {
    for (const each of items(inside)) key(proof, each, outputs, place, clause)
    return
  }
  const mark = proof.value(node, place)
  if (mark.kind !== 'clean' && measured(proof, node, place)?.right === 'show') return
  check(proof, mark, clause)
}

/** The distance that a sort key is, by itself or by an output column's name or number. */
const distanceOf = (proof: Proof, node: unknown, outputs: Shape, place: Place): ScopeColumn['distance'] | undefined => {
  const meant = outputsMeant(node, outputs)
  if (meant.length === 0) return measured(proof, node, place)
  const certain = position(node) === undefined ? !isUncertain(outputs) : !outputs.open
  return meant.length === 1 && certain ? meant[0]?.distance : undefined
}

/** ORDER BY of a query; a masked vector may be sorted by its distance from a constant. */
export const sortClause = (proof: Proof, clause: unknown, outputs: Shape, place: Place, select: Fields): void => {
  for (const node of list(clause)) {
    const sort = as(node, 'SortBy')
    const sorted = sort?.['node']
    const using = sort?.['sortby_dir'] === 'SORTBY_USING'
    const found = using ? undefined : distanceOf(proof, sorted, outputs, place)
    if (!found || !sortable(proof, found) || place.flow !== 'client') {
      key(proof, sorted, outputs, place, orderBy)
      continue
    }
    if (outputsMeant(sorted, outputs).length === 0) proof.value(sorted, place)
    else proof.accountAll(sorted)
    const own = rowsOf(select)
    const limit = own === 'none' ? (found.limit ?? own) : own
    if (found.form !== 'rank') for (const search of found.searches) proof.nearest.push({ ...search, limit })
  }
}

/** Whether rows may be sorted by a distance. What brings them into another order than the distance asks for more than that. */
export const sortable = (proof: Proof, distance: Distance): boolean => {
  const { form, right } = distance
  if (right === 'hide') return distance.plain
  if (right === 'compare' && form !== 'rank' && reorders(distance)) proof.guess(questionOf(distance, 'order'))
  return true
}

/** The same columns where LIMIT bounds their rows. */
export const limited = (shape: Shape, select: Fields): Shape => {
  const limit = rowsOf(select)
  if (limit === 'none' || shape.columns.every(({ distance }) => !distance)) return shape
  const columns = shape.columns.map((column) =>
    column.distance ? { ...column, distance: { ...column.distance, limit } } : column,
  )
  return { ...shape, columns }
}

/** How many rows LIMIT lets through. */
const rowsOf = (select: Fields): Proof['nearest'][number]['limit'] => {
  const count = select['limitCount']
  if (count === undefined || as(count, 'A_Const')?.['isnull'] === true) return 'none'
  if (select['limitOption'] === 'LIMIT_OPTION_WITH_TIES') return 'unknown'
  const parameter = as(untyped(count), 'ParamRef')
  if (parameter) return { parameter: Number(parameter['number'] ?? 0) }
  const constant = as(count, 'A_Const') ?? as(counted(count), 'A_Const')
  return constant?.['ival'] === undefined ? 'unknown' : (integer(constant['ival']) ?? 'unknown')
}

/** Under a cast that leaves a whole number as it is. */
const counted = (node: unknown): unknown => {
  const cast = as(node, 'TypeCast')
  const type = isFields(cast?.['typeName']) ? words(cast['typeName']['names']).at(-1) : undefined
  return type === 'int2' || type === 'int4' || type === 'int8' ? cast?.['arg'] : undefined
}

/** Under a cast, such as drivers put around parameters. */
export const untyped = (node: unknown): unknown => as(node, 'TypeCast')?.['arg'] ?? node
