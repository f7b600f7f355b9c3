import { all, as, list, text, type Fields } from '../../tree.js'
import { columnName } from './column-name.js'
import { lookup, type Found } from '../lookup.js'
import { columnsOf, combine, type Mark } from '../mark.js'
import { acts } from '../expressions/acting.js'
import { givenBy } from '../distances/constants.js'
import { measured, rowOf } from '../distances/measure.js'
import type { Place, Proof } from '../proof.js'
import { unproven } from '../refusal.js'
import { hidden, type ScopeColumn, type Shape } from '../scope.js'

const star = (found: Extract<Found, { kind: 'star' }>): Shape => {
  for (const item of found.items) {
    const sources = 'sources' in item ? item.sources : [item]
    const column = hidden(item)
    const unsure = sources.find((source) => source.ambiguous) ?? (found.items.length > 1 && !('sources' in item))
    if (column !== undefined && unsure)
      throw unproven(column, 'which table * means depends on the search path', 'schema')
  }
  return { columns: found.items.flatMap((item) => item.columns), open: found.items.some((item) => item.open) }
}

/** `(row).*` makes as many columns as the row has; of a row in FROM, those are its columns. */
const expanded = (proof: Proof, value: unknown, place: Place): Shape | undefined => {
  const fields = as(value, 'A_Indirection')
  if (!list(fields?.['indirection']).some((part) => as(part, 'A_Star'))) return undefined
  const mark = proof.value(value, place)
  const reference = as(fields?.['arg'], 'ColumnRef')
  const found = reference && lookup(reference, place.scope, proof)
  if (found?.kind === 'row' && list(fields?.['indirection']).length === 1)
    return star({ kind: 'star', items: [found.source] })
  const [column] = columnsOf(mark)
  if (column !== undefined)
    throw unproven(column, 'its place among the columns that a row is expanded to is not known', 'names')
  return { columns: [], open: true }
}

const target = (proof: Proof, fields: Fields, place: Place): Shape => {
  const value = fields['val']
  const name = text(fields['name'])
  const reference = as(value, 'ColumnRef')
  if (!reference) {
    const rows = expanded(proof, value, place)
    if (rows) return rows
    const mark = proof.value(value, place)
    const made = { ...known(proof, value, mark, place), ...(acts(proof, value, place) && { acts: true as const }) }
    const column = { name: name ?? columnName(value), mark: combine([mark]), ...made }
    return { columns: [column], open: false }
  }
  proof.account(reference)
  const found = lookup(reference, place.scope, proof)
  if (found.kind === 'star') return star(found)
  if (found.kind === 'row') {
    const mark = combine(found.source.columns.map((column) => column.mark))
    const own = found.source.columns.some((column) => column.acts)
    return { columns: [{ name: name ?? found.name, mark, ...(own && { acts: true as const }) }], open: false }
  }
  const { kind: _kind, name: own, ...column } = found
  return { columns: [{ ...column, name: name ?? own }], open: false }
}

/** What is known of a computed column beside what it shows: it may be a distance, a constant, or of one row alone. */
const known = (proof: Proof, node: unknown, mark: Mark, place: Place): Partial<ScopeColumn> => {
  if (mark.kind !== 'clean') {
    const distance = measured(proof, node, place)
    return distance ? { distance } : {}
  }
  const given = givenBy(proof, node)
  return given ? { given } : (rowOf(proof, node, place) ?? {})
}

/**
 * The columns of one row of VALUES, in which `t.*` is as many as its row has.
 * @throws {Refusal} where their number is not known and one of them must not be seen: they have names by position
 */
export const rowColumns = (proof: Proof, nodes: readonly unknown[], place: Place): Shape => {
  const shapes = nodes.map((node): Shape => {
    const reference = as(node, 'ColumnRef')
    const found = reference && lookup(reference, place.scope, proof)
    if (found?.kind === 'star') {
      proof.account(reference ?? {})
      return star(found)
    }
    const rows = expanded(proof, node, place)
    if (rows) return rows
    const given = givenBy(proof, node)
    const mark = proof.value(node, place)
    const own = acts(proof, node, place) && { acts: true as const }
    return { columns: [{ name: undefined, mark, ...(given && { given }), ...own }], open: false }
  })
  const row = { columns: shapes.flatMap(({ columns }) => columns), open: shapes.some(({ open }) => open) }
  proof.width.one(row.columns.length)
  const column = row.open ? hidden(row) : undefined
  if (column !== undefined) throw unproven(column, 'its place in a row of VALUES is not known', 'names')
  return row
}

/** The output columns that a SELECT or RETURNING list makes. */
export const targets = (proof: Proof, nodes: unknown, place: Place): Shape => {
  const columns: ScopeColumn[] = []
  let open = false
  for (const fields of all(nodes, 'ResTarget')) {
    const shape = target(proof, fields, place)
    // Behind a star of unknown width nobody can tell which output column is which.
    proof.width.one(columns.length + shape.columns.length)
    columns.push(...shape.columns)
    open ||= shape.open
  }
  proof.width.add(columns.length)
  return { columns, open }
}
