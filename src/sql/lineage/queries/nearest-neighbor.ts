import { as, isFields, text, words } from '../../tree.js'
import { lookup } from '../lookup.js'
import { isConstant, maskedType, plainColumn, vectors } from '../expressions/plain.js'
import type { Place, Proof } from '../proof.js'
import type { ScopeColumn } from '../scope.js'

/** pgvector's distances: L2, cosine, inner product, L1, Hamming, Jaccard. */
const distances: ReadonlySet<string> = new Set(['<->', '<=>', '<#>', '<+>', '<~>', '<%>'])

/** Whether an expression is such an operator's, whatever it compares. */
const isDistance = (node: unknown): boolean => {
  const comparison = as(node, 'A_Expr')
  return comparison?.['kind'] === 'AEXPR_OP' && distances.has(words(comparison['name']).at(-1) ?? '')
}

/** Under a cast to a vector type, as an index on the half-precision form needs it. */
const uncast = (node: unknown): unknown => {
  const cast = as(node, 'TypeCast')
  const type = cast && isFields(cast['typeName']) ? words(cast['typeName']['names']).at(-1) : undefined
  return cast && type !== undefined && vectors.has(type) ? cast['arg'] : node
}

type Distance = NonNullable<ScopeColumn['distance']>

/** What the vector is compared with, as far as it can be told apart from others. */
const given = (constant: unknown): Distance['vector'] => {
  let inner = constant
  for (let cast = as(inner, 'TypeCast'); cast; cast = as(inner, 'TypeCast')) inner = cast['arg']
  const parameter = as(inner, 'ParamRef')
  if (parameter) return { parameter: Number(parameter['number'] ?? 0) }
  const string = as(inner, 'A_Const')?.['sval']
  return isFields(string) ? { text: text(string['sval']) ?? '' } : 'unknown'
}

/**
 * `embedding <=> constant`: which rows are nearest is what a search is for, so a masked vector may be sorted by its
 * distance from something the client gave. The distance itself must not come out.
 * It may go by the name that a subquery gave to it.
 * @returns the vector and what it is compared with, where the sort key has this form
 */
export const nearestNeighbor = (proof: Proof, key: unknown, place: Place): Distance | undefined => {
  const reference = as(key, 'ColumnRef')
  if (reference) {
    const found = lookup(reference, place.scope, proof)
    return found.kind === 'column' ? found.distance : undefined
  }
  const comparison = as(key, 'A_Expr')
  if (!comparison || !isDistance(key)) return undefined
  const { lexpr, rexpr } = comparison
  const [vector, constant] = isConstant(proof, lexpr) ? [uncast(rexpr), lexpr] : [uncast(lexpr), rexpr]
  const mark = plainColumn(proof, vector, place.scope)
  if (mark?.kind !== 'masked' || !isConstant(proof, constant)) return undefined
  if (!vectors.has(maskedType(proof, mark) ?? '')) return undefined
  return { column: mark.column, vector: given(constant) }
}
