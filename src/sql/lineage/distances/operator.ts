import type { Nearest } from '../../facts.js'
import { as, list, unwrap, words } from '../../tree.js'
import type { Place, Proof } from '../proof.js'
import type { Distance } from './distance.js'
import { maskedVector, queryVector, type MaskedVector, type QueryVector } from './query-vector.js'

/** pgvector's distances: L2, cosine, inner product, L1, Hamming, Jaccard. */
const operators: ReadonlySet<string> = new Set(['<->', '<=>', '<#>', '<+>', '<~>', '<%>'])

/** The same as functions. */
const functions: ReadonlySet<string> = new Set([
  ...['l2_distance', 'cosine_distance', 'inner_product', 'l1_distance', 'hamming_distance', 'jaccard_distance'],
  ...['vector_negative_inner_product'],
])

/** Both sides of a distance, whatever it compares. */
const sidesOf = (proof: Proof, node: unknown): readonly [unknown, unknown] | undefined => {
  const comparison = as(node, 'A_Expr')
  if (comparison?.['kind'] === 'AEXPR_OP' && operators.has(words(comparison['name']).at(-1) ?? ''))
    return [comparison['lexpr'], comparison['rexpr']]
  const called = as(node, 'FuncCall')
  const name = words(called?.['funcname']).at(-1) ?? ''
  if (!called || !functions.has(name) || !proof.catalog.routines.added.get(name)?.every(({ safe }) => safe))
    return undefined
  const [one, other, ...more] = list(called['args'])
  return more.length === 0 ? [one, other] : undefined
}

const searched = ({ column, form }: MaskedVector, vector: QueryVector): readonly Omit<Nearest, 'limit'>[] =>
  vector.given.map((each) => ({
    column,
    vector: each,
    ...(form !== undefined && { form }),
  }))

const isOne = (vector: QueryVector): boolean => {
  const [only, another] = vector.of === undefined ? vector.given : []
  return only !== undefined && another === undefined && !(typeof only === 'object' && 'list' in only)
}

const between = (proof: Proof, node: unknown, other: unknown, place: Place): Distance | undefined => {
  const masked = maskedVector(proof, node, place)
  const vector = masked && queryVector(proof, other, place)
  if (!masked || !vector) return undefined
  const columns = [...new Set([masked.column, ...(vector.of === undefined ? [] : [vector.of])])]
  const right = proof.distances(columns)
  // Where distances only sort, it is those from one vector, and of the column itself.
  if (right === 'hide' && (masked.form !== undefined || !isOne(vector))) return undefined
  const searches = searched(masked, vector)
  return {
    right,
    form: 'distance',
    columns,
    searches,
    made: [],
    steps: 0,
    meets: false,
    plain: true,
    row: isOne(vector) ? masked.row : undefined,
  }
}

/**
 * `embedding <=> constant`: the distance of a masked vector from one that the client chose, or from another row's.
 * @returns undefined where it isn't one, or can't be told which vectors are compared with
 */
export const ownDistance = (proof: Proof, node: unknown, place: Place): Distance | undefined => {
  const sides = sidesOf(proof, node)
  if (!sides) return undefined
  const found = between(proof, sides[0], sides[1], place) ?? between(proof, sides[1], sides[0], place)
  const [type, fields] = unwrap(node) ?? []
  // No index answers a call of the function: who only sorts has no need of it.
  if (found?.right === 'hide') return type === 'A_Expr' ? found : undefined
  if (fields && found) proof.searched(fields, found.searches)
  return found
}
