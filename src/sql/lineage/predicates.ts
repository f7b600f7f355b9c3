/** What conditions may do with masked columns: anything, compare them for equality, or nothing. */
export type Predicates = 'allow' | 'equality' | 'deny'

/** The same with exceptions by column, `schema.table.column`. */
export interface PredicatePolicy {
  readonly default: Predicates
  readonly columns?: Readonly<Record<string, Predicates>>
  /** Columns of which nothing may tell where they are NULL. */
  readonly hiddenNulls?: ReadonlySet<string>
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
