import { writeFile } from 'node:fs/promises'
import { crc32, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { encodeHeader, sha256 } from '../../src/recording/format/envelope.js'
import { tempFolder } from '../helpers/temp.js'
import { readAll, statement } from './sample.js'

const header = encodeHeader({ version: 1, session: 'x', created: '2026-11-20T09:30:00.000Z' })

/** A frame whose checksum, number and chain are right, with a payload that need not be. */
const frame = (payload: Buffer, { kind = 1, number = 0 } = {}): Buffer => {
  const bytes = Buffer.alloc(52 + payload.length)
  bytes.writeUInt32LE(payload.length, 0)
  bytes.writeUInt32LE(~payload.length >>> 0, 4)
  bytes.writeUIntLE(number, 12, 6)
  bytes[18] = kind
  bytes.write(sha256(header), 20, 'latin1')
  payload.copy(bytes, 52)
  bytes.writeUInt32LE(crc32(bytes.subarray(12)), 8)
  return bytes
}

// Empty lines, which are otherwise passed over.
const bomb = (): Buffer => zstdCompressSync(Buffer.alloc(100 * 1024 * 1024, '\n'))
const event = zstdCompressSync(Buffer.from(JSON.stringify(statement(1))))
const declared = (length: number): Buffer => {
  const bytes = Buffer.alloc(1000, 1)
  bytes.writeUInt32LE(length, 0)
  bytes.writeUInt32LE(~length >>> 0, 4)
  return bytes
}

const files: Record<string, () => Buffer> = {
  'a payload that inflates to 100 MB': () => frame(bomb()),
  'a payload that is no zstd frame': () => frame(Buffer.from('no zstd')),
  'an empty payload': () => frame(Buffer.alloc(0)),
  'lines that are no JSON': () => frame(zstdCompressSync(Buffer.from('{"type":\n'))),
  'lines that are no events': () => frame(zstdCompressSync(Buffer.from('[1]\nnull\n'))),
  'a frame of an unknown kind': () => frame(event, { kind: 9 }),
  'a frame with a number that is not its own': () => frame(event, { number: 1 }),
  'a declared length of 4 GB': () => declared(0xffffffff),
  'a header that declares 4 GB': () => Buffer.alloc(0),
}

test.for(Object.keys(files))('%s is damage, in bounded memory', async (what) => {
  await using folder = await tempFolder()
  const start = Buffer.from(header)
  if (what.startsWith('a header')) start.writeUInt32LE(0xffffffff, 8)
  await writeFile(folder.file('hostile'), Buffer.concat([start, files[what]?.() ?? Buffer.alloc(0)]))
  const before = process.memoryUsage().arrayBuffers
  const { error, events } = await readAll(folder.file('hostile'))
  expect(error).toMatchObject({ code: 'RECORDING_DAMAGED' })
  expect(events).toEqual([])
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024)
})

test('a header that does not match its checksum is damage, also where nothing follows it', async () => {
  await using folder = await tempFolder()
  const changed = Buffer.from(header)
  changed.write('y', changed.indexOf('"x"') + 1)
  await writeFile(folder.file('header'), changed)
  expect((await readAll(folder.file('header'))).error).toMatchObject({ code: 'RECORDING_DAMAGED', offset: 0 })
})
