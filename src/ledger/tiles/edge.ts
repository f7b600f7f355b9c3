import { nodeHash } from '../merkle/hash.js'
import { tileWidth } from './paths.js'

/** A tile as it is to be written. */
export interface Tile {
  readonly level: number
  readonly index: bigint
  readonly hashes: readonly Buffer[]
}

/** Head of a whole tile, or of a power of two of hashes from one. */
export const tileRoot = (hashes: readonly Buffer[]): Buffer => {
  let level = [...hashes]
  while (level.length > 1)
    level = Array.from({ length: level.length / 2 }, (_, at) => nodeHash(level[2 * at]!, level[2 * at + 1]!))
  return level[0]!
}

interface Unfinished {
  index: bigint
  hashes: Buffer[]
  changed: boolean
}

/** The unfinished tiles at a tree's right edge. */
export class TileEdge {
  readonly #levels: Unfinished[] = []

  /** @param unfinished the last tiles of each level, from 0 up, empty ones too */
  constructor(unfinished: readonly { readonly index: bigint; readonly hashes: readonly Buffer[] }[] = []) {
    this.#levels = unfinished.map(({ index, hashes }) => ({ index, hashes: [...hashes], changed: false }))
  }

  /** @param leaf its hash. @returns the tiles that are whole now */
  add(leaf: Buffer): Tile[] {
    const whole: Tile[] = []
    let hash = leaf
    for (let level = 0; ; level++) {
      const tile = (this.#levels[level] ??= { index: 0n, hashes: [], changed: false })
      tile.hashes.push(hash)
      tile.changed = true
      if (tile.hashes.length < tileWidth) return whole
      whole.push({ level, index: tile.index, hashes: tile.hashes })
      hash = tileRoot(tile.hashes)
      this.#levels[level] = { index: tile.index + 1n, hashes: [], changed: false }
    }
  }

  /** Those that have changed since this was asked last. */
  unfinished(): Tile[] {
    return this.#levels.flatMap((tile, level) => {
      const { changed, index, hashes } = tile
      tile.changed = false
      return changed && hashes.length > 0 ? [{ level, index, hashes: [...hashes] }] : []
    })
  }
}
