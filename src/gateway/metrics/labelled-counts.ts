/** Names to values, as a metric's labels. */
export type Labels<Name extends string = string> = Readonly<Record<Name, string>>

/** Combinations of labels that are kept apart. */
const MOST = 1000

/** What all others are counted under. */
const OTHER = 'other'

/**
 * Counts by labels. What happens rarely is counted so: each time, the labels are put together. They come from the
 * configuration and from hoop's own lists; should there be too many of them nevertheless (rules that are renamed with each
 * reload), the rest is counted under one name.
 */
export class LabelledCounts<Name extends string> {
  readonly #counts = new Map<string, { readonly labels: Labels<Name>; value: number }>()
  readonly #most: number

  constructor(most = MOST) {
    this.#most = most
  }

  add(labels: Labels<Name>): void {
    const key = JSON.stringify(labels)
    const known = this.#counts.get(key)
    if (known) known.value++
    else if (this.#counts.size < this.#most || key === JSON.stringify(others(labels)))
      this.#counts.set(key, { labels, value: 1 })
    else this.add(others(labels))
  }

  [Symbol.iterator](): Iterator<{ readonly labels: Labels<Name>; readonly value: number }> {
    return this.#counts.values()
  }
}

const others = <Name extends string>(labels: Labels<Name>): Labels<Name> =>
  Object.fromEntries(Object.keys(labels).map((name) => [name, OTHER])) as Record<Name, string>
