import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { Frontier } from '../../../src/ledger/merkle/frontier.js'
import { rootOf } from '../../../src/ledger/merkle/tree.js'
import { decodeBundle, encodeBundle } from '../../../src/ledger/tiles/bundle.js'
import { TileEdge } from '../../../src/ledger/tiles/edge.js'
import { partialWidth, tilePath } from '../../../src/ledger/tiles/paths.js'
import { TileFiles } from '../../../src/ledger/tiles/tile-files.js'
import { tempFolder } from '../../helpers/temp.js'
import { leavesOf } from '../merkle/reference.js'

test.for([
  [tilePath(0, 1234067n), 'tile/0/x001/x234/067'],
  [tilePath(0, 0n), 'tile/0/000'],
  [tilePath(2, 999n, 1), 'tile/2/999.p/1'],
  [tilePath('entries', 1000n, 255), 'tile/entries/x001/000.p/255'],
] as const)('%s is the path of the specification', ([path, expected]) => {
  expect(path).toBe(expected)
})

test('a tree of 70,000 has the unfinished tiles of the specification’s example', () => {
  expect([0, 1, 2, 3].map((level) => partialWidth(level, 70_000n))).toEqual([112, 17, 1, 0])
  expect([0, 1].map((level) => partialWidth(level, 256n))).toEqual([0, 1])
})

test('the tree that tiles hold is the tree of their leaves, at every size around whole tiles', async () => {
  await using folder = await tempFolder()
  const leaves = leavesOf(66_000)
  const edge = new TileEdge()
  const frontier = new Frontier()
  const write = async ({ level, index, hashes }: { level: number; index: bigint; hashes: readonly Buffer[] }) => {
    const path = join(folder.path, tilePath(level, index, hashes.length))
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, Buffer.concat(hashes))
  }
  const looked = new Set([1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 66_000])
  for (const [at, leaf] of leaves.entries()) {
    frontier.add(leaf)
    for (const tile of edge.add(leaf)) await write(tile)
    if (!looked.has(at + 1)) continue
    for (const tile of edge.unfinished()) await write(tile)
    const files = new TileFiles(folder.path, BigInt(at + 1))
    expect((await rootOf(files, BigInt(at + 1))).equals(frontier.root)).toBe(true)
    expect((await Frontier.of(files, BigInt(at + 1))).root.equals(frontier.root)).toBe(true)
  }
})

test('a tile that is missing or short is damage, not a wrong head', async () => {
  await using folder = await tempFolder()
  const files = () => rootOf(new TileFiles(folder.path, 3n), 3n)
  await expect(files()).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' })
  await mkdir(folder.file('tile/0/000.p'), { recursive: true })
  await writeFile(folder.file('tile/0/000.p/3'), Buffer.alloc(95))
  await expect(files()).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' })
})

test('bundles come back as they were, and one that is cut off does not', () => {
  const entries = [Buffer.alloc(0), Buffer.from('a'), Buffer.alloc(65_535, 1)]
  const bundle = encodeBundle(entries)
  expect(decodeBundle(bundle)).toEqual(entries)
  for (const cut of [1, 3, 4, bundle.length - 1])
    expect(() => decodeBundle(bundle.subarray(0, cut))).toThrow(expect.objectContaining({ code: 'LEDGER_DAMAGED' }))
})
