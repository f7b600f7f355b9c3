/** What conditions may do with masked columns: anything, compare them for equality, or nothing. */
export type Predicates = 'allow' | 'equality' | 'deny'

/** The same with exceptions by column, `schema.table.column`. */
export interface PredicatePolicy {
  readonly default: Predicates
  readonly columns?: Readonly<Record<string, Predicates>>
  /** Columns of which nothing may tell where they are NULL. */
  readonly hiddenNulls?: ReadonlySet<string>
  /** What may be done with distances of masked vectors beyond sorting by them, by column. */
  readonly distances?: ReadonlyMap<string, DistanceRight>
  /** Whether guesses are counted. */
  readonly guesses?: boolean
}

/** `hide`: rows may be sorted by a distance. `compare`: it may be compared as well. `show`: it comes out. */
export type DistanceRight = 'hide' | 'compare' | 'show'

/** The least that these columns allow; what isn't listed is hidden. */
export const leastRight = (policy: PredicatePolicy, columns: readonly string[]): DistanceRight => {
  const rights = columns.map((column) => policy.distances?.get(column) ?? 'hide')
  if (rights.length === 0 || rights.includes('hide')) return 'hide'
  return rights.includes('compare') ? 'compare' : 'show'
}

const strictness: readonly Predicates[] = ['allow', 'equality', 'deny']

/** The strictest of what these columns allow. */
export const strictest = (policy: PredicatePolicy, columns: readonly string[]): Predicates => {
  let found = 0
  for (const column of columns) {
    const own = policy.columns && Object.hasOwn(policy.columns, column) ? policy.columns[column] : undefined
    found = Math.max(found, strictness.indexOf(own ?? policy.default))
  }
  return strictness[found] ?? 'deny'
}
