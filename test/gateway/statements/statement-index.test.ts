import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StatementIndex } from '../../../src/gateway/statements/statement-index.js'
import type { SessionRecorder, StartEvent } from '../../../src/recording/events.js'
import { openRecording } from '../../../src/recording/open.js'
import { recordingPath } from '../../../src/recording/paths.js'
import { openStore, type Store } from '../../../src/store/open.js'
import { StoredSessionIndex } from '../../../src/store/sessions/session-index.js'
import { exposureOf } from '../../../src/store/statements/exposure.js'
import { unreadable } from '../../../src/store/statements/complete.js'
import { firstStatements } from '../../../src/store/statements/first.js'
import { listStatements } from '../../../src/store/statements/list.js'
import { closed, result, start, statement } from '../../recording/sample.js'
import { session } from '../../store/fixtures.js'
import { tempFolder } from '../../helpers/temp.js'

let folder: Awaited<ReturnType<typeof tempFolder>>
let store: Store
let complaints: unknown[]

beforeEach(async () => {
  folder = await tempFolder()
  await mkdir(folder.file('recordings'))
  store = await openStore(`sqlite:${folder.file('hoop.db')}`)
  complaints = []
})

afterEach(async () => {
  await store[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const open = (path = folder.file('hoop.db.statements')): Promise<StatementIndex> =>
  StatementIndex.open({
    ...{ path, store, recordings: folder.file('recordings'), pause: 10 },
    log: { info: () => undefined, error: (what: unknown) => void complaints.push(what) },
  })

const startOf = (id: string): StartEvent => ({ ...start, session: id, subject: 'ana', name: 'ana@example.com' })

const begin = async (index: StatementIndex, id: string): Promise<SessionRecorder> =>
  index.follow(await openRecording(folder.file('recordings'), startOf(id)), startOf(id))

const columns = [
  { name: 'id', type: 23, table: 'public.t.id' },
  { name: 'v', type: 700, table: 'public.t.v', vector: true as const },
]
const shown = { columns, rows: 2, bytes: 60, columnValues: [2, 2], columnBytes: [4, 40] }

const work = (recorder: SessionRecorder, from: number, to: number): void => {
  for (let n = from; n <= to; n++) {
    recorder.record(statement(n, `SELECT id, v FROM t WHERE id = ${n}`, { kinds: ['select'], reads: ['public.t'] }))
    recorder.commit()
    recorder.record(result(n, shown))
  }
}

/** It ends as sessions do: the recording first, then in the store. */
const end = async (recorder: SessionRecorder): Promise<void> => {
  recorder.close(closed)
  const sessions = new StoredSessionIndex(store)
  await sessions.started(session(recorder.id, { startedAt: start.time }))
  await sessions.ended(recorder.id, { end: 'closed', endedAt: start.time, counters: session('x').counters })
}

const contents = async ({ db }: StatementIndex) => ({
  listed: await listStatements(db, {}, 500),
  exposure: await exposureOf(db, {}),
})

test('a session is told by its first statement on a table, or else by its first', async () => {
  await using one = await open()
  const [a, b, c] = [await begin(one, 'ses_a'), await begin(one, 'ses_b'), await begin(one, 'ses_c')]
  a.record(statement(1, 'SET work_mem = 1', { kinds: ['set'] }))
  a.record(statement(2, `SELECT ${'x'.repeat(500)} FROM t`, { kinds: ['select'], reads: ['public.t'] }))
  b.record(statement(1, 'SHOW work_mem', { kinds: ['show'] }))
  for (const recorder of [a, b, c]) await end(recorder)
  await one.settled()
  const firsts = await firstStatements(one.db, ['ses_a', 'ses_b', 'ses_c', 'ses_none'])
  expect([...firsts]).toEqual([
    ['ses_a', `SELECT ${'x'.repeat(193)}`],
    ['ses_b', 'SHOW work_mem'],
  ])
  expect((await firstStatements(one.db, [])).size).toBe(0)
})

test('what was followed and what is read from recordings afterwards are the same, live and after a crash', async () => {
  const one = await open()
  const recorder = await begin(one, 'ses_a')
  work(recorder, 1, 300)
  await one.settled()
  // A statement's result may come with a later write than its beginning.
  recorder.record(statement(301, 'SELECT 1', { kinds: ['select'] }))
  recorder.commit()
  await one.settled()
  expect((await listStatements(one.db, {}, 1)).statements[0]).toMatchObject({ n: 301, verdict: 'running' })
  recorder.record(result(301))
  await end(recorder)
  await one.settled()
  const followed = await contents(one)
  expect(followed.listed.statements).toHaveLength(301)
  expect(followed.exposure.columns).toMatchObject([
    { column: 'public.t.id', clear: { rows: 600, bytes: 1200, vectors: 0, statements: 300 } },
    { column: 'public.t.v', clear: { rows: 600, bytes: 12_000, vectors: 600, statements: 300 } },
  ])
  await one[Symbol.asyncDispose]()

  const two = await open(folder.file('anew.statements'))
  await two.settled()
  expect(await contents(two)).toEqual(followed)
  // It lacks the end of a session: that is read again, and nothing counts twice.
  await two[Symbol.asyncDispose]()
  const three = await open(folder.file('crashed.statements'))
  const half = await begin(three, 'ses_b')
  work(half, 1, 10)
  await three.settled()
  work(half, 11, 20)
  await half.close(closed)
  await three[Symbol.asyncDispose]()
  await end(half)
  const four = await open(folder.file('crashed.statements'))
  await four.settled()
  const ofB = await listStatements(four.db, { session: 'ses_b' }, 500)
  expect(ofB.statements.map(({ n, rows }) => [n, rows])).toEqual(Array.from({ length: 20 }, (_, i) => [20 - i, 2]))
  await four[Symbol.asyncDispose]()
  expect(complaints).toEqual([])
})

test('an index that can’t be written stops nothing, is told of once, and is made up for', async () => {
  const path = folder.file('away', 'hoop.db.statements')
  const index = await open(path)
  expect(() => index.db).toThrow('the index of statements is not open')
  const recorder = await begin(index, 'ses_a')
  work(recorder, 1, 5)
  await end(recorder)
  await index.settled()
  expect(index.behind).toBe(1)
  expect(complaints).toHaveLength(1)
  await mkdir(folder.file('away'))
  // Ends with the test's own patience.
  while (index.behind > 0) await setTimeout(10)
  expect((await listStatements(index.db, {}, 10)).statements.map(({ n }) => n)).toEqual([5, 4, 3, 2, 1])
  await index[Symbol.asyncDispose]()
})

test('what is in no recording since a commit failed is in no index', async () => {
  const index = await open()
  const inner = await openRecording(folder.file('recordings'), startOf('ses_a'))
  const recorder = index.follow(inner, startOf('ses_a'))
  work(recorder, 1, 3)
  await rm(recordingPath(folder.file('recordings'), 'ses_a', start.time))
  expect(() => work(recorder, 4, 4)).toThrow('deleted')
  await end(recorder)
  await index.settled()
  expect(await unreadable(index.db)).toBe(1)
  expect((await listStatements(index.db, {}, 10)).statements).toEqual([])
  await index[Symbol.asyncDispose]()
})

test('of a damaged recording what comes before the damage is there, and the rest is known to be missing', async () => {
  const one = await open()
  const recorder = await begin(one, 'ses_a')
  work(recorder, 1, 5)
  await end(recorder)
  await one[Symbol.asyncDispose]()
  const path = recordingPath(folder.file('recordings'), 'ses_a', start.time)
  const bytes = await readFile(path)
  bytes[Math.floor(bytes.length / 2)]! ^= 1
  await writeFile(path, bytes)
  const two = await open(folder.file('anew.statements'))
  await two.settled()
  expect(await unreadable(two.db)).toBe(1)
  const { statements } = await listStatements(two.db, {}, 10)
  expect(statements.length).toBeGreaterThan(0)
  expect(statements.length).toBeLessThan(5)
  await two[Symbol.asyncDispose]()
})

test('a file that is no index, or one of another form, is thrown away', async () => {
  await writeFile(folder.file('hoop.db.statements'), 'something else, and long enough to be looked at'.repeat(100))
  const index = await open()
  expect((await listStatements(index.db, {}, 10)).statements).toEqual([])
  await index[Symbol.asyncDispose]()
  expect(complaints).toEqual([])
})
