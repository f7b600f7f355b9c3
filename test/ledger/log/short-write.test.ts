import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { LedgerLog } from '../../../src/ledger/log/log.js'
import { appendFrom } from '../../../src/ledger/log/files.js'
import { readContents } from '../../../src/ledger/log/contents.js'
import { tempFolder, type TempFolder } from '../../helpers/temp.js'
import { heartbeat, keys } from './sample.js'

afterEach(() => vi.restoreAllMocks())

/** The system's own write, which takes no more than `most` bytes at once, and `room` in all. */
const shortened = async (folder: TempFolder, most: number, room = Infinity): Promise<void> => {
  await using file = await open(folder.file('any'), 'w')
  const prototype = Object.getPrototypeOf(file) as FileHandle
  // oxlint-disable-next-line typescript/unbound-method -- called with its file below
  const write = prototype.write as (...of: unknown[]) => Promise<{ bytesWritten: number }>
  let left = room
  vi.spyOn(prototype, 'write').mockImplementation(async function (this: FileHandle, ...of: unknown[]) {
    const [bytes, at, length, from] = of as [Buffer, number, number, number]
    const taken = Math.min(length, most, left)
    left -= taken
    return (await write.call(this, bytes, at, taken, from)) as never
  })
}

test('leaves that are answered are on disk to the last byte where the system writes in part', async () => {
  await using folder = await tempFolder()
  await mkdir(folder.file('log'))
  const log = await LedgerLog.open({ folder: folder.file('log'), keys })
  await shortened(folder, 100)
  await Promise.all(Array.from({ length: 30 }, (_, n) => log.append(heartbeat(n))))
  const again = await LedgerLog.open({ folder: folder.file('log'), keys })
  expect(await again.append(heartbeat(30))).toBe(30n)
  let count = 0
  for await (const leaf of readContents(folder.file('log'))) expect(leaf.index).toBe(BigInt(count++))
  expect(count).toBe(31)
})

test('what can’t be written whole fails, and leaves nothing behind', async () => {
  await using folder = await tempFolder()
  const path = folder.file('contents')
  await appendFrom(path, 0, Buffer.from('whole\n'))
  await shortened(folder, 100, 4)
  await expect(appendFrom(path, 6, Buffer.from('in part\n'))).rejects.toMatchObject({ code: 'LEDGER_FAILED' })
  expect(await readFile(path, 'utf8')).toBe('whole\n')
})
