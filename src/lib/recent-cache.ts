export interface CacheBounds {
  /** Longer keys are not kept. Characters. */
  readonly key: number
  /** Per generation. */
  readonly entries: number
  /** Of keys and values, per generation. */
  readonly bytes: number
}

interface Entry<Value> {
  readonly value: Value
  readonly bytes: number
}

/**
 * Values by text, bounded in number and size. Two generations: what was used since the older one was closed survives, and
 * a hit among the young costs one lookup and nothing else.
 */
export class RecentCache<Value extends object> {
  readonly #bounds: CacheBounds
  #young = new Map<string, Entry<Value>>()
  #old = new Map<string, Entry<Value>>()
  #bytes = 0

  constructor(bounds: CacheBounds) {
    this.#bounds = bounds
  }

  get(key: string): Value | undefined {
    const found = this.#young.get(key)
    if (found !== undefined) return found.value
    const old = this.#old.get(key)
    if (old === undefined) return undefined
    this.#old.delete(key)
    this.#keep(key, old)
    return old.value
  }

  /** @param bytes that the value holds beside its key, all in all; what is too large for a generation is not kept */
  set(key: string, value: Value, bytes: number): void {
    const known = this.#young.get(key)
    if (known) this.#bytes -= known.bytes
    this.#young.delete(key)
    this.#old.delete(key)
    if (key.length > this.#bounds.key || key.length + bytes > this.#bounds.bytes) return
    this.#keep(key, { value, bytes: key.length + bytes })
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
    this.#bytes = 0
  }

  #keep(key: string, entry: Entry<Value>): void {
    const { entries, bytes: most } = this.#bounds
    if (this.#young.size >= entries || this.#bytes + entry.bytes > most) {
      this.#old = this.#young
      this.#young = new Map()
      this.#bytes = 0
    }
    this.#young.set(key, entry)
    this.#bytes += entry.bytes
  }
}
