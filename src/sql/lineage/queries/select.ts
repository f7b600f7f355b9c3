import { all, isFields, items, list, type Fields } from '../../tree.js'
import { windowOf } from '../expressions/call.js'
import { fromClause } from './from.js'
import { clean, combine } from '../mark.js'
import { check, distinct, distinctOn, groupBy, key, limited, sortClause } from './order.js'
import { predicate } from '../expressions/predicate.js'
import type { AggregatedRows, Place, Proof } from '../proof.js'
import { masked, unproven } from '../refusal.js'
import { hidden, itemOf, type Item, type ScopeColumn, type Shape } from '../scope.js'
import { setOperation } from './set-operation.js'
import { rowColumns, targets } from './targets.js'
import { withClause } from './with.js'
import { spend } from '../../work.js'

/** The columns of a set operation or VALUES, as its own ORDER BY sees them. */
const asItem = (shape: Shape): Item =>
  itemOf({ ...shape, name: undefined, bare: false, table: false, ambiguous: false })

/** All that a column of several rows or arms may be, where the client gave each of them. */
const givenInAll = (columns: readonly (ScopeColumn | undefined)[]): Pick<ScopeColumn, 'given'> =>
  columns.every((column) => column?.given) ? { given: columns.flatMap((column) => column?.given ?? []) } : {}

const values = (proof: Proof, fields: Fields, place: Place): Shape => {
  const rows = list(fields['valuesLists']).map((row) => rowColumns(proof, items(row), place))
  const open = rows.some((row) => row.open)
  const longest = rows.reduce((most, { columns }) => Math.max(most, columns.length), 0)
  spend(rows.length * longest)
  const columns = Array.from({ length: longest }, (_, index) => ({
    name: `column${index + 1}`,
    mark: combine(rows.map((row) => row.columns[index]?.mark ?? clean)),
    ...(rows.some((row) => row.columns[index]?.acts) && { acts: true as const }),
    ...givenInAll(rows.map((row) => row.columns[index])),
  }))
  const column = open ? hidden({ columns, open }) : undefined
  if (column !== undefined) throw unproven(column, 'its place among the columns of VALUES is not known', 'names')
  return { columns: open ? [] : columns, open }
}

/** What named windows depend on; they may build on each other. */
const windowsOf = (proof: Proof, clause: unknown, place: Place): Place => {
  const definitions = all(clause, 'WindowDef')
  if (definitions.length === 0) return place
  return { ...place, windows: combine(definitions.map((definition) => windowOf(proof, definition, place))) }
}

const distinctClause = (proof: Proof, clause: unknown, outputs: Shape, place: Place): void => {
  // Plain DISTINCT is a list of one empty node.
  const on = list(clause).filter((node) => isFields(node) && Object.keys(node).length > 0)
  for (const node of on) key(proof, node, outputs, place, distinctOn)
  if (on.length > 0) return
  for (const { mark, distance } of outputs.columns) if (distance?.right !== 'show') check(proof, mark, distinct)
}

const simple = (proof: Proof, fields: Fields, outer: Place): Shape => {
  const from = fromClause(proof, fields['fromClause'], outer)
  const { windows: _notInside, ...rest } = outer
  const rows: AggregatedRows = { sorted: [], taken: [] }
  const bare: Place = { ...rest, rows, scope: { items: from, outer: outer.scope } }
  const place = windowsOf(proof, fields['windowClause'], bare)
  predicate(proof, fields['whereClause'], place)
  const outputs = targets(proof, fields['targetList'], place)
  for (const node of list(fields['groupClause'])) key(proof, node, outputs, place, groupBy)
  predicate(proof, fields['havingClause'], place)
  if (fields['distinctClause'] !== undefined) distinctClause(proof, fields['distinctClause'], outputs, place)
  sortClause(proof, fields['sortClause'], outputs, place, fields)
  if (rows.taken.length > 0) proof.shownByRows(combine(rows.sorted), 'to sort the rows of an aggregate by', 'sort')
  // An aggregate of nothing but outer columns is one of the outer query.
  outer.rows?.sorted.push(...rows.sorted)
  outer.rows?.taken.push(...rows.taken)
  // FOR UPDATE OF names aliases of this FROM.
  proof.accountAll(fields['lockingClause'])
  return outputs
}

/** A SELECT, VALUES or TABLE command, with its CTEs. */
export const select = (proof: Proof, fields: Fields, outer: Place): Shape => {
  const place = withClause(proof, fields['withClause'], outer)
  const { firstArm: _notInside, ...inside } = place
  proof.shownByRows(proof.value([fields['limitCount'], fields['limitOffset']], inside), 'in LIMIT', 'constant')
  const set = isFields(fields['larg'])
  if (set || list(fields['valuesLists']).length > 0) {
    const shape = set ? setOperation(proof, fields, place) : values(proof, fields, inside)
    const scope = { items: [asItem(shape)], outer: place.scope }
    sortClause(proof, fields['sortClause'], shape, { ...inside, scope }, fields)
    return limited(shape, fields)
  }
  if (!isFields(fields['intoClause'])) return limited(simple(proof, fields, inside), fields)
  // SELECT INTO makes a table.
  proof.accountAll(fields['intoClause'])
  const column = hidden(simple(proof, fields, { ...inside, flow: 'kept' }))
  if (column !== undefined) throw masked(column, 'to fill another table', 'store')
  return { columns: [], open: false }
}
