import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, truncate, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { openRecording } from '../../src/recording/open.js'
import { recordingPath } from '../../src/recording/paths.js'
import { type Recovered, recoverRecordings } from '../../src/recording/recover.js'
import { verifyRecording } from '../../src/recording/verify.js'
import { tempFolder } from '../helpers/temp.js'
import {
  closed,
  changed,
  collect,
  frameOffsets,
  leftOpen,
  readAll,
  record,
  result,
  start,
  statement,
} from './sample.js'

const recover = async (folder: string): Promise<Recovered[]> => collect(recoverRecordings(folder))

// Announces each statement only after its commit, as the gateway forwards it only then.
const writeForever = `
  const { openRecording } = await import(process.argv[1])
  const recorder = await openRecording(process.argv[2], JSON.parse(process.argv[3]))
  const burst = (n) => {
    for (let i = 0; i < 50; i++, n++) {
      recorder.record({ type: 'statement', at: n, n, via: 'simple', text: 'SELECT ' + 'x'.repeat(n % 5000) })
      recorder.commit()
      process.stdout.write(n + '\\n')
    }
    setImmediate(burst, n)
  }
  burst(1)`

test.for([1, 2, 3])('killed in the middle of writing (%i), no announced statement is lost', async () => {
  await using folder = await tempFolder()
  const module = new URL('../../dist/src/recording/open.js', import.meta.url).pathname
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', writeForever, module, folder.path, JSON.stringify(start)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let announced = 0
  for await (const line of createInterface(child.stdout)) {
    announced = Number(line)
    if (announced === 500) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  const [recovered] = await recover(folder.path)
  expect(recovered).toMatchObject({ id: start.session, end: 'aborted', start })
  expect(recovered?.problem).toBeUndefined()
  expect(recovered?.counters.statements).toBeGreaterThanOrEqual(announced)
  const { events, end } = await readAll(recordingPath(folder.path, start.session, start.time))
  expect(end).toMatchObject({ closed: true, torn: 0 })
  expect(events.at(-1)).toMatchObject({ type: 'end', end: 'aborted' })
  const numbers = events.flatMap((event) => (event.type === 'statement' ? [event.n] : []))
  expect(numbers).toEqual(numbers.map((_, i) => i + 1))
})

test('an open recording is closed as aborted, with the counters of what it holds', async () => {
  await using folder = await tempFolder()
  const recorder = await openRecording(folder.path, start)
  recorder.record(statement(1))
  recorder.record(result(1, { rows: 7, bytes: 100, masked: 3 }))
  recorder.record(result(1, { tag: 'error', sqlstate: '42P01', rows: 0, bytes: 10 }))
  recorder.record({
    type: 'refusal',
    at: 9000,
    n: 2,
    text: 'DROP',
    code: 'STATEMENT_BLOCKED',
    sqlstate: '42501',
    message: 'no',
  })
  recorder.commit()
  const counters = { statements: 1, refused: 1, errors: 1, rows: 7, bytes: 110, masked: 3, lastRefusal: 'no' }
  expect(await recover(folder.path)).toEqual([
    {
      id: 'ses_01',
      path: recordingPath(folder.path, start.session, start.time),
      end: 'aborted',
      reason: 'the gateway stopped during the session',
      endedAt: '2026-11-20T09:30:09.000Z',
      counters,
      torn: 0,
      start,
    },
  ])
  expect((await readAll(recordingPath(folder.path, start.session, start.time))).events.at(-1)).toMatchObject({
    at: 9000,
    counters: { statements: 1, rows: 7 },
  })
  recorder.close(closed)
  await recorder.released
})

test('what was closed, and what was recovered before, is left as it is', async () => {
  await using folder = await tempFolder()
  const path = await record(folder.path, 2, 'open')
  expect(await recover(folder.path)).toHaveLength(1)
  const bytes = await readFile(path)
  expect(await recover(folder.path)).toEqual([])
  expect(await readFile(path)).toEqual(bytes)
})

test('cut at any byte, a recording is recovered to one that verifies', async () => {
  await using folder = await tempFolder()
  const path = await record(folder.path, 2)
  const bytes = await readFile(path)
  const { events } = await readAll(path)
  for (let cut = frameOffsets(bytes)[0] ?? 0; cut < bytes.length; cut += 3) {
    await leftOpen(folder.path, path, bytes.subarray(0, cut))
    const before = await readAll(path)
    const [recovered] = await recover(folder.path)
    const after = await readAll(path)
    const verified = await verifyRecording(path)
    expect(verified, `cut at ${cut}`).toMatchObject({ closed: true, torn: 0 })
    const kept = after.events.slice(0, before.events.length)
    expect(kept, `cut at ${cut}`).toEqual(events.slice(0, before.events.length))
    // The end was there: the session had been closed, and stays so.
    const whole = before.events.at(-1)?.type === 'end'
    expect(recovered?.end, `cut at ${cut}`).toBe(whole ? 'closed' : 'aborted')
    expect(after.events, `cut at ${cut}`).toHaveLength(before.events.length + (whole ? 0 : 1))
  }
})

test('a recording that is damaged in its middle is reported and left alone', async () => {
  await using folder = await tempFolder()
  const path = await record(folder.path, 3, 'open')
  const offset = frameOffsets(await readFile(path))[2] ?? 0
  const damaged = await readFile(await changed(path, (bytes) => bytes.fill(0xff, offset + 60, offset + 64)))
  await writeFile(path, damaged)
  const [recovered] = await recover(folder.path)
  expect(recovered).toMatchObject({
    id: 'ses_01',
    end: 'aborted',
    reason: 'the gateway stopped during the session; its recording can’t be read to its end',
    torn: 0,
    problem: { code: 'RECORDING_DAMAGED', offset },
  })
  expect(recovered?.counters.statements).toBe(1)
  expect(await readFile(path)).toEqual(damaged)
})

test('a file whose header never arrived is reported, and the others are recovered', async () => {
  await using folder = await tempFolder()
  await record(folder.path, 1, 'open')
  const other = await openRecording(folder.path, { ...start, session: 'ses_02' })
  await truncate(recordingPath(folder.path, 'ses_02', start.time), 0)
  other.record(statement(1))
  const recovered = (await recover(folder.path)).toSorted((a, b) => a.id.localeCompare(b.id))
  expect(recovered.map(({ id, problem }) => [id, problem?.code])).toEqual([
    ['ses_01', undefined],
    ['ses_02', 'RECORDING_DAMAGED'],
  ])
  other.close(closed)
  await other.released
})

test('other files in the folder are not touched', async () => {
  await using folder = await tempFolder()
  await writeFile(folder.file('notes.txt'), 'mine')
  expect(await recover(folder.path)).toEqual([])
  expect(await readFile(folder.file('notes.txt'), 'utf8')).toBe('mine')
})
