import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HoopError } from '../../lib/errors.js'
import { hashLength } from '../merkle/hash.js'
import type { Subtrees } from '../merkle/tree.js'
import { tileRoot } from './edge.js'
import { partialWidth, tileHeight, tilePath, tileWidth } from './paths.js'

/** Tiles kept while one log is read: with the whole path from leaf to head a proof needs one of each level. */
const kept = 64

const damaged = (path: string, why: string, cause?: unknown): HoopError =>
  new HoopError('LEDGER_DAMAGED', `${path} ${why}`, { cause })

/** @throws {HoopError} LEDGER_DAMAGED */
export const readTile = async (folder: string, level: number, index: bigint, width: number): Promise<Buffer[]> => {
  const path = tilePath(level, index, width)
  // A partial tile may be gone once the whole one is there.
  const bytes = await readFile(join(folder, path))
    .catch(() => readFile(join(folder, tilePath(level, index))))
    .catch((cause: unknown) => {
      throw damaged(path, 'is missing', cause)
    })
  if (bytes.length < width * hashLength) throw damaged(path, 'is too short')
  return Array.from({ length: width }, (_, at) => bytes.subarray(at * hashLength, (at + 1) * hashLength))
}

/** The tree of a log's first `size` entries, read from its tiles. */
export class TileFiles implements Subtrees {
  readonly #folder: string
  readonly #size: bigint
  readonly #tiles = new Map<string, Promise<Buffer[]>>()

  constructor(folder: string, size: bigint) {
    this.#folder = folder
    this.#size = size
  }

  /** @throws {HoopError} LEDGER_DAMAGED */
  async hash(level: number, index: bigint): Promise<Buffer> {
    const tileLevel = Math.floor(level / tileHeight)
    const height = level % tileHeight
    const first = index << BigInt(height)
    const tile = await this.#tile(tileLevel, first / BigInt(tileWidth))
    const from = Number(first % BigInt(tileWidth))
    const hashes = tile.slice(from, from + 2 ** height)
    if (hashes.length < 2 ** height) throw damaged(tilePath(tileLevel, first / BigInt(tileWidth)), 'is too short')
    return tileRoot(hashes)
  }

  #tile(level: number, index: bigint): Promise<Buffer[]> {
    const key = `${level}/${index}`
    const known = this.#tiles.get(key)
    if (known) return known
    if (this.#tiles.size >= kept) this.#tiles.delete(this.#tiles.keys().next().value!)
    const isLast = index === this.#size >> BigInt(tileHeight * (level + 1))
    const tile = readTile(this.#folder, level, index, isLast ? partialWidth(level, this.#size) : tileWidth)
    this.#tiles.set(key, tile)
    return tile
  }
}
