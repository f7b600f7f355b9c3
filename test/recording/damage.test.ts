import { readFile, writeFile } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { RecordingDamage } from '../../src/recording/format/damage.js'
import { verifyRecording } from '../../src/recording/verify.js'
import { tempFolder } from '../helpers/temp.js'
import { changed, frameOffsets, readAll, record } from './sample.js'

test('cut at any byte, every whole frame is recovered and the rest is called torn', async () => {
  await using folder = await tempFolder()
  const path = await record(folder.path, 4)
  const bytes = await readFile(path)
  const { events } = await readAll(path)
  const offsets = frameOffsets(bytes)
  const framesEvents = await Promise.all(offsets.map(async (_, i) => eventsBefore(bytes, offsets[i] ?? 0, folder.path)))
  for (let cut = offsets[0] ?? 0; cut < bytes.length; cut++) {
    const file = folder.file('cut')
    await writeFile(file, bytes.subarray(0, cut))
    const whole = offsets.findLastIndex((offset) => offset <= cut)
    const read = await readAll(file)
    expect(read.error, `cut at ${cut}`).toBeUndefined()
    expect(read.events, `cut at ${cut}`).toEqual(events.slice(0, framesEvents[whole]))
    expect(read.end, `cut at ${cut}`).toMatchObject({
      closed: false,
      frames: whole,
      size: offsets[whole],
      torn: cut - (offsets[whole] ?? 0),
    })
  }
})

/** Events in the frames before an offset. */
const eventsBefore = async (bytes: Buffer, offset: number, folder: string): Promise<number> => {
  const file = `${folder}/before-${offset}`
  await writeFile(file, bytes.subarray(0, offset))
  return (await readAll(file)).events.length
}

test('cut inside the header, it is no recording', async () => {
  await using folder = await tempFolder()
  const path = await record(folder.path, 1)
  const first = frameOffsets(await readFile(path))[0] ?? 0
  for (let cut = 0; cut < first; cut++) {
    const { error, events } = await readAll(await changed(path, (bytes) => bytes.subarray(0, cut)))
    expect(error, `cut at ${cut}`).toMatchObject({ code: 'RECORDING_DAMAGED', offset: 0 })
    expect(events).toEqual([])
  }
})

test('any flipped bit of a closed recording is noticed', async () => {
  await using folder = await tempFolder()
  const path = await record(folder.path, 2)
  const bytes = await readFile(path)
  const file = folder.file('flipped')
  for (let at = 0; at < bytes.length; at++) {
    const flipped = Buffer.from(bytes)
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
    await writeFile(file, flipped)
    const noticed = await verifyRecording(file).then(
      ({ closed }) => !closed,
      (error: unknown) => error instanceof RecordingDamage,
    )
    expect(noticed, `bit ${at % 8} of byte ${at}`).toBe(true)
  }
})

test('any flipped bit before the last frame of a live recording is damage, with its place, and never taken for a torn end', async () => {
  await using folder = await tempFolder()
  const path = await record(folder.path, 3, 'open')
  const bytes = await readFile(path)
  const offsets = frameOffsets(bytes)
  const file = folder.file('flipped')
  for (let at = offsets[0] ?? 0; at < (offsets.at(-2) ?? 0); at++) {
    const flipped = Buffer.from(bytes)
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
    await writeFile(file, flipped)
    const { error } = await readAll(file)
    const frame = offsets.findLast((offset) => offset <= at) ?? 0
    expect(error, `byte ${at}`).toMatchObject({ code: 'RECORDING_DAMAGED', offset: frame })
  }
})

const surgery: Record<string, (frames: Buffer[]) => Buffer[]> = {
  'a frame dropped from the middle': (frames) => frames.toSpliced(2, 1),
  'the first frame dropped': (frames) => frames.slice(1),
  'two frames exchanged': ([a, b, c, ...rest]) => [a, c, b, ...rest].filter((frame) => frame !== undefined),
  'a frame twice': (frames) => frames.toSpliced(2, 0, ...frames.slice(2, 3)),
}

