import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { openRecording } from '../../src/recording/open.js'
import { recordingPath } from '../../src/recording/paths.js'
import { readRecordingFrom } from '../../src/recording/reader.js'
import { recordingMatches } from '../../src/recording/search.js'
import { tempFolder } from '../helpers/temp.js'
import { closed, collect, frameOffsets, record, result, start, statement } from './sample.js'

const searchable = async (folder: string): Promise<string> => {
  const recorder = await openRecording(folder, start)
  recorder.record(statement(1, 'SELECT "Näme"\nFROM customers', { parameters: ['C-1001', null, { hex: 'ff' }] }))
  recorder.record(result(1, { rowsSeen: [['secret-cell']] }))
  recorder.record(result(1, { tag: 'error', sqlstate: '42P01', message: 'relation "nope" does not exist' }))
  recorder.record({
    type: 'refusal',
    at: 1,
    n: 2,
    text: 'DROP TABLE documents',
    code: 'STATEMENT_BLOCKED',
    sqlstate: '42501',
    message: 'the policy forbids this statement',
    rule: 'no-drop',
  })
  recorder.close(closed)
  return recordingPath(folder, start.session, start.time)
}

test.for([
  ['customers', true],
  ['CUSTOMERS', true],
  ['"näme"\nfrom', true],
  ['c-1001', true],
  ['drop table', true],
  ['no-drop', true],
  ['relation "nope"', true],
  ['auth0|ada', false],
  ['secret-cell', false],
  ['"text"', false],
  ['statement', true],
  ['via', false],
  ['orders', false],
] as const)('a search for %j finds: %j', async ([text, found]) => {
  await using folder = await tempFolder()
  expect(await recordingMatches(await searchable(folder.path), text)).toBe(found)
})

test.for(['closed', 'open'] as const)('a %s recording is read from any statement on', async (kind) => {
  await using folder = await tempFolder()
  const path = await record(folder.path, 5000, kind)
  for (const from of [1, 2, 2500, 4999, 5000, 5001]) {
    const events = await collect(readRecordingFrom(path, from))
    expect(events[0]).toEqual(start)
    const numbers = events.flatMap((event) => (event.type === 'statement' ? [event.n] : []))
    expect(numbers).toEqual(Array.from({ length: 5001 - from }, (_, i) => from + i))
    expect(events.at(-1)?.type).toBe(kind === 'closed' ? 'end' : from === 5001 ? 'start' : 'result')
  }
})

test('the index leads past what is not asked for', async () => {
  await using folder = await tempFolder()
  const path = await record(folder.path, 500)
  const bytes = await readFile(path)
  bytes.fill(0xff, frameOffsets(bytes)[100], frameOffsets(bytes)[101])
  await writeFile(path, bytes)
  const from = (statement: number) => collect(readRecordingFrom(path, statement))
  await expect(from(50)).rejects.toMatchObject({ code: 'RECORDING_DAMAGED' })
  expect((await from(300))[1]).toEqual(statement(300))
})
