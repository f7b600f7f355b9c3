import { afterAll, beforeAll, expect, test } from 'vitest'
import { inject } from 'vitest'
import { recordings, type RecordingsConfig } from '../../../../src/policy/config/policy/recordings.js'
import type { Guard } from '../../../../src/policy/decision.js'
import type { ResultEvent } from '../../../../src/recording/events.js'
import { freshDatabase, type FreshDatabase } from '../../../helpers/database.js'
import { guardOf } from '../policy.js'
import { relayServer } from '../relay-server.js'
import { send, WireClient } from '../wire-client.js'

let database: FreshDatabase
let masked: Guard

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'))
  const admin = await database.client()
  await admin.query(`CREATE TABLE people (id int, secret text);
    INSERT INTO people SELECT n, 'canary-' || n FROM generate_series(1, 500) n`)
  masked = await guardOf(database.url, { masks: [{ columns: ['public.people.secret'], with: 'redact' }] })
})
afterAll(() => database[Symbol.asyncDispose]())

/** The results that a session has recorded. */
const recorded = async (config: unknown, texts: readonly string[], guard?: Guard): Promise<ResultEvent[]> => {
  const kept: RecordingsConfig = recordings.parse(config)
  await using server = await relayServer({ url: database.url, recordings: kept, ...(guard && { guard }) })
  const client = await WireClient.login(server.port)
  for (const text of texts) await client.ask(send.query(text))
  await client.end()
  return (await server.recording()).filter((event) => event.type === 'result')
}

const wide = "SELECT n, repeat('x', 300) FROM generate_series(1, 500) n"
const people = 'SELECT id, secret FROM people ORDER BY id'

test('none keeps no values, and counts, columns and digests all the same', async () => {
  const [rows, copied] = await recorded({ rows: 'none' }, [wide, 'COPY people TO STDOUT'])
  expect(rows).toMatchObject({ rows: 500, unkept: 'policy', columns: [{ name: 'n' }, { name: 'repeat' }] })
  expect(rows).toMatchObject({ columnValues: [500, 500] })
  expect(rows?.digest).toMatch(/^[0-9a-f]{64}$/)
  expect(rows?.rowsSeen).toBeUndefined()
  expect(copied).toMatchObject({ rows: 500, unkept: 'policy' })
  expect(copied?.copySeen).toBeUndefined()
})

test('a sample has the first rows up to its caps, and says nothing more', async () => {
  const [rows, copied] = await recorded({ rows: 'sample', row_cap: 3, value_cap: '8B', bytes: '10kB' }, [
    wide,
    'COPY people TO STDOUT',
  ])
  expect(rows?.rowsSeen).toEqual([1, 2, 3].map((n) => [String(n), { cut: 'xxxxxxxx', bytes: 300 }]))
  expect(rows?.unkept).toBeUndefined()
  expect(copied?.unkept).toBeUndefined()
})

test('full keeps every row, whole and masked, also where rows come in several pieces', async () => {
  const [rows, copied, secrets] = await recorded({ rows: 'full' }, [wide, 'COPY (SELECT 1) TO STDOUT', people], masked)
  expect(rows?.rowsSeen).toHaveLength(500)
  expect(rows?.rowsSeen?.every(([, value]) => value === 'x'.repeat(300))).toBe(true)
  expect(rows?.unkept).toBeUndefined()
  expect(Buffer.from(copied?.copySeen ?? '', 'base64').toString()).toBe('1\n')
  expect(secrets?.rowsSeen).toHaveLength(500)
  expect(JSON.stringify(secrets)).not.toContain('canary')
  const plain = await recorded({ rows: 'full' }, ["SELECT repeat('y', 200000) FROM generate_series(1, 4)"])
  expect(plain[0]?.rowsSeen).toEqual(new Array(4).fill(['y'.repeat(200_000)]))
})

test.for([
  ['one result', { bytes: '20kB' }, 'result'],
  ['one session', { session_bytes: '20kB' }, 'session'],
] as const)(
  'where full has no more room for %s, that is said, and what is kept has no gaps',
  async ([, caps, unkept]) => {
    for (const guard of [undefined, masked]) {
      const [rows] = await recorded({ rows: 'full', ...caps }, [wide], guard)
      expect(rows).toMatchObject({ rows: 500, unkept })
      expect(rows?.rowsSeen?.map(([n]) => Number(n))).toEqual(rows?.rowsSeen?.map((_, i) => i + 1))
      expect(rows?.rowsSeen?.length).toBeGreaterThan(50)
      const [copied] = await recorded({ rows: 'full', ...caps }, [`COPY (${wide}) TO STDOUT`], guard)
      expect(copied?.unkept).toBe(unkept)
      expect(Buffer.from(copied?.copySeen ?? '', 'base64').toString()).toMatch(/^(?:\d+\tx{300}\n)+$/)
    }
  },
)

test.for([
  { rows: 'none', bytes: '1kB' },
  { rows: 'full', row_cap: 3 },
  { rows: 'sample', session_bytes: '1MB' },
  { bytes: '5MiB' },
])('what says nothing is refused: %j', (config) => {
  expect(recordings.safeParse(config).success).toBe(false)
})
