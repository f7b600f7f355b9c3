import { all, as, list, text, type Fields } from '../tree.js'
import { columnName } from './column-name.js'
import { lookup, type Found } from './lookup.js'
import { isDistance } from './nearest-neighbor.js'
import type { Place, Proof } from './proof.js'
import { masked, unproven } from './refusal.js'
import { clean, hidden, type ScopeColumn, type Shape } from './scope.js'

const star = (found: Extract<Found, { kind: 'star' }>): Shape => {
  for (const item of found.items) {
    const sources = 'sources' in item ? item.sources : [item]
    const column = hidden(item)
    const unsure = sources.find((source) => source.ambiguous) ?? (found.items.length > 1 && !('sources' in item))
    if (column !== undefined && unsure) throw unproven(column, 'which table * means depends on the search path')
  }
  return { columns: found.items.flatMap((item) => item.columns), open: found.items.some((item) => item.open) }
}

const distance = 'for a distance; distances rebuild a vector exactly, so sort by them and leave them out of the output'
const use = 'in an expression; only the plain column comes out masked'

const target = (proof: Proof, fields: Fields, place: Place): Shape => {
  const value = fields['val']
  const name = text(fields['name'])
  const reference = as(value, 'ColumnRef')
  if (!reference) {
    proof.expression(value, place, isDistance(value) ? distance : use)
    // `(row).*` makes as many columns as the row has.
    if (list(as(value, 'A_Indirection')?.['indirection']).some((part) => as(part, 'A_Star')))
      return { columns: [], open: true }
    return { columns: [{ name: name ?? columnName(value), mark: clean }], open: false }
  }
  proof.account(reference)
  const found = lookup(reference, place.scope, proof.isOpaqueFunction)
  if (found.kind === 'star') return star(found)
  if (found.kind === 'column') return { columns: [{ name: name ?? found.name, mark: found.mark }], open: false }
  const column = hidden(found.source)
  if (column !== undefined) throw masked(column, 'as part of a whole row')
  return { columns: [{ name: name ?? found.name, mark: clean }], open: false }
}

/** The output columns that a SELECT or RETURNING list makes. */
export const targets = (proof: Proof, nodes: unknown, place: Place): Shape => {
  const columns: ScopeColumn[] = []
  let open = false
  for (const fields of all(nodes, 'ResTarget')) {
    const shape = target(proof, fields, place)
    // Behind a star of unknown width nobody can tell which output column is which.
    columns.push(...shape.columns)
    open ||= shape.open
  }
  return { columns, open }
}
