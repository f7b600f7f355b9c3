import { appendFile, cp, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { factsOf, openLeaf } from '../../../src/ledger/leaves.js'
import { readContents } from '../../../src/ledger/log/contents.js'
import { readCheckpoint, rotationPath } from '../../../src/ledger/log/files.js'
import { LedgerLog, type Published } from '../../../src/ledger/log/log.js'
import { Frontier } from '../../../src/ledger/merkle/frontier.js'
import { leafHash } from '../../../src/ledger/merkle/hash.js'
import { consistencyProof, inclusionProof, rootOf } from '../../../src/ledger/merkle/tree.js'
import { isConsistent, isIncluded } from '../../../src/ledger/merkle/verify.js'
import { openCheckpoint } from '../../../src/ledger/note/checkpoint.js'
import { TileFiles } from '../../../src/ledger/tiles/tile-files.js'
import { canMount, smallDisk } from '../../helpers/small-disk.js'
import { tempFolder } from '../../helpers/temp.js'
import { heartbeat, keys, rotatedKeys } from './sample.js'

const open = (folder: string, published?: (published: Published) => void) =>
  LedgerLog.open({ folder, keys, ...(published && { published }) })

/** Adds that many leaves, as many at once as there are. */
const add = async (log: LedgerLog, count: number, from = 0): Promise<bigint[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => log.append(heartbeat(from + n))))

/** What stands in a folder is one log: contents, entries, tiles and checkpoint agree. */
const agreed = async (folder: string, by = keys): Promise<bigint> => {
  const checkpoint = openCheckpoint((await readCheckpoint(folder))!, by.signers)
  const frontier = new Frontier()
  for await (const leaf of readContents(folder)) {
    expect(leaf.index).toBe(frontier.size)
    openLeaf(leaf)
    frontier.add(leafHash(leaf.entry))
  }
  expect(frontier.size).toBe(checkpoint.size)
  expect(frontier.root.equals(checkpoint.root)).toBe(true)
  expect((await rootOf(new TileFiles(folder, checkpoint.size), checkpoint.size)).equals(checkpoint.root)).toBe(true)
  return checkpoint.size
}

test('leaves that come at once become one batch, each with its own place, and are under a checkpoint when they are answered', async () => {
  await using folder = await tempFolder()
  const published: Published[] = []
  const log = await open(folder.path, (one) => published.push(one))
  const first = log.append(heartbeat())
  const rest = await add(log, 600, 1)
  expect(await first).toBe(0n)
  expect(rest).toEqual(Array.from({ length: 600 }, (_, n) => BigInt(n + 1)))
  expect(published.length).toBeLessThan(4)
  expect(published.flatMap(({ leaves }) => leaves.map(({ index }) => index))).toEqual([0n, ...rest])
  expect(openCheckpoint(log.checkpoint!, keys.signers).size).toBe(601n)
  expect(await agreed(folder.path)).toBe(601n)
  expect((await stat(folder.file('checkpoint'))).mode & 0o77).toBe(0)
})

test('each checkpoint continues the one before, and proves each leaf', async () => {
  await using folder = await tempFolder()
  const log = await open(folder.path)
  const checkpoints: string[] = []
  for (const count of [1, 3, 252, 1, 300]) {
    await add(log, count)
    checkpoints.push(log.checkpoint!)
  }
  const heads = checkpoints.map((note) => openCheckpoint(note, keys.signers))
  const last = heads.at(-1)!
  const tiles = new TileFiles(folder.path, last.size)
  for (const head of heads)
    expect(isConsistent(head, await consistencyProof(tiles, head.size, last.size), last)).toBe(true)
  for await (const { index, entry } of readContents(folder.path))
    if (index % 37n === 0n)
      expect(isIncluded(leafHash(entry), index, await inclusionProof(tiles, index, last.size), last)).toBe(true)
})

test.for([1, 255, 256, 257, 512])('a log of %i that is opened anew goes on where it was', async (count) => {
  await using folder = await tempFolder()
  await add(await open(folder.path), count)
  const log = await open(folder.path)
  expect(await log.append(heartbeat())).toBe(BigInt(count))
  expect(await agreed(folder.path)).toBe(BigInt(count) + 1n)
})

