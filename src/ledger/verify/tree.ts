import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isEmptied, isEntry, type Leaf, type LeafRecord, openLeaf } from '../leaves.js'
import { contentsOf } from '../log/contents.js'
import { Frontier } from '../merkle/frontier.js'
import { leafHash } from '../merkle/hash.js'
import { decodeBundle } from '../tiles/bundle.js'
import { TileEdge, type Tile } from '../tiles/edge.js'
import { tilePath, tileWidth } from '../tiles/paths.js'
import type { Finding } from './report.js'
import { assertShape } from './shape.js'

/** What the files of a log hold, up to the size that was signed. */
export interface CheckedTree {
  /** Heads at the sizes that were asked for. */
  readonly roots: ReadonlyMap<bigint, Buffer>
  /** Leaves behind what was signed. */
  readonly unpublished: number
  /** Paths of tiles that are not there. */
  readonly missing: readonly string[]
}

export interface TreeOptions {
  readonly folder: string
  readonly size: bigint
  /** Sizes whose heads somebody vouches for. */
  readonly wanted: readonly bigint[]
  readonly leaf: (index: bigint, leaf: Leaf) => void
  /** Told of leaves whose content is there no more, properly emptied. */
  readonly emptied: (index: bigint, entry: Buffer) => void
  readonly found: (finding: Finding) => void
  readonly progress: (done: number) => void
}

const bundleAt = async (folder: string, index: bigint, size: bigint): Promise<Buffer[] | undefined> => {
  const width = index === size / BigInt(tileWidth) ? Number(size % BigInt(tileWidth)) : tileWidth
  const whole = () => readFile(join(folder, tilePath('entries', index)))
  const bytes = await readFile(join(folder, tilePath('entries', index, width)))
    .catch(whole)
    .catch(() => undefined)
  try {
    return bytes && decodeBundle(bytes).slice(0, width)
  } catch {
    return []
  }
}

const checkTile = async (folder: string, tile: Tile, found: TreeOptions['found'], missing: string[]): Promise<void> => {
  const { level, index, hashes } = tile
  const path = tilePath(level, index, hashes.length)
  const bytes = await readFile(join(folder, path))
    .catch(() => readFile(join(folder, tilePath(level, index))))
    .catch(() => undefined)
  if (!bytes) missing.push(path)
  else if (!bytes.subarray(0, hashes.length * 32).equals(Buffer.concat(hashes)))
    found({ kind: 'tile-altered', found: path })
}

/** The session that an unbelievable content names, so that somebody knows where to look. */
const sessionIn = (content: string): { session?: string } => {
  const [, session] = /\\?"session\\?":\\?"([\w-]{1,64})/.exec(content) ?? []
  return session === undefined ? {} : { session }
}

/** What is wrong with a leaf's content, which is told where nothing is. */
const contentFinding = (
  entry: Buffer,
  record: LeafRecord | undefined,
  told: (leaf: Leaf) => void,
): Finding | undefined => {
  if (!record) return { kind: 'leaf-missing' }
  if (!entry.equals(record.entry)) return { kind: 'entry-altered', ...sessionIn(record.content) }
  try {
    const leaf = openLeaf(record)
    assertShape(leaf)
    told(leaf)
    return undefined
  } catch {
    return { kind: 'leaf-altered', ...sessionIn(record.content) }
  }
}

/**
 * Makes the tree once more from its entries, and holds contents and tiles against it. What stands in the bundles is what is
 * hashed; a content is believed where it opens its entry.
 */
export const checkTree = async ({
  folder,
  size,
  wanted,
  leaf,
  emptied,
  found,
  progress,
}: TreeOptions): Promise<CheckedTree> => {
  const frontier = new Frontier()
  const edge = new TileEdge()
  const roots = new Map<bigint, Buffer>()
  const asked = new Set(wanted)
  const note = (index: bigint) => ({ leaf: `${index}` })
  const missing: string[] = []
  let unpublished = 0
  if (asked.has(0n)) roots.set(0n, frontier.root)
  for (let file = 0n; file * BigInt(tileWidth) <= size; file++) {
    const first = file * BigInt(tileWidth)
    const count = Number(size - first < BigInt(tileWidth) ? size - first : BigInt(tileWidth))
    const { records, unreadable } = await contentsOf(folder, file)
    const bundle = count === 0 ? [] : await bundleAt(folder, file, size)
    if (!bundle) missing.push(tilePath('entries', file))
    else if (bundle.length !== count) found({ kind: 'tile-altered', ...note(first), found: tilePath('entries', file) })
    for (const line of unreadable) found({ kind: 'leaf-altered', ...sessionIn(line), found: 'a line that is none' })
    for (let n = 0; n < count; n++) {
      const index = first + BigInt(n)
      const record = records.get(index)
      const entry = bundle?.[n] ?? record?.entry ?? Buffer.alloc(0)
      if (record && isEmptied(record) && entry.equals(record.entry) && isEntry(entry)) emptied(index, entry)
      else {
        const finding = contentFinding(entry, record, (content) => leaf(index, content))
        if (finding) found({ ...finding, ...note(index) })
      }
      const hash = leafHash(entry)
      frontier.add(hash)
      for (const tile of edge.add(hash)) await checkTile(folder, tile, found, missing)
      if (asked.has(index + 1n)) roots.set(index + 1n, frontier.root)
    }
    unpublished += [...records.keys()].filter((index) => index >= size).length
    progress(Number(first) + count)
  }
  for (const tile of edge.unfinished()) await checkTile(folder, tile, found, missing)
  return { roots, unpublished, missing }
}
