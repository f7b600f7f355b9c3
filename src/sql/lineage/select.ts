import { isFields, items, list, type Fields } from '../tree.js'
import { fromClause } from './from.js'
import { distinctOn, groupBy, key, sortClause } from './order.js'
import { predicate } from './predicate.js'
import type { Place, Proof } from './proof.js'
import { masked } from './refusal.js'
import { clean, hidden, itemOf, type Shape } from './scope.js'
import { targets } from './targets.js'
import { withClause } from './with.js'

const refuseHidden = (shape: Shape, use: string): void => {
  const column = hidden(shape)
  if (column !== undefined) throw masked(column, use)
}

/** UNION, INTERSECT, EXCEPT: the server no longer says where such a column comes from. */
const setOperation = (proof: Proof, fields: Fields, place: Place): Shape => {
  const { firstArm, ...inside } = place
  const arm = (side: unknown): Shape => proof.query('SelectStmt', isFields(side) ? side : {}, inside)
  const left = arm(fields['larg'])
  refuseHidden(left, 'in a set operation (UNION, INTERSECT, EXCEPT)')
  firstArm?.(left)
  const right = arm(fields['rarg'])
  refuseHidden(right, 'in a set operation (UNION, INTERSECT, EXCEPT)')
  const shape = { columns: left.columns, open: left.open || right.open }
  const result = itemOf({ ...shape, name: undefined, bare: false, table: false, ambiguous: false })
  proof.expression(fields['sortClause'], { ...inside, scope: { items: [result], outer: place.scope } }, 'to sort by')
  return shape
}

const values = (proof: Proof, fields: Fields, place: Place): Shape => {
  const rows = list(fields['valuesLists'])
  proof.expression(rows, place, 'in VALUES')
  const columns = items(rows[0]).map((_, index) => ({ name: `column${index + 1}`, mark: clean }))
  const shape = { columns, open: false }
  const result = itemOf({ ...shape, name: undefined, bare: false, table: false, ambiguous: false })
  proof.expression(fields['sortClause'], { ...place, scope: { items: [result], outer: place.scope } }, 'to sort by')
  return shape
}

const simple = (proof: Proof, fields: Fields, outer: Place): Shape => {
  const from = fromClause(proof, fields['fromClause'], outer)
  const place: Place = { ...outer, scope: { items: from, outer: outer.scope } }
  predicate(proof, fields['whereClause'], place)
  const outputs = targets(proof, fields['targetList'], place)
  for (const node of list(fields['groupClause'])) key(proof, node, outputs, place, groupBy)
  proof.expression(fields['havingClause'], place, 'in HAVING')
  proof.expression(fields['windowClause'], place, 'in a window')
  const distinct = fields['distinctClause']
  if (distinct !== undefined) {
    // Plain DISTINCT is a list of one empty node.
    const on = list(distinct).filter((node) => isFields(node) && Object.keys(node).length > 0)
    if (on.length === 0) refuseHidden(outputs, 'in DISTINCT')
    for (const node of on) key(proof, node, outputs, place, distinctOn)
  }
  sortClause(proof, fields['sortClause'], outputs, place)
  // FOR UPDATE OF names aliases of this FROM.
  proof.accountAll(fields['lockingClause'])
  return outputs
}

/** A SELECT, VALUES or TABLE command, with its CTEs. */
export const select = (proof: Proof, fields: Fields, outer: Place): Shape => {
  const place = withClause(proof, fields['withClause'], outer)
  const { firstArm: _notInside, ...inside } = place
  proof.expression([fields['limitCount'], fields['limitOffset']], inside, 'in LIMIT')
  if (isFields(fields['larg'])) return setOperation(proof, fields, place)
  if (list(fields['valuesLists']).length > 0) return values(proof, fields, inside)
  if (!isFields(fields['intoClause'])) return simple(proof, fields, inside)
  // SELECT INTO makes a table.
  const kept: Place = { ...inside, flow: 'kept' }
  proof.accountAll(fields['intoClause'])
  const shape = simple(proof, fields, kept)
  refuseHidden(shape, 'to fill another table')
  return { columns: [], open: false }
}
