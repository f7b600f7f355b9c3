import { RecentCache } from '../lib/recent-cache.js'
import { sizeOf } from '../lib/size-of.js'
import type { StatementFacts } from './facts.js'
import type { Normalized } from './parser/normalize.js'

/** Facts of statements with one tree, by the values of those literals that they were found to depend on. */
interface Variant {
  readonly numbers: readonly number[]
  readonly facts: Map<string, StatementFacts>
  /** What they take. */
  bytes: number
}

const bounds = { key: 131_072, entries: 4_000, bytes: 16_000_000 }

/** Ways through the analysis of one tree, each of which looks at other literals. */
const MAX_VARIANTS = 8

/** Combinations of values that are kept for each of them, and how long they may be together. */
const MAX_VALUES = 200
const MAX_LENGTH = 1_000

/** JSON of one literal never holds this. */
const SEPARATOR = '\n'

const valuesOf = (numbers: readonly number[], { literals }: Normalized): string => {
  if (numbers.length === 0) return ''
  return numbers.map((number) => literals[number]).join(SEPARATOR)
}

/**
 * What is known of statements beyond their literals. The analysis is a function of the tree and of the literals that it
 * looked at, so what it found holds of every statement that is equal in those.
 */
export class KnownFacts {
  readonly #trees = new RecentCache<Variant[]>(bounds)

  get(statement: Normalized): StatementFacts | undefined {
    for (const { numbers, facts } of this.#trees.get(statement.tree) ?? []) {
      const found = facts.get(valuesOf(numbers, statement))
      if (found) return found
    }
    return undefined
  }

  set(statement: Normalized, looked: ReadonlySet<number>, facts: StatementFacts): void {
    const numbers = [...looked].sort((one, other) => one - other)
    const values = valuesOf(numbers, statement)
    if (values.length > MAX_LENGTH) return
    const variants = this.#trees.get(statement.tree) ?? []
    const known = variants.find((each) => each.numbers.join() === numbers.join())
    if (!known && variants.length >= MAX_VARIANTS) return
    const variant = known ?? { numbers, facts: new Map<string, StatementFacts>(), bytes: 0 }
    if (!known) variants.push(variant)
    if (variant.facts.size >= MAX_VALUES) {
      variant.facts.clear()
      variant.bytes = 0
    }
    variant.facts.set(values, facts)
    variant.bytes += values.length + sizeOf(facts)
    const bytes = variants.reduce((sum, each) => sum + each.bytes, 0)
    this.#trees.set(statement.tree, variants, bytes)
  }
}
