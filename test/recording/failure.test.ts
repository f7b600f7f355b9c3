import { execFileSync, spawnSync } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { encodeHeader, sha256 } from '../../src/recording/format/envelope.js'
import { FileRecorder } from '../../src/recording/recorder.js'
import { recordingPath } from '../../src/recording/paths.js'
import { openRecording } from '../../src/recording/open.js'
import { tempFolder } from '../helpers/temp.js'
import { closed, readAll, result, start, statement } from './sample.js'

const failed = expect.objectContaining({ code: 'RECORDING_FAILED', sqlstate: '58030' }) as Error

test('on a full device a commit throws, and so does every later one', async () => {
  const full = await open('/dev/full', 'r+')
  const recorder = new FileRecorder('ses_01', full, { size: 0, sequence: 0, head: sha256(Buffer.alloc(0)) })
  recorder.record(statement(1))
  expect(() => recorder.commit()).toThrow(failed)
  recorder.record(statement(2))
  expect(() => recorder.commit()).toThrow(failed)
  expect(recorder.close({ end: 'failed', counters: {} })).toMatchObject({ code: 'RECORDING_FAILED' })
})

test('a result that could not be written in the background shows at the next commit', async () => {
  const full = await open('/dev/full', 'r+')
  const recorder = new FileRecorder('ses_01', full, { size: 0, sequence: 0, head: sha256(Buffer.alloc(0)) })
  recorder.record(result(1))
  recorder.flush()
  expect(() => recorder.commit()).toThrow(failed)
  recorder.close({ end: 'failed', counters: {} })
})

test('a disk that does not take what was written shows at the next commit', async () => {
  await using folder = await tempFolder()
  const file = await open(folder.file('recording'), 'wx+')
  const header = encodeHeader({ version: 1, session: 'ses_01', created: start.time })
  const broken = { fd: file.fd, close: () => file.close(), datasync: () => Promise.reject(new Error('EIO')) }
  const recorder = new FileRecorder('ses_01', broken, { size: header.length, sequence: 0, head: sha256(header) })
  await recorder.sync()
  recorder.record(statement(1))
  expect(() => recorder.commit()).toThrow(failed)
  recorder.close(closed)
  expect(await recorder.released).toMatchObject({ message: 'EIO' })
})

// A limit on the size of files cuts a write short as a full disk does: the kernel takes what fits, then refuses.
const untilFull = `
  process.on('SIGXFSZ', () => {})
  const { openRecording } = await import(process.argv[1])
  const recorder = await openRecording(process.argv[2], JSON.parse(process.argv[3]))
  for (let n = 1; ; n++) {
    recorder.record({ type: 'statement', at: n, n, via: 'simple', text: 'x'.repeat(n % 700) })
    try { recorder.commit() } catch (error) {
      const failure = recorder.close({ end: 'failed', counters: {} })
      console.log(JSON.stringify({ n, code: error.code, cause: error.cause.code, close: failure.code }))
      break
    }
  }`

test('a write that only half fits is taken back, and everything before it can be read', async () => {
  await using folder = await tempFolder()
  const module = new URL('../../dist/src/recording/open.js', import.meta.url).pathname
  const out = execFileSync(
    'sh',
    [
      '-c',
      'ulimit -f 64 && exec "$@"',
      'sh',
      process.execPath,
      '--input-type=module',
      '-e',
      untilFull,
      module,
      folder.path,
      JSON.stringify(start),
    ],
    { encoding: 'utf8' },
  )
  const { n, ...codes } = JSON.parse(out) as { n: number }
  expect(codes).toEqual({ code: 'RECORDING_FAILED', cause: 'EFBIG', close: 'RECORDING_FAILED' })
  const path = recordingPath(folder.path, start.session, start.time)
  const { events, end, error } = await readAll(path)
  expect(error).toBeUndefined()
  expect(end).toMatchObject({ torn: 0, size: (await readFile(path)).length })
  // The end fits where the statement did not, or does not: both are whole files.
  expect(events.filter(({ type }) => type === 'statement')).toHaveLength(n - 1)
})

test('a folder that cannot be written is a failure of the recording', async () => {
  await using folder = await tempFolder()
  spawnSync('touch', [folder.file('recordings')])
  await expect(openRecording(folder.file('recordings'), start)).rejects.toMatchObject({ code: 'RECORDING_FAILED' })
})
