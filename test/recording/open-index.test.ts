import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { beginIndex, markOpen } from '../../src/recording/open-index.js'
import { openRecording } from '../../src/recording/open.js'
import { recordingPath } from '../../src/recording/paths.js'
import { type KnownSession, type Recovered, recoverRecordings } from '../../src/recording/recover.js'
import { tempFolder } from '../helpers/temp.js'
import { filesOpened } from './files-opened.js'
import { closed, collect, leftOpen, readAll, record, start, statement } from './sample.js'

const recover = (folder: string, known: KnownSession[] = []): Promise<Recovered[]> =>
  collect(recoverRecordings(folder, known))

const marks = async (folder: string): Promise<string[]> => (await readdir(join(folder, '.open'))).toSorted()

/** What became of each, by session. */
const outcomes = (recovered: readonly Recovered[]) =>
  Object.fromEntries(recovered.map(({ id, end, problem }) => [id, problem?.code ?? end]))

const pathOf = (folder: string, session: string) => recordingPath(folder, session, start.time)

const one = async (folder: string, session: string, end: 'closed' | 'open') => {
  const recorder = await openRecording(folder, { ...start, session })
  recorder.record(statement(1))
  recorder.commit()
  const live = await readFile(pathOf(folder, session))
  recorder.close(closed)
  await recorder.released
  if (end === 'open') await leftOpen(folder, pathOf(folder, session), live)
}

test('a recording has its mark from before it is there until it is whole', async () => {
  await using folder = await tempFolder()
  const recorder = await openRecording(folder.path, start)
  expect(await marks(folder.path)).toEqual(['2026-11-20_ses_01'])
  recorder.close(closed)
  await recorder.released
  expect(await marks(folder.path)).toEqual([])
})

test('a recording that could not be closed keeps its mark', async () => {
  await using folder = await tempFolder()
  const recorder = await openRecording(folder.path, start)
  recorder.record(statement(1, 'x'.repeat(33 * 1024 * 1024)))
  expect(() => recorder.commit()).toThrow(expect.objectContaining({ code: 'RECORDING_FAILED' }) as Error)
  recorder.close({ end: 'failed', counters: {} })
  await recorder.released
  expect(await marks(folder.path)).toEqual(['2026-11-20_ses_01'])
  expect(outcomes(await recover(folder.path))).toEqual({ ses_01: 'failed' })
  expect((await readAll(pathOf(folder.path, 'ses_01'))).end).toMatchObject({ closed: true })
})

test('a recording that could not be begun leaves nothing', async () => {
  await using folder = await tempFolder()
  await writeFile(folder.file('2026-11-20'), 'in the way')
  await expect(openRecording(folder.path, start)).rejects.toMatchObject({ code: 'RECORDING_FAILED' })
  expect(await marks(folder.path)).toEqual([])
})

test('a second recording of a session takes nothing from the first', async () => {
  await using folder = await tempFolder()
  const recorder = await openRecording(folder.path, start)
  await expect(openRecording(folder.path, start)).rejects.toMatchObject({ code: 'RECORDING_FAILED' })
  expect(await marks(folder.path)).toEqual(['2026-11-20_ses_01'])
  recorder.close(closed)
  await recorder.released
  expect((await readAll(pathOf(folder.path, 'ses_01'))).end).toMatchObject({ closed: true })
})

