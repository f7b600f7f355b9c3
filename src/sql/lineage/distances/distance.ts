import type { Given, Guess, Nearest } from '../../facts.js'
import type { DistanceRight } from '../predicates.js'
import { spend } from '../../work.js'

/**
 * How a value depends on distances. `rank`: by the order of rows alone, which shows anyway. `distance`: computed from
 * distances and constants. `mixed`: from what else stands in the same row, too; rows may be sorted by it, and it may be
 * compared with nothing, since what stands in the row could have been written there to compare it with.
 */
export type Form = 'rank' | 'distance' | 'mixed'

/** What is known of a value that is made of distances of masked vectors. It never makes the value's mark any weaker. */
export interface Distance {
  readonly right: DistanceRight
  readonly form: Form
  /** The masked columns whose distances they are. */
  readonly columns: readonly string[]
  readonly searches: readonly Omit<Nearest, 'limit'>[]
  /** All that was made of them: each expression's outline, its constants, and those that it has from elsewhere. */
  readonly made: readonly Given[]
  /** How many of these stand between it and a distance, where rows sorted by it are in a distance's own order. */
  readonly steps: number
  /** Whether distances of several rows meet in it: one whose vector is known then measures another's. */
  readonly meets: boolean
  /** Whether it is the operator's own value. */
  readonly plain: boolean
  /** Rows that the query let through which it comes from. */
  readonly limit?: Nearest['limit']
  readonly row?: object | undefined
}

const forms: readonly Form[] = ['rank', 'distance', 'mixed']
const rights: readonly DistanceRight[] = ['hide', 'compare', 'show']

/** The first of these that either is. */
const first = <T>(order: readonly T[], one: T, other: T): T => (order.indexOf(one) < order.indexOf(other) ? one : other)

/** What is known of a value that is computed from several. */
export const together = (parts: readonly [Distance, ...Distance[]]): Distance =>
  parts.reduce((one, other) => {
    spend(one.made.length + other.made.length + one.searches.length + other.searches.length)
    return {
      right: first(rights, one.right, other.right),
      form: first(forms, one.form, other.form) === one.form ? other.form : one.form,
      columns: [...new Set([...one.columns, ...other.columns])],
      searches: [...new Set([...one.searches, ...other.searches])],
      made: [...new Set([...one.made, ...other.made])],
      steps: Infinity,
      meets: one.meets || other.meets || one.row === undefined || one.row !== other.row,
      plain: false,
      // Both rows decide how many there are.
      ...(one.limit !== undefined && one.limit === other.limit && { limit: one.limit }),
      row: one.row === other.row ? one.row : undefined,
    }
  })

/** Beside a thousand rows whose vectors are known, one order of rows is worth as many halvings of what a distance may be. */
const ORDER = 10

/** Whether rows sorted by it tell more than the distance's own order does. */
export const reorders = ({ steps }: Distance): boolean => steps > STEPS

/** So many steps don't bring a float near to where it is rounded in a way that tells which one it was. */
const STEPS = 4

const constantsIn = (given: Given): number =>
  typeof given === 'object' && 'of' in given ? given.of.reduce((sum, each) => sum + constantsIn(each), 0) : 1

/** A question about distances, for whoever counts them: what is computed from which vectors, and with which constants. */
export const questionOf = (distance: Distance, of: 'condition' | 'order'): Guess => {
  const { columns, searches, made, meets } = distance
  const constants = of === 'order' ? made.reduce((sum, each) => sum + constantsIn(each), 0) : 1
  const count = of === 'order' || meets ? Math.max(ORDER, constants) : 1
  return {
    columns,
    values: [...searches.flatMap(({ vector, form }) => (form === undefined ? [vector] : [vector, form])), ...made],
    ...(count > 1 && { count }),
  }
}
