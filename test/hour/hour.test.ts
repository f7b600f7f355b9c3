import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../helpers/database.js'
import { startTestGateway, type TestGateway } from '../helpers/gateway.js'

/** `npm run hour` walks it with 105 sessions, by the commands themselves; the tests ask the same of the index (investigation.test.ts). */
const sessions = Number(process.env['HOOP_TEST_HOUR'] ?? 0)
/** Each tenth session takes embeddings, the first of them included. */
const isBulk = (n: number): boolean => n % 10 === 0
const bulk = Math.ceil(sessions / 10)

let database: FreshDatabase
let gateway: TestGateway

const work = async (account: string, count: number): Promise<void> => {
  await using port = await gateway.connect(account)
  for (let n = 0; n < count; n++) {
    const client = new Client({ host: port.host, port: port.port, user: 'x', application_name: 'psql' })
    await client.connect()
    await client.query('SELECT id, email FROM customers ORDER BY id LIMIT 40')
    if (isBulk(n)) await client.query('SELECT chunk FROM documents')
    await client.query('DROP TABLE customers').catch(() => undefined)
    await client.end()
  }
}

beforeAll(async () => {
  if (sessions === 0) return
  database = await freshDatabase()
  const direct = new Client({ connectionString: database.url })
  await direct.connect()
  await direct.query(`CREATE TABLE customers (id int PRIMARY KEY, email text);
    INSERT INTO customers SELECT i, 'p' || i || '@example.com' FROM generate_series(1, 50) i;
    CREATE TABLE documents (id int PRIMARY KEY, chunk text);
    INSERT INTO documents SELECT i, 'chunk ' || i FROM generate_series(1, 100) i`)
  await direct.end()
  gateway = await startTestGateway({
    database: database.url,
    identity: { auditors: ['security'] },
    policies: {
      open: {
        masks: [{ columns: ['public.customers.email'], with: 'redact' }],
        rules: [{ name: 'no-drop', when: { statement: ['drop'] }, do: 'block' }],
      },
    },
  })
  await work('casey', sessions)
  await work('mika', Math.min(sessions, 5))
})
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]()
  await database?.[Symbol.asyncDispose]()
})

/** What an investigator types, one line each, and how long each takes, of which a test makes nothing. */
const walked: string[] = []
const hoop = async (...args: string[]): Promise<string> => {
  const began = performance.now()
  const { status, stdout, stderr } = await gateway.hoop('ines', args)
  walked.push(`hoop ${args.join(' ')}   ${((performance.now() - began) / 1000).toFixed(1)} s`)
  expect(status, stdout + stderr).toBe(0)
  return stdout
}

test.runIf(sessions > 0)(
  'a contractor, many sessions: one command says what they took, a second by which statements',
  async () => {
    const taken = await hoop('audit', 'exposure', '--person', 'casey', '--since', '7d')
    const rows = new Intl.NumberFormat('en').format(bulk * 100)
    expect(taken).toContain(`1 person, ${sessions} sessions`)
    expect(taken).toMatch(new RegExp(`public\\.documents\\.chunk +clear +${rows} `))
    expect(taken).toMatch(/public\.customers\.email +masked +/)
    expect(taken).not.toMatch(/public\.customers\.email +clear/)
    expect(taken).toMatch(/no-drop/)
    const listed = await hoop(
      'sessions',
      'statements',
      '--person',
      'casey',
      '--since',
      '7d',
      '--table',
      'documents',
      '--csv',
    )
    expect(listed.match(/SELECT chunk FROM documents/g)).toHaveLength(bulk)
    if (process.env['HOOP_TEST_HOUR'])
      console.log(`${sessions} sessions, ${walked.length} commands\n${walked.join('\n')}`)
  },
)
