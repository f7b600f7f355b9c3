import { isFields, type Fields } from '../tree.js'
import { spend } from '../work.js'

/**
 * The first of something that a node or any inside of it has. It is known of each node once it was asked for, so that nodes
 * inside of nodes can be asked about one by one, and each is gone through once.
 */
export class Findings<T> {
  readonly #known = new Map<Fields, T | undefined>()

  /** @param own what a node has by itself */
  find(tree: unknown, own: (fields: Fields) => T | undefined): T | undefined {
    if (Array.isArray(tree)) {
      for (const item of tree) {
        const found = typeof item === 'object' ? this.find(item, own) : undefined
        if (found !== undefined) return found
      }
      return undefined
    }
    if (!isFields(tree)) return undefined
    spend()
    if (this.#known.has(tree)) return this.#known.get(tree)
    const found = own(tree) ?? this.#inside(tree, own)
    this.#known.set(tree, found)
    return found
  }

  #inside(fields: Fields, own: (fields: Fields) => T | undefined): T | undefined {
    for (const key in fields) {
      const inner = fields[key]
      // As `walk` does: nothing is inside a literal.
      if (key === 'A_Const' || typeof inner !== 'object') continue
      const found = this.find(inner, own)
      if (found !== undefined) return found
    }
    return undefined
  }
}
