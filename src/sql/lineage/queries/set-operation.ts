import { isFields, type Fields } from '../../tree.js'
import { combine, columnsOf, type Mark } from '../mark.js'
import { areComparable } from '../expressions/plain.js'
import { type Distance, together } from '../distances/distance.js'
import type { Place, Proof } from '../proof.js'
import { masked, type Remedy, unproven } from '../refusal.js'
import { hidden, type ScopeColumn, type Shape } from '../scope.js'
import { spend } from '../../work.js'

/**
 * Two values are compared for equality in a way that decides about rows. Where one of them is not masked, the rows that
 * are left would show what the masked one is.
 * @throws {Refusal}
 */
export const compared = (proof: Proof, one: Mark, other: Mark, use: string, remedy: Remedy): void => {
  const mark = combine([one, other])
  const [column] = columnsOf(mark)
  if (column === undefined) return
  proof.computes = true
  if (proof.author === 'view' && one.kind !== 'clean' && other.kind !== 'clean') return
  if (proof.author !== 'view' && proof.predicates(mark) === 'allow') return
  if (!areComparable(proof, one, other) || proof.predicates(mark) === 'deny') throw masked(column, use, remedy)
}

/**
 * The same where rows of which one is NULL are left out.
 * @throws {Refusal}
 */
export const matched = (proof: Proof, one: Mark, other: Mark, use: string): void => {
  compared(proof, one, other, use, 'join')
  const mark = combine([one, other])
  const [column] = columnsOf(mark)
  if (column === undefined || proof.author === 'view' || proof.predicates(mark) === 'allow') return
  if (proof.hidesNulls(mark)) throw masked(column, `${use}, where rows without a value are missing`, 'nulls')
}

/**
 * What is known of distances that come from either arm. Beside values of the client's own they would be compared with
 * these when they are sorted; ranks are not, nor is what may be seen anyway.
 */
const distanceInBoth = (one: ScopeColumn, other: ScopeColumn): Distance | undefined => {
  const arms = [one, other].flatMap(({ mark, distance }) => (mark.kind === 'clean' ? [] : [distance]))
  const harmless = (distance: Distance | undefined): distance is Distance =>
    distance?.right === 'show' || (distance?.right === 'compare' && distance.form === 'rank')
  const [first, ...more] = arms
  if (!harmless(first) || !more.every(harmless)) return undefined
  const { limit: _limit, ...both } = together([first, ...more])
  return { ...both, plain: false, row: undefined }
}

/** UNION, INTERSECT, EXCEPT: the server no longer says where such a column comes from. */
export const setOperation = (proof: Proof, fields: Fields, place: Place): Shape => {
  const { firstArm, ...inside } = place
  const arm = (side: unknown): Shape => proof.query('SelectStmt', isFields(side) ? side : {}, inside)
  const left = arm(fields['larg'])
  firstArm?.(left)
  const right = arm(fields['rarg'])
  const open = left.open || right.open
  const column = hidden(left) ?? hidden(right)
  if (open && column !== undefined)
    throw unproven(column, 'its place among the columns of a set operation is not known', 'names')
  proof.width.add(left.columns.length)
  const keepsAll = fields['op'] === 'SETOP_UNION' && fields['all'] === true
  const columns = left.columns.map((one, index): ScopeColumn => {
    const { name, mark } = one
    const other = right.columns[index]
    if (!other) return { name, mark }
    // Both become one type.
    if (mark.kind !== 'clean' || other.mark.kind !== 'clean') proof.computes = true
    const acts = one.acts ?? other.acts
    spend((one.given?.length ?? 0) + (one.distance?.made.length ?? 0))
    const [distance, given] = [distanceInBoth(one, other), one.given && other.given]
    if (!keepsAll && distance?.right !== 'show')
      compared(proof, mark, other.mark, 'in a set operation that compares it with values that are not masked', 'union')
    return {
      ...{ name, mark: combine([mark, other.mark]) },
      ...(acts && { acts }),
      ...(distance && { distance }),
      ...(given && one.given && { given: [...one.given, ...given] }),
    }
  })
  return { columns, open }
}
