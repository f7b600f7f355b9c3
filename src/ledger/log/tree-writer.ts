import { leafHash } from '../merkle/hash.js'
import { Frontier } from '../merkle/frontier.js'
import type { TreeHead } from '../merkle/verify.js'
import { TileEdge } from '../tiles/edge.js'
import { partialWidth, tileHeight, tileWidth } from '../tiles/paths.js'
import { readTile, TileFiles } from '../tiles/tile-files.js'
import { writeBundle, writeTile } from './files.js'

/** Adds entries to the tiles and bundles of a log. */
export class TreeWriter {
  readonly #folder: string
  readonly #frontier: Frontier
  readonly #edge: TileEdge
  /** Entries of the bundle that isn't whole yet. */
  #bundle: Buffer[]

  private constructor(folder: string, frontier: Frontier, edge: TileEdge, bundle: readonly Buffer[]) {
    this.#folder = folder
    this.#frontier = frontier
    this.#edge = edge
    this.#bundle = [...bundle]
  }

  static empty(folder: string): TreeWriter {
    return new TreeWriter(folder, new Frontier(), new TileEdge(), [])
  }

  /**
   * Goes on behind what is there.
   * @param bundle the entries of the last bundle, where that isn't whole
   * @throws {HoopError} LEDGER_DAMAGED where tiles are missing
   */
  static async of(folder: string, size: bigint, bundle: readonly Buffer[]): Promise<TreeWriter> {
    const levels: { index: bigint; hashes: Buffer[] }[] = []
    for (let level = 0; size >> BigInt(tileHeight * level) > 0n; level++) {
      const [index, width] = [size >> BigInt(tileHeight * (level + 1)), partialWidth(level, size)]
      levels.push({ index, hashes: width === 0 ? [] : await readTile(folder, level, index, width) })
    }
    return new TreeWriter(folder, await Frontier.of(new TileFiles(folder, size), size), new TileEdge(levels), bundle)
  }

  get head(): TreeHead {
    return { size: this.#frontier.size, root: this.#frontier.root }
  }

  /** @throws what the file system says; this is not to be used any more then */
  async add(entries: readonly Buffer[]): Promise<void> {
    for (const entry of entries) {
      const leaf = leafHash(entry)
      this.#frontier.add(leaf)
      this.#bundle.push(entry)
      for (const tile of this.#edge.add(leaf)) await writeTile(this.#folder, tile)
      if (this.#bundle.length < tileWidth) continue
      await writeBundle(this.#folder, this.#frontier.size / BigInt(tileWidth) - 1n, this.#bundle)
      this.#bundle = []
    }
    for (const tile of this.#edge.unfinished()) await writeTile(this.#folder, tile)
    if (this.#bundle.length > 0) await writeBundle(this.#folder, this.#frontier.size / BigInt(tileWidth), this.#bundle)
  }
}
