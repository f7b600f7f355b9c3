import type { Proof } from '../proof.js'

/** Window functions that say where in the order a row stands, and nothing else of it. */
export const ranks: ReadonlySet<string> = new Set([
  ...['rank', 'dense_rank', 'row_number', 'percent_rank', 'cume_dist', 'ntile'],
])

/** Window functions that give back a value of another row. */
export const windowed: ReadonlySet<string> = new Set(['lag', 'lead', 'first_value', 'last_value', 'nth_value'])

/** Aggregates that make one number of many. Those that put many values into one are not here. */
export const aggregates: ReadonlySet<string> = new Set(['min', 'max', 'avg', 'sum', 'count'])

/** They go by a setting for which there are a few words, and are what text is ranked by. */
export const textSearch: ReadonlySet<string> = new Set([
  ...['to_tsvector', 'to_tsquery', 'plainto_tsquery', 'phraseto_tsquery', 'websearch_to_tsquery'],
])

/** Aggregates and functions that are marked as computing one value, and keep many apart in it. */
const collecting = /agg|percentile|mode|^array_|^json|^xml|^row|^string_|format|concat/

/**
 * Whether a function computes one value from its arguments, always the same. Of what isn't, a distance could be compared
 * with something else each time that the statement runs.
 */
export const isComputed = (proof: Proof, names: readonly string[]): boolean => {
  const name = names.at(-1) ?? ''
  const { immutable, added, sets, builtin } = proof.catalog.routines
  if (sets.has(name) || collecting.test(name) || ranks.has(name) || windowed.has(name) || aggregates.has(name))
    return false
  if (textSearch.has(name)) return builtin.has(name) && !added.has(name)
  return immutable.has(name) && (builtin.has(name) || added.has(name)) && (added.get(name) ?? []).every(isPlain)
}

const isPlain = ({ safe, reads, yields }: { safe: boolean; reads: readonly string[]; yields?: unknown }): boolean =>
  safe && reads.length === 0 && yields === undefined
