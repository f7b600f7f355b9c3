import type { Given, Guess, Nearest } from '../../facts.js'
import type { DistanceRight } from '../predicates.js'

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
  /** What was made of them, where that may change the order of rows: an expression's outline and its constants. */
  readonly made: readonly Given[]
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
  parts.reduce((one, other) => ({
    right: first(rights, one.right, other.right),
    form: first(forms, one.form, other.form) === one.form ? other.form : one.form,
    columns: [...new Set([...one.columns, ...other.columns])],
    searches: [...new Set([...one.searches, ...other.searches])],
    made: [...new Set([...one.made, ...other.made])],
    plain: false,
    // Both rows decide how many there are.
    ...(one.limit !== undefined && one.limit === other.limit && { limit: one.limit }),
    row: one.row === other.row ? one.row : undefined,
  }))

/** A question about distances, for whoever counts them. */
export const questionOf = ({ columns, searches, made }: Distance): Guess => ({
  columns,
  values: [...searches.flatMap(({ vector, form }) => (form === undefined ? [vector] : [vector, form])), ...made],
})