test('a kill at any moment loses nothing that was answered: every order of what was written is healed', async () => {
  await using folder = await tempFolder()
  await using crashed = await tempFolder()
  const [before, after] = [folder.file('before'), folder.file('after')]
  await mkdir(before)
  await add(await open(before), 254)
  await cp(before, after, { recursive: true })
  await add(await open(after), 4, 254)
  const files = (await readdir(after, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(after.length + 1))
  // Contents come first and the checkpoint last; tiles in between may be there, or torn, or not.
  for (const [at, file] of files.entries()) {
    const copy = crashed.file(String(at))
    await cp(before, copy, { recursive: true })
    if (file !== 'checkpoint') await cp(join(after, 'contents'), join(copy, 'contents'), { recursive: true })
    if (file.startsWith('tile')) {
      await cp(join(after, file), join(copy, file))
      if (at % 2) await truncate(join(copy, file), 5)
    }
    const log = await open(copy)
    await log.append(heartbeat())
    expect(await agreed(copy)).toBe(file === 'checkpoint' ? 255n : 259n)
  }
})

test('a torn line is cut off, a lost tile is made anew', async () => {
  await using folder = await tempFolder()
  await add(await open(folder.path), 300)
  await appendFile(folder.file('contents/001.jsonl'), '{"i":"300","e":"AA')
  await rm(folder.file('tile/0/001.p'), { recursive: true })
  await writeFile(folder.file('tile/0/000'), 'torn')
  const log = await open(folder.path)
  expect(await log.append(heartbeat())).toBe(300n)
  expect(await agreed(folder.path)).toBe(301n)
})

test.for([
  ['contents that were published are gone', (path: string) => truncate(join(path, 'contents/001.jsonl'), 100)],
  ['the last file of contents is gone', (path: string) => rm(join(path, 'contents/001.jsonl'))],
  ['the checkpoint is another log’s', (path: string) => writeFile(join(path, 'checkpoint'), 'x\n1\n\n— x AAAAAAAA\n')],
  [
    'an entry was replaced',
    async (path: string) => {
      const file = join(path, 'contents/001.jsonl')
      const [first, ...rest] = (await readFile(file, 'utf8')).split('\n')
      const line = JSON.parse(first!) as { e: string }
      await writeFile(
        file,
        [JSON.stringify({ ...line, e: Buffer.alloc(40, 1).toString('base64') }), ...rest].join('\n'),
      )
      await rm(join(path, 'tile'), { recursive: true })
    },
  ],
] as const)('nothing is signed where %s', async ([, damage]) => {
  await using folder = await tempFolder()
  await add(await open(folder.path), 300)
  await damage(folder.path)
  await expect(open(folder.path)).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' })
})

test('another key takes over by a leaf, under a checkpoint that both have signed, and only the new one signs what follows', async () => {
  await using folder = await tempFolder()
  const log = await open(folder.path)
  await add(log, 3)
  const later = rotatedKeys()
  await log.rotate(later)
  const handedOver = await readFile(rotationPath(folder.path, 4n), 'utf8')
  expect(openCheckpoint(handedOver, [keys.signers[0]]).size).toBe(4n)
  expect(openCheckpoint(handedOver, [later.signers[0]]).size).toBe(4n)
  await log.rotate(later)
  await log.append(heartbeat())
  expect(openCheckpoint(log.checkpoint!, [later.signers[0]]).size).toBe(5n)
  expect(() => openCheckpoint(log.checkpoint!, keys.signers)).toThrow('none of the keys')
  const again = await LedgerLog.open({ folder: folder.path, keys: later })
  expect(again.vkey).toBe(later.signers[0].vkey)
  expect(await agreed(folder.path, later)).toBe(5n)
})

test('a log whose key was replaced while the gateway was down is taken over at the next start', async () => {
  await using folder = await tempFolder()
  await add(await open(folder.path), 3)
  const later = rotatedKeys()
  const log = await LedgerLog.open({ folder: folder.path, keys: later })
  expect(log.vkey).toBe(keys.signers[0].vkey)
  await log.rotate(later)
  expect(openCheckpoint(log.checkpoint!, [later.signers[0]]).size).toBe(4n)
})

test('where the disk is full nothing is answered, and it goes on when there is room', async ({ skip }) => {
  await using folder = await tempFolder()
  if (!canMount(folder.path)) return skip('needs to mount a file system')
  const path = folder.file('disk')
  using disk = smallDisk(path, 512 * 1024)
  const log = await open(path)
  await log.append(heartbeat())
  disk.fill()
  const refused = await Promise.allSettled(Array.from({ length: 400 }, () => log.append(heartbeat())))
  for (const one of refused) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'LEDGER_FAILED' } })
  disk.makeRoom()
  await log.append(heartbeat())
  await agreed(path)
})

test('kind and time of a leaf stay in its entry', async () => {
  await using folder = await tempFolder()
  await (await open(folder.path)).append(heartbeat(7))
  for await (const { entry } of readContents(folder.path))
    expect(factsOf(entry)).toEqual({ kind: 'heartbeat', at: Date.parse(heartbeat(7).time) })
})

test('a leaf that could be read back is taken, a longer one is refused and harms no other', async () => {
  await using folder = await tempFolder()
  const log = await open(folder.path)
  const read = (length: number) =>
    log.append({ ...heartbeat(), kind: 'read', by: { subject: 's', name: 'n' }, what: '"'.repeat(length) })
  await read(3 * 1024 * 1024)
  await expect(read(9 * 1024 * 1024)).rejects.toMatchObject({ code: 'LEDGER_FAILED' })
  await log.append(heartbeat(1))
  expect(await (await open(folder.path)).append(heartbeat(2))).toBe(2n)
  expect(await agreed(folder.path)).toBe(3n)
})
