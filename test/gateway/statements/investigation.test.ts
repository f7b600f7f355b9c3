import { mkdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { StatementIndex } from '../../../src/gateway/statements/statement-index.js'
import { openRecording } from '../../../src/recording/open.js'
import { openStore } from '../../../src/store/open.js'
import { StoredSessionIndex } from '../../../src/store/sessions/session-index.js'
import { exposureOf } from '../../../src/store/statements/exposure.js'
import { listStatements } from '../../../src/store/statements/list.js'
import { closed, result, start, statement } from '../../recording/sample.js'
import { session } from '../../store/fixtures.js'
import { tempFolder } from '../../helpers/temp.js'

const sessions = 105
const hour = 3_600_000
const monday = Date.UTC(2026, 10, 16)

const who = [
  { subject: 'casey', name: 'casey@contractor.example' },
  { subject: 'mika', name: 'mika@acme.example' },
]

/** Two people, a week: some look at customers, masked, some search documents, one session in ten takes embeddings. */
test('a contractor, a week, 105 sessions: one question says what they took, a second by which statements', async () => {
  await using folder = await tempFolder()
  const recordings = folder.file('recordings')
  await mkdir(recordings)
  await using store = await openStore(`sqlite:${folder.file('hoop.db')}`)
  const known = new StoredSessionIndex(store)
  for (let i = 0; i < 2 * sessions; i++) {
    const person = who[i % 2]!
    const id = `ses${String(i).padStart(4, '0')}`
    const time = new Date(monday + Math.floor(i / 2) * 1.5 * hour).toISOString()
    const recorder = await openRecording(recordings, { ...start, ...person, session: id, time })
    const bulk = i % 20 === 0
    recorder.record(statement(1, 'SELECT id, email FROM customers', { kinds: ['select'], reads: ['public.customers'] }))
    recorder.record(
      result(1, {
        rows: 40,
        columns: [
          { name: 'id', type: 23, table: 'public.customers.id' },
          { name: 'email', type: 25, table: 'public.customers.email', mask: 'email' },
        ],
        columnValues: [40, 40],
        columnBytes: [80, 800],
      }),
    )
    if (bulk) {
      recorder.record(
        statement(2, 'SELECT embedding FROM documents', { kinds: ['select'], reads: ['public.documents'] }),
      )
      recorder.record(
        result(2, {
          rows: 1000,
          columns: [{ name: 'embedding', type: 700, table: 'public.documents.embedding', vector: true }],
          columnValues: [990],
          columnBytes: [4_000_000],
        }),
      )
    }
    recorder.record({
      ...{
        type: 'refusal',
        at: 3000,
        n: 3,
        text: 'DROP TABLE customers',
        code: 'STATEMENT_BLOCKED',
        sqlstate: '42501',
      },
      ...{ message: 'the policy forbids this statement', rule: 'no-drop', writes: ['public.customers'] },
    })
    recorder.close(closed)
    await recorder.released
    await known.started(session(id, { ...person, startedAt: time }))
    await known.ended(id, { end: 'closed', endedAt: time, counters: session('x').counters })
  }
  const log = { info: () => undefined, error: () => undefined }
  await using index = await StatementIndex.open({ path: folder.file('index'), store, recordings, log })
  await index.settled()

  const exposure = await exposureOf(index.db, { person: 'casey@contractor.example' })
  expect(exposure.people.map(({ subject, sessions: count, total }) => [subject, count, total.rows])).toEqual([
    ['casey', sessions, sessions * 40 + 11 * 1000],
  ])
  expect(exposure.columns).toMatchObject([
    {
      column: 'public.documents.embedding',
      clear: { rows: 11_000, vectors: 10_890, bytes: 44_000_000, statements: 11 },
    },
    { column: 'public.customers.id', clear: { rows: 4200 } },
    { column: 'public.customers.email', masked: { rows: 4200, bytes: 84_000 } },
  ])
  expect(exposure.columns[2]).not.toHaveProperty('clear')
  expect(exposure.columns[0]!.clear!.first).toBe(new Date(monday + 2000).toISOString())
  expect(exposure.refusals).toMatchObject([{ subject: 'casey', rule: 'no-drop', count: sessions }])

  const { statements } = await listStatements(index.db, { person: 'casey@contractor.example', table: 'documents' }, 500)
  expect(statements.map(({ session: of, rows, vectors, seenClear }) => [of, rows, vectors, seenClear])).toEqual(
    Array.from({ length: 11 }, (_, i) => [`ses${String(200 - 20 * i).padStart(4, '0')}`, 1000, 990, false]),
  )
})
