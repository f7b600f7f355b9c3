import { copyFile, link, mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openRecording } from '../../src/recording/open.js'
import { recordingPath } from '../../src/recording/paths.js'
import { tempFolder } from '../helpers/temp.js'
import { closed, frameOffsets, readAll, record, result, start, statement } from './sample.js'

test('what was recorded is read back as it was, and the end says that nothing is missing', async () => {
  await using folder = await tempFolder()
  const path = await record(folder.path, 3)
  const { events, end, error } = await readAll(path)
  expect(error).toBeUndefined()
  expect(events.slice(0, -1)).toEqual([start, ...[1, 2, 3].flatMap((n) => [statement(n), result(n)])])
  expect(events.at(-1)).toMatchObject({ type: 'end', end: 'closed', counters: { statements: 3 } })
  expect(end).toMatchObject({ closed: true, torn: 0, header: { version: 1, session: 'ses_01', created: start.time } })
})

test('any zstd decoder reads the frames that were written by hand', async () => {
  await using folder = await tempFolder()
  const bytes = await readFile(await record(folder.path, 2))
  const texts = frameOffsets(bytes)
    .slice(0, -1)
    .map((offset) =>
      zstdDecompressSync(bytes.subarray(offset + 52, offset + 52 + bytes.readUInt32LE(offset))).toString(),
    )
  expect(JSON.parse(texts[0] ?? '')).toEqual(start)
  expect(texts[1]).toContain('"text":"SELECT 1"')
})

test.for<[string, (path: string) => Promise<unknown>]>([
  ['deleted', (path) => rm(path)],
  ['deleted, and known by another name', async (path) => (await link(path, `${path}.too`), rm(path))],
  ['moved', (path) => rename(path, `${path}.away`)],
  [
    'replaced by a copy of itself',
    async (path) => (await copyFile(path, `${path}.copy`), rename(`${path}.copy`, path)),
  ],
  [
    'moved with its folder',
    async (path) => (await rename(dirname(path), `${dirname(path)}.away`), mkdir(dirname(path))),
  ],
])('a recording that is %s takes no further statement', async ([, take]) => {
  await using folder = await tempFolder()
  const recorder = await openRecording(folder.path, start)
  recorder.record(statement(1))
  recorder.commit()
  await take(recordingPath(folder.path, start.session, start.time))
  recorder.record(statement(2))
  expect(() => recorder.commit()).toThrow('the recording was deleted, moved or replaced')
  expect(recorder.close(closed)).toBeDefined()
})

test('text beyond ASCII and lone surrogates survive', async () => {
  await using folder = await tempFolder()
  const recorder = await openRecording(folder.path, start)
  const texts = ['naïve “quotes” 漢字 🐘 \u0000 \u2028', '\ud800 alone', '漢'.repeat(4000), '🐘'.repeat(70_000)]
  texts.forEach((text, i) => recorder.record(statement(i + 1, text)))
  expect(recorder.close(closed)).toBeUndefined()
  const { events } = await readAll(recordingPath(folder.path, start.session, start.time))
  expect(events.slice(1, -1).map((event) => (event.type === 'statement' ? event.text : ''))).toEqual(texts)
})

test.for([4095, 4096, 4097, 65_536, 1_000_000, 20_000_000])(
  'an event of %i characters comes back whole',
  async (size) => {
    await using folder = await tempFolder()
    const recorder = await openRecording(folder.path, start)
    const text = 'abcdefgh'.repeat(size / 8 + 1).slice(0, size)
    recorder.record(statement(1, text))
    recorder.commit()
    expect(recorder.close(closed)).toBeUndefined()
    const { events, end } = await readAll(recordingPath(folder.path, start.session, start.time))
    expect(events[1]).toEqual(statement(1, text))
    expect(end?.closed).toBe(true)
  },
)

test('an event too large for a frame fails the commit, and the recording still ends properly', async () => {
  await using folder = await tempFolder()
  const recorder = await openRecording(folder.path, start)
  recorder.record(statement(1, 'x'.repeat(33 * 1024 * 1024)))
  expect(() => recorder.commit()).toThrow(expect.objectContaining({ code: 'RECORDING_FAILED' }) as Error)
  expect(recorder.close({ end: 'failed', counters: {} })).toMatchObject({ code: 'RECORDING_FAILED' })
  const { events } = await readAll(recordingPath(folder.path, start.session, start.time))
  expect(events.map(({ type }) => type)).toEqual(['start', 'end'])
})

test('a commit is in the file when it returns', async () => {
  await using folder = await tempFolder()
  const recorder = await openRecording(folder.path, start)
  const path = recordingPath(folder.path, start.session, start.time)
  recorder.record(statement(1))
  expect((await readAll(path)).events).toHaveLength(1)
  recorder.commit()
  expect((await readAll(path)).events).toEqual([start, statement(1)])
  recorder.close(closed)
})

test('results that no commit follows are written within 200 ms', async () => {
  await using folder = await tempFolder()
  const recorder = await openRecording(folder.path, start)
  const path = recordingPath(folder.path, start.session, start.time)
  recorder.record(statement(1))
  recorder.commit()
  recorder.record(result(1))
  await wait(200)
  expect((await readAll(path)).events.at(-1)).toEqual(result(1))
  recorder.close(closed)
})

test('more than 64 KB of results is written at once', async () => {
  await using folder = await tempFolder()
  const recorder = await openRecording(folder.path, start)
  const path = recordingPath(folder.path, start.session, start.time)
  recorder.record(result(1, { rowsSeen: [['x'.repeat(65 * 1024)]] }))
  expect((await readAll(path)).events).toHaveLength(2)
  recorder.close(closed)
})

test('files are for their owner alone', async () => {
  await using folder = await tempFolder()
  const path = await record(folder.path, 1)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700)
  expect((await stat(folder.file('.open'))).mode & 0o777).toBe(0o700)
})

test('a recording is never overwritten', async () => {
  await using folder = await tempFolder()
  const path = await record(folder.path, 1)
  const before = await readFile(path)
  await expect(openRecording(folder.path, start)).rejects.toMatchObject({ code: 'RECORDING_FAILED' })
  expect(await readFile(path)).toEqual(before)
})

test('after its end a recording takes nothing more', async () => {
  await using folder = await tempFolder()
  const recorder = await openRecording(folder.path, start)
  recorder.close(closed)
  recorder.record(statement(1))
  expect(() => recorder.commit()).toThrow('the recording has ended')
  expect(recorder.close(closed)).toBeUndefined()
  expect(await recorder.released).toBeUndefined()
  expect((await readAll(recordingPath(folder.path, start.session, start.time))).events).toHaveLength(2)
})

test.for(['../escape', '', '.hidden', 'a/b', 'a\\b', 'x'.repeat(200)])('the id %j is no file name', async (session) => {
  await using folder = await tempFolder()
  await expect(openRecording(folder.path, { ...start, session })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
