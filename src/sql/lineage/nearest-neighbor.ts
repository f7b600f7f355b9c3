import { columnKey } from '../catalog/spread.js'
import { as, isFields, words, type Fields } from '../tree.js'
import { isConstant, plainColumn } from './predicate.js'
import type { Place, Proof } from './proof.js'

/** pgvector's distances: L2, cosine, inner product, L1, Hamming, Jaccard. */
const distances: ReadonlySet<string> = new Set(['<->', '<=>', '<#>', '<+>', '<~>', '<%>'])

/** Whether an expression is such an operator's, whatever it compares. */
export const isDistance = (node: unknown): boolean => {
  const comparison = as(node, 'A_Expr')
  return comparison?.['kind'] === 'AEXPR_OP' && distances.has(words(comparison['name']).at(-1) ?? '')
}

/** Other types have these operators as well; an order by similarity of text would spell the text out. */
const vectors: ReadonlySet<string> = new Set(['vector', 'halfvec', 'sparsevec', 'bit'])

/** Under a cast to a vector type, as an index on the half-precision form needs it. */
const uncast = (node: unknown): unknown => {
  const cast = as(node, 'TypeCast')
  const type = cast && isFields(cast['typeName']) ? words(cast['typeName']['names']).at(-1) : undefined
  return cast && type !== undefined && vectors.has(type) ? cast['arg'] : node
}

/**
 * `ORDER BY embedding <=> constant`: which rows are nearest is what the search is for, so a masked vector may be sorted
 * by its distance from something the client gave. The distance itself must not come out.
 * @returns the reference to the masked vector where the sort key has this form
 */
export const nearestNeighbor = (proof: Proof, key: unknown, place: Place): Fields | undefined => {
  const comparison = as(key, 'A_Expr')
  if (place.flow !== 'client' || !comparison || !isDistance(key)) return undefined
  const { lexpr, rexpr } = comparison
  const [vector, constant] = isConstant(lexpr) ? [uncast(rexpr), lexpr] : [uncast(lexpr), rexpr]
  const mark = plainColumn(proof, vector, place.scope)
  if (mark?.kind !== 'masked' || !isConstant(constant)) return undefined
  const type = proof.catalog.masked.get(columnKey(mark.table, mark.attribute))?.type.name
  return type !== undefined && vectors.has(type) ? as(vector, 'ColumnRef') : undefined
}
