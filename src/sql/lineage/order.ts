import { as, integer, items, list, word, type Fields } from '../tree.js'
import { nearestNeighbor } from './nearest-neighbor.js'
import type { Place, Proof } from './proof.js'
import { masked } from './refusal.js'
import { hidden, uncertain, type ScopeColumn, type Shape } from './scope.js'

/** How a clause takes a name or a number: ORDER BY looks at the output columns first, GROUP BY at those of FROM. */
interface Clause {
  readonly use: string
  readonly outputsFirst: boolean
}

export const orderBy: Clause = { use: 'to sort by', outputsFirst: true }
export const distinctOn: Clause = { use: 'in DISTINCT ON', outputsFirst: true }
export const groupBy: Clause = { use: 'to group by', outputsFirst: false }

const check = (column: ScopeColumn | undefined, clause: Clause): void => {
  if (column && column.mark.kind !== 'clean') throw masked(column.mark.column, clause.use)
}

/** `ORDER BY 2` */
const position = (node: unknown): number | undefined => {
  return integer(as(node, 'A_Const')?.['ival'])
}

const byPosition = (number: number, outputs: Shape, clause: Clause): void => {
  const column = hidden(outputs)
  if (outputs.open && column !== undefined) throw masked(column, clause.use)
  check(outputs.columns[number - 1], clause)
}

/** @returns whether the name is certainly an output column, so that FROM need not be asked */
const byOutput = (reference: Fields, outputs: Shape, clause: Clause): boolean => {
  const parts = list(reference['fields'])
  const name = parts.length === 1 ? word(parts[0]) : undefined
  if (name === undefined) return false
  const matches = outputs.columns.filter((column) => column.name === name)
  for (const match of matches) check(match, clause)
  return matches.length > 0 && clause.outputsFirst && !uncertain(outputs)
}

/** One sort or grouping key: no masked column, be it by name, number or expression. */
export const key = (proof: Proof, node: unknown, outputs: Shape, place: Place, clause: Clause): void => {
  const number = position(node)
  if (number !== undefined) return byPosition(number, outputs, clause)
  const reference = as(node, 'ColumnRef')
  if (reference && byOutput(reference, outputs, clause)) return proof.account(reference)
  const inside = as(node, 'GroupingSet')?.['content'] ?? as(node, 'RowExpr')?.['args'] ?? as(node, 'List')?.['items']
  if (inside !== undefined) {
    for (const each of items(inside)) key(proof, each, outputs, place, clause)
    return
  }
  proof.expression(node, place, clause.use)
}

/** ORDER BY of a query; a masked vector may be sorted by its distance from a constant. */
export const sortClause = (proof: Proof, clause: unknown, outputs: Shape, place: Place): void => {
  for (const node of list(clause)) {
    const sort = as(node, 'SortBy')
    const vector = sort?.['sortby_dir'] === 'SORTBY_USING' ? undefined : nearestNeighbor(proof, sort?.['node'], place)
    if (vector) proof.account(vector)
    else key(proof, sort?.['node'], outputs, place, orderBy)
  }
}
