import { columnKey } from '../../catalog/masked.js'
import { as } from '../../tree.js'
import { lookup } from '../lookup.js'
import type { Mark } from '../mark.js'
import type { Proof } from '../proof.js'
import type { Scope } from '../scope.js'

/** The mark of an expression that is a column as it is; undefined for anything else. */
export const plainColumn = (proof: Proof, node: unknown, scope: Scope | undefined): Mark | undefined => {
  const fields = as(node, 'ColumnRef')
  if (!fields) return undefined
  const found = lookup(fields, scope, proof)
  return found.kind === 'column' ? found.mark : undefined
}

/** Types of embeddings, and others with the same distances. */
export const vectors: ReadonlySet<string> = new Set(['vector', 'halfvec', 'sparsevec', 'bit'])

/** The type of a masked column. */
export const maskedType = (proof: Proof, mark: Mark): string | undefined =>
  mark.kind === 'masked' ? proof.catalog.masked.get(columnKey(mark.table, mark.attribute))?.type.name : undefined

/** A masked column as it is, and no embedding: two of those may be compared for equality, as neither comes out. */
export const isComparable = (proof: Proof, mark: Mark | undefined): boolean =>
  mark?.kind === 'masked' && !vectors.has(maskedType(proof, mark) ?? '')

/**
 * Whether the values of two columns may be compared with each other. A name that may mean a table of the client's own as
 * well could compare a masked column with a list that he wrote.
 */
export const areComparable = (proof: Proof, one: Mark | undefined, other: Mark | undefined): boolean =>
  [one, other].every((mark) => isComparable(proof, mark) && mark?.kind === 'masked' && !mark.unsure)
