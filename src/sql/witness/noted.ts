/** Told of what is looked up. */
export interface Notes<Key> {
  readonly key: (key: Key) => void
  /** Something was found out about all keys at once. */
  readonly all: () => void
}

/** A map that tells what is looked up in it. */
export class NotedMap<Key, Value> implements ReadonlyMap<Key, Value> {
  readonly #map: ReadonlyMap<Key, Value>
  readonly #notes: Notes<Key>

  constructor(map: ReadonlyMap<Key, Value>, notes: Notes<Key>) {
    this.#map = map
    this.#notes = notes
  }

  get(key: Key): Value | undefined {
    this.#notes.key(key)
    return this.#map.get(key)
  }

  has(key: Key): boolean {
    this.#notes.key(key)
    return this.#map.has(key)
  }

  get size(): number {
    return this.#all.size
  }

  forEach(callback: (value: Value, key: Key, map: ReadonlyMap<Key, Value>) => void): void {
    this.#all.forEach(callback)
  }

  entries(): MapIterator<[Key, Value]> {
    return this.#all.entries()
  }

  keys(): MapIterator<Key> {
    return this.#all.keys()
  }

  values(): MapIterator<Value> {
    return this.#all.values()
  }

  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.#all[Symbol.iterator]()
  }

  get #all(): ReadonlyMap<Key, Value> {
    this.#notes.all()
    return this.#map
  }
}

/** A set of names that tells which of them somebody asked for. */
export const notedSet = (names: ReadonlySet<string>, notes: Notes<string>): ReadonlySet<string> =>
  new Proxy(names, {
    get: (set, property) => {
      if (property === 'has')
        return (name: string): boolean => {
          notes.key(name)
          return set.has(name)
        }
      notes.all()
      const value: unknown = Reflect.get(set, property, set)
      return typeof value === 'function' ? (value as (...given: unknown[]) => unknown).bind(set) : value
    },
  })
