import { isStatement } from '../kinds.js'
import { as, isFields, list, type Fields } from '../tree.js'
import { lookup } from './lookup.js'
import type { Place, Proof } from './proof.js'
import { masked } from './refusal.js'
import { hidden } from './scope.js'

/** A reference inside an expression: whatever it means must not be masked, a row no more than a column. */
const reference = (proof: Proof, fields: Fields, place: Place, use: string): void => {
  proof.account(fields)
  const found = lookup(fields, place.scope, proof.isOpaqueFunction)
  if (found.kind === 'column') {
    if (found.mark.kind !== 'clean') throw masked(found.mark.column, use)
    return
  }
  for (const shape of found.kind === 'row' ? [found.source] : found.items) {
    const column = hidden(shape)
    if (column !== undefined) throw masked(column, 'as part of a whole row')
  }
}

const subquery = (proof: Proof, type: string, fields: Fields, place: Place, use: string | undefined): void => {
  const column = hidden(proof.query(type, fields, place))
  if (column !== undefined && use !== undefined) throw masked(column, use)
}

/** Goes through every key, so that no reference is passed over in a node that is not known here. */
export const expression = (proof: Proof, tree: unknown, place: Place, use: string): void => {
  if (Array.isArray(tree)) {
    for (const item of tree) if (typeof item === 'object') expression(proof, item, place, use)
    return
  }
  if (!isFields(tree)) return
  if (list(tree['fields']).length > 0) {
    reference(proof, tree, place, use)
    return
  }
  const link = as(tree, 'SubLink')
  if (link) {
    const { subselect, ...rest } = link
    const exists = link['subLinkType'] === 'EXISTS_SUBLINK'
    for (const [type, fields] of Object.entries(isFields(subselect) ? subselect : {})) {
      // Only whether there are rows comes out of EXISTS.
      if (isFields(fields)) subquery(proof, type, fields, place, exists ? undefined : 'as the value of a subquery')
    }
    expression(proof, rest, place, use)
    return
  }
  for (const key in tree) {
    const inner = tree[key]
    if (isStatement(key) && isFields(inner)) subquery(proof, key, inner, place, use)
    else if (typeof inner === 'object') expression(proof, inner, place, use)
  }
}
