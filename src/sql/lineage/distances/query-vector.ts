import type { Given } from '../../facts.js'
import { as, isFields, list, words, type Fields } from '../../tree.js'
import { maskedType, plainColumn, vectors } from '../expressions/plain.js'
import { subquery } from '../expressions/sublink.js'
import { lookup } from '../lookup.js'
import type { Place, Proof } from '../proof.js'
import { Refusal } from '../refusal.js'
import type { Shape } from '../scope.js'
import { computed, givenVector } from './given.js'
import { isSteady } from './steady.js'

/** The vector that is searched for: all that it may be. `of`: it is another row's, and may be another one the next time. */
export interface QueryVector {
  readonly given: readonly Given[]
  readonly of?: string
}

/** A masked vector on one side of a distance. */
export interface MaskedVector {
  readonly column: string
  /** What is made of it before it is compared. */
  readonly form?: Given
  readonly row: object | undefined
}

/** Functions that make a vector of one vector, and of constants. */
const transforming: ReadonlySet<string> = new Set(['binary_quantize', 'subvector', 'l2_normalize'])

const castType = (node: unknown): string | undefined => {
  const type = as(node, 'TypeCast')?.['typeName']
  return isFields(type) && list(type['arrayBounds']).length === 0 ? words(type['names']).at(-1) : undefined
}

/** A masked vector as it is, under a cast to a vector type, or what pgvector makes of it for an index. */
export const maskedVector = (proof: Proof, node: unknown, place: Place): MaskedVector | undefined => {
  const type = castType(node)
  if (type !== undefined && vectors.has(type)) {
    const inner = maskedVector(proof, as(node, 'TypeCast')?.['arg'], place)
    return inner && type === 'bit' ? { ...inner, form: computed(node) } : inner
  }
  const called = as(node, 'FuncCall')
  if (called) {
    const [first, ...rest] = list(called['args'])
    if (!transforming.has(words(called['funcname']).at(-1) ?? '') || !rest.every((each) => isSteady(proof, each)))
      return undefined
    const inner = maskedVector(proof, first, place)
    return inner && { ...inner, form: computed(node) }
  }
  const reference = as(node, 'ColumnRef')
  const mark = reference && plainColumn(proof, node, place.scope)
  if (!reference || mark?.kind !== 'masked' || !vectors.has(maskedType(proof, mark) ?? '')) return undefined
  const found = lookup(reference, place.scope, proof)
  return { column: mark.column, row: found.kind === 'column' ? found.row : undefined }
}

/** The rows of a subquery, where it refers to nothing outside of itself. */
const alone = (proof: Proof, link: Fields, place: Place): Shape | undefined => {
  try {
    const [shape] = subquery(proof, link, { ...place, scope: undefined })
    return shape
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

/** Whoever may write to the table, or to what its row is chosen by, could have another vector in the same place each time. */
const rowsVector = (link: Fields, of: string): QueryVector => {
  const { shape, of: constants } = computed({ SubLink: link })
  return { of, given: [{ shape, of: [...constants, 'run'] }] }
}

/** `(SELECT …)` that yields a constant, or the vector of a row that is the same for all rows that it is compared with. */
const ofSubquery = (proof: Proof, link: Fields, place: Place): QueryVector | undefined => {
  if (link['subLinkType'] !== 'EXPR_SUBLINK') return undefined
  const shape = alone(proof, link, place)
  const [column, another] = shape?.columns ?? []
  if (!column || another || shape?.open) return undefined
  if (column.given) return { given: column.given }
  const { mark } = column
  return mark.kind === 'masked' && vectors.has(maskedType(proof, mark) ?? '')
    ? rowsVector(link, mark.column)
    : undefined
}

/** What a masked vector is compared with, where that is the client's choice and can be counted. */
export const queryVector = (proof: Proof, node: unknown, place: Place): QueryVector | undefined => {
  if (isSteady(proof, node)) return { given: [givenVector(node, vectors)] }
  const type = castType(node)
  if (type !== undefined && vectors.has(type)) return queryVector(proof, as(node, 'TypeCast')?.['arg'], place)
  const link = as(node, 'SubLink')
  if (link) return ofSubquery(proof, link, place)
  const reference = as(node, 'ColumnRef')
  const found = reference && lookup(reference, place.scope, proof)
  return found?.kind === 'column' && found.given ? { given: found.given } : undefined
}
