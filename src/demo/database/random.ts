export interface Random {
  /** A whole number from 0 up to, and without, `below`. */
  below(below: number): number
  pick<T>(from: readonly T[]): T
  digits(count: number): string
}

/** A small generator (mulberry32), so that every demo holds the same data. */
export const random = (seed: number): Random => {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    pick: (from) => {
      const picked = from[below(from.length)]
      if (picked === undefined) throw new RangeError('nothing to pick from')
      return picked
    },
    digits: (count) => Array.from({ length: count }, () => String(below(10))).join(''),
  }
}