test('a folder that was deleted does not come back by itself', async () => {
  await using folder = await tempFolder()
  const recordings = folder.file('recordings')
  await expect(openRecording(recordings, start)).rejects.toMatchObject({ code: 'RECORDING_FAILED' })
  await expect(readdir(recordings)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('of three hundred recordings only those are opened that nobody has closed', async () => {
  await using folder = await tempFolder()
  await one(folder.path, 'open_1', 'open')
  await one(folder.path, 'open_2', 'open')
  for (let n = 0; n < 300; n++) await one(folder.path, `closed_${n}`, 'closed')
  const { value, opened } = await filesOpened(() => recover(folder.path))
  expect(outcomes(value)).toEqual({ open_1: 'aborted', open_2: 'aborted' })
  expect([...new Set(opened.filter((path) => path.endsWith('.hooprec')))].toSorted()).toEqual(
    ['open_1', 'open_2'].map((session) => pathOf(folder.path, session)),
  )
  expect((await filesOpened(() => recover(folder.path))).opened.filter((path) => path.endsWith('.hooprec'))).toEqual([])
})

test('without an index every recording is looked at, once', async () => {
  await using folder = await tempFolder()
  await one(folder.path, 'left', 'open')
  await one(folder.path, 'done', 'closed')
  await rm(folder.file('.open'), { recursive: true })
  const first = await filesOpened(() => recover(folder.path))
  expect(outcomes(first.value)).toEqual({ left: 'aborted' })
  expect(first.opened).toContain(pathOf(folder.path, 'done'))
  expect((await filesOpened(() => recover(folder.path))).opened.filter((path) => path.endsWith('.hooprec'))).toEqual([])
})

test('an index that begins with its folder holds for what is written then, and none is begun over recordings', async () => {
  await using folder = await tempFolder()
  await beginIndex(folder.path)
  await one(folder.path, 'done', 'closed')
  await one(folder.path, 'left', 'open')
  const { value, opened } = await filesOpened(() => recover(folder.path))
  expect(outcomes(value)).toEqual({ left: 'aborted' })
  expect(opened).not.toContain(pathOf(folder.path, 'done'))
  await one(folder.path, 'older', 'open')
  await rm(folder.file('.open'), { recursive: true })
  await beginIndex(folder.path)
  expect(outcomes(await recover(folder.path))).toEqual({ older: 'aborted' })
})

test('an index that was being made when the gateway died is made again', async () => {
  await using folder = await tempFolder()
  await one(folder.path, 'left', 'open')
  await rename(folder.file('.open'), folder.file('.open.new'))
  await writeFile(join(folder.file('.open.new'), '2026-11-20_stale'), '')
  expect(outcomes(await recover(folder.path))).toEqual({ left: 'aborted' })
  expect(await readdir(folder.path)).toEqual(['.open', '2026-11-20'])
})

test('each that can’t be closed is told of at every start, and the others are closed', async () => {
  await using folder = await tempFolder()
  for (const session of ['empty', 'headless', 'folder', 'sound']) await one(folder.path, session, 'open')
  await truncate(pathOf(folder.path, 'empty'), 0)
  await writeFile(pathOf(folder.path, 'headless'), 'x'.repeat(500))
  // Something else in the file's place.
  await rm(pathOf(folder.path, 'folder'))
  await mkdir(pathOf(folder.path, 'folder'))
  const unusable = { empty: 'RECORDING_DAMAGED', headless: 'RECORDING_DAMAGED', folder: 'RECORDING_DAMAGED' }
  expect(outcomes(await recover(folder.path))).toEqual({ ...unusable, sound: 'aborted' })
  expect(outcomes(await recover(folder.path))).toEqual(unusable)
})

test.skipIf(process.getuid?.() === 0)('one that may not be read is told of', async () => {
  await using folder = await tempFolder()
  await record(folder.path, 1, 'open')
  const { chmod } = await import('node:fs/promises')
  await chmod(pathOf(folder.path, 'ses_01'), 0o000)
  expect(outcomes(await recover(folder.path))).toEqual({ ses_01: 'RECORDING_UNREADABLE' })
})

test('a mark whose recording was never begun is taken away without a word', async () => {
  await using folder = await tempFolder()
  await markOpen(folder.path, pathOf(folder.path, 'ses_01'))
  expect(await recover(folder.path)).toEqual([])
  expect(await marks(folder.path)).toEqual([])
})

test('of a session that the store calls live, the recording says how it ended, and that it is gone', async () => {
  await using folder = await tempFolder()
  await one(folder.path, 'ended', 'closed')
  const known = ['ended', 'gone'].map((id) => ({ id, startedAt: start.time }))
  const recovered = await recover(folder.path, known)
  expect(outcomes(recovered)).toEqual({ ended: 'closed', gone: 'NOT_FOUND' })
  expect(recovered[0]).toMatchObject({ wasClosed: true, torn: 0, counters: { statements: 1 } })
})

test('what was not noted when the process died again is told of once more', async () => {
  await using folder = await tempFolder()
  await record(folder.path, 1, 'open')
  for await (const { id } of recoverRecordings(folder.path)) {
    expect(id).toBe('ses_01')
    break
  }
  expect(await marks(folder.path)).toEqual(['2026-11-20_ses_01'])
  // It is whole by now. The store, which has not been told, calls its session live.
  expect(await recover(folder.path, [{ id: 'ses_01', startedAt: start.time }])).toMatchObject([
    { id: 'ses_01', end: 'aborted', wasClosed: true },
  ])
})

const openAndWait = `
  const { openRecording } = await import(process.argv[1])
  await openRecording(process.argv[2], JSON.parse(process.argv[3]))
  console.log('open')
  setInterval(() => {}, 1000)`

test('the mark outlives the process', async () => {
  await using folder = await tempFolder()
  const module = new URL('../../dist/src/recording/open.js', import.meta.url).pathname
  const args = ['--input-type=module', '-e', openAndWait, module, folder.path, JSON.stringify(start)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(outcomes(await recover(folder.path))).toEqual({ ses_01: 'aborted' })
})