test.for(Object.keys(surgery))('%s is noticed, in a closed and in a live recording', async (what) => {
  for (const kind of ['closed', 'open'] as const) {
    await using folder = await tempFolder()
    const path = await record(folder.path, 4, kind)
    const file = await changed(path, (bytes) => {
      const offsets = frameOffsets(bytes)
      const frames = offsets.slice(0, -1).map((offset, i) => bytes.subarray(offset, offsets[i + 1]))
      const tail = kind === 'closed' ? bytes.subarray(offsets.at(-1)) : Buffer.alloc(0)
      return Buffer.concat([bytes.subarray(0, offsets[0]), ...(surgery[what]?.(frames) ?? []), tail])
    })
    expect((await readAll(file)).error).toMatchObject({ code: 'RECORDING_DAMAGED' })
  }
})

test('a changed statement is noticed even with its checksum made right, by the frame after it', async () => {
  await using folder = await tempFolder()
  const path = await record(folder.path, 3, 'open')
  const offsets = frameOffsets(await readFile(path))
  const [frame = 0, next = 0] = offsets.slice(1)
  const file = await changed(path, (bytes) => {
    bytes.write('SELECT 9', bytes.indexOf('SELECT 1'), 'latin1')
    bytes.writeUInt32LE(crc32(bytes.subarray(frame + 12, next)), frame + 8)
    return bytes
  })
  expect((await readAll(file)).error).toMatchObject({ code: 'RECORDING_DAMAGED', offset: next })
})

test('the trailer of another recording is noticed', async () => {
  await using one = await tempFolder()
  await using two = await tempFolder()
  const [path, other] = [await record(one.path, 2), await readFile(await record(two.path, 3))]
  const file = await changed(path, (bytes) => Buffer.concat([bytes.subarray(0, -52), other.subarray(-52)]))
  expect((await readAll(file)).error).toMatchObject({ code: 'RECORDING_DAMAGED' })
})

test('bytes behind the end are noticed', async () => {
  await using folder = await tempFolder()
  const file = await changed(await record(folder.path, 1), (bytes) => Buffer.concat([bytes, Buffer.from([0])]))
  expect((await readAll(file)).error).toMatchObject({ code: 'RECORDING_DAMAGED' })
})

test('a hole of zeros at the end, as a power failure leaves it, is a torn end', async () => {
  await using folder = await tempFolder()
  const path = await record(folder.path, 3, 'open')
  const file = await changed(path, (bytes) => Buffer.concat([bytes, Buffer.alloc(200_000)]))
  const { events, end } = await readAll(file)
  expect(events).toHaveLength(7)
  expect(end).toMatchObject({ closed: false, torn: 200_000 })
})

test('a recording that ends earlier than the head that was kept is noticed', async () => {
  await using folder = await tempFolder()
  const path = await record(folder.path, 3)
  const { head } = await verifyRecording(path)
  await expect(verifyRecording(path, head)).resolves.toMatchObject({ closed: true, events: 8, head })
  const offsets = frameOffsets(await readFile(path))
  const shorter = await changed(path, (bytes) => bytes.subarray(0, offsets.at(-3)))
  await expect(verifyRecording(shorter)).resolves.toMatchObject({ closed: false, torn: 0 })
  await expect(verifyRecording(shorter, head)).rejects.toMatchObject({ code: 'RECORDING_DAMAGED' })
})

test('a file that is no recording, or none, is said to be so', async () => {
  await using folder = await tempFolder()
  await writeFile(folder.file('text'), 'not a recording, but longer than its header would be')
  expect((await readAll(folder.file('text'))).error).toMatchObject({ code: 'RECORDING_DAMAGED', offset: 0 })
  expect((await readAll(folder.file('absent'))).error).toMatchObject({ code: 'NOT_FOUND' })
})
