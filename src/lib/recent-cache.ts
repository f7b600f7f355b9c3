export interface CacheBounds {
  /** Longer keys are not kept. Characters. */
  readonly key: number
  /** Per generation. */
  readonly entries: number
  /** Of keys, and of what is said to come with them, per generation. Characters. */
  readonly characters: number
}

/**
 * Values by text, bounded in number and size. Two generations: what was used since the older one was closed survives, and
 * a hit among the young costs one lookup and nothing else.
 */
export class RecentCache<Value extends object> {
  readonly #bounds: CacheBounds
  #young = new Map<string, Value>()
  #old = new Map<string, Value>()
  #characters = 0

  constructor(bounds: CacheBounds) {
    this.#bounds = bounds
  }

  get(key: string): Value | undefined {
    const found = this.#young.get(key)
    if (found !== undefined) return found
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  /** @param characters that the value holds beside its key */
  set(key: string, value: Value, characters = 0): void {
    const { key: longest, entries, characters: most } = this.#bounds
    if (key.length > longest) return
    if (this.#young.size >= entries || this.#characters + key.length + characters > most) {
      this.#old = this.#young
      this.#young = new Map()
      this.#characters = 0
    }
    this.#young.set(key, value)
    this.#characters += key.length + characters
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
    this.#characters = 0
  }
}
