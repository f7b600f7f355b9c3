import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GatewayClient, openClient } from '../../src/agent/api/client.js'
import {
  findExposure,
  findStatements,
  type WantedExposure,
  type WantedStatements,
} from '../../src/agent/api/find-statements.js'
import type { Exposure, RecordedStatement, StatementPage } from '../../src/lib/api/statements.js'
import { type FreshDatabase, freshDatabase } from '../helpers/database.js'
import { startTestGateway, type TestGateway } from '../helpers/gateway.js'
import type { HoopResult } from '../helpers/command/hoop.js'
import { idToken } from '../helpers/login.js'

let database: FreshDatabase
let gateway: TestGateway

const run = async (account: string, texts: readonly string[]): Promise<void> => {
  await using port = await gateway.connect(account)
  const client = new Client({ host: port.host, port: port.port, user: 'x', application_name: 'psql' })
  await client.connect()
  for (const text of texts) await client.query(text).catch(() => undefined)
  await client.end()
}

const hoop = async (account: string, ...args: string[]): Promise<HoopResult> => {
  const result = await gateway.hoop(account, args)
  expect(result.status, result.stdout + result.stderr).toBe(0)
  return result
}

/** What the commands ask, without starting them. */
const clients = new Map<string, Promise<GatewayClient>>()
const client = (account: string): Promise<GatewayClient> => {
  const known = clients.get(account) ?? opened(account)
  clients.set(account, known)
  return known
}

const opened = async (account: string): Promise<GatewayClient> => {
  const { url, caFile, idp } = gateway
  const env = {
    HOOP_HOME: gateway.home(account),
    HOOP_TOKEN: await idToken(idp, account),
    HOOP_GATEWAY: url,
    HOOP_CA: caFile,
  }
  return openClient({ env, gateway: undefined, signal: AbortSignal.timeout(60_000) })
}

const statements = async (
  account: string,
  wanted: Partial<WantedStatements> = {},
): Promise<readonly RecordedStatement[]> => {
  const asked = await client(account)
  return (await findStatements((path) => asked.get(path), { limit: 500, ...wanted })).statements
}

const exposure = async (account: string, wanted: WantedExposure = {}): Promise<Exposure> => {
  const asked = await client(account)
  return findExposure((path) => asked.get(path), wanted)
}

/** The index is written a moment after a session. */
const settled = async (count: number): Promise<void> => {
  for (let tries = 0; tries < 40; tries++) {
    const found = await statements('ines')
    if (found.filter(({ verdict }) => verdict !== 'running').length >= count) return
    await setTimeout(100)
  }
  throw new Error(`there are no ${count} statements in the index`)
}

beforeAll(async () => {
  database = await freshDatabase()
  const direct = new Client({ connectionString: database.url })
  await direct.connect()
  await direct.query(`CREATE TABLE customers (id int PRIMARY KEY, name text, email text, ssn text);
    INSERT INTO customers SELECT i, 'name ' || i, 'p' || i || '@example.com', '123-45-' || i FROM generate_series(1, 50) i;
    CREATE TABLE orders (id int PRIMARY KEY, total int); INSERT INTO orders SELECT i, i FROM generate_series(1, 20) i;
    CREATE VIEW contacts AS SELECT id, email FROM customers`)
  await direct.end()
  gateway = await startTestGateway({
    database: database.url,
    identity: { auditors: ['security'] },
    policies: {
      open: {
        masks: [{ columns: ['public.customers.email', 'public.customers.ssn'], with: 'redact' }],
        rules: [{ name: 'no-drop', when: { statement: ['drop'] }, do: 'block' }],
      },
    },
  })
  await run('casey', [
    'SELECT id, email FROM customers ORDER BY id LIMIT 10',
    "SELECT name || ' ' || email AS both FROM customers LIMIT 5",
    'SELECT count(*) FROM customers',
    'SELECT id AS one, id AS two FROM customers LIMIT 3; SELECT total FROM orders LIMIT 4',
    'DROP TABLE customers',
    'SELECT nope FROM orders',
    'SELECT email FROM contacts LIMIT 2',
    'COPY customers (id, ssn) TO STDOUT',
  ])
  await run('mika', ["SELECT 'Grüße', total FROM orders WHERE id = 7"])
  await settled(9)
})

afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

test('an auditor finds everybody’s statements, other people their own', async () => {
  expect((await statements('ines')).map(({ name }) => name)).toContain('mika@acme.example')
  expect(new Set((await statements('casey', { person: 'mika@acme.example' })).map(({ subject }) => subject))).toEqual(
    new Set(),
  )
  expect(new Set((await statements('mika')).map(({ subject }) => subject))).toEqual(new Set(['mika']))
  expect(await statements('dora')).toEqual([])
})

test('each statement says what it read, showed and came to', async () => {
  const found = (await statements('ines', { person: 'casey' })).toReversed()
  expect(found.map(({ n, verdict, rows, masked }) => [n, verdict, rows, masked])).toEqual([
    [1, 'ran', 10, 10],
    [2, 'ran', 5, 5],
    [3, 'ran', 1, 0],
    [4, 'ran', 7, 0],
    [5, 'refused', 0, 0],
    [6, 'error', 0, 0],
    [7, 'ran', 2, 2],
    [8, 'ran', 50, 50],
  ])
  expect(found[0]).toMatchObject({
    kinds: ['select'],
    reads: ['public.customers'],
    columns: [
      { name: 'id', from: ['public.customers.id'] },
      { name: 'email', from: ['public.customers.email'], mask: 'redact' },
    ],
    seenClear: false,
  })
  expect(found[1]!.columns).toEqual([{ name: 'both', from: ['public.customers.email'], mask: 'redact' }])
  expect(found[3]!.reads).toEqual(['public.customers', 'public.orders'])
  expect(found[4]).toMatchObject({ rule: 'no-drop', code: 'STATEMENT_BLOCKED', kinds: ['drop'] })
  expect(found[5]).toMatchObject({ sqlstate: '42703' })
})

test.for([
  [{ table: 'customers' }, 7],
  [{ table: 'public.orders' }, 3],
  [{ table: 'tomers' }, 0],
  [{ column: 'customers.email' }, 3],
  [{ column: 'ssn' }, 1],
  [{ text: 'LIMIT 10' }, 1],
  [{ text: 'limit 10' }, 1],
  [{ text: "' ' ||" }, 1],
  [{ text: 'Grüße' }, 1],
  [{ text: '100%' }, 0],
  [{ rule: 'no-drop' }, 1],
  [{ refused: true }, 1],
  [{ refused: true, table: 'orders' }, 0],
  [{ since: '1h' }, 9],
  [{ until: '1h' }, 0],
  [{ connection: 'other' }, 0],
  [{ person: 'CASEY@contractor.example', text: 'select' }, 6],
] as const)('%j finds %i', async ([wanted, count]) => {
  expect((await statements('ines', wanted)).length).toBe(count)
})

test('pages come one behind the other, and the limit is told', async () => {
  const { stderr, stdout } = await hoop('ines', 'sessions', 'statements', '--limit', '2')
  expect(stderr).toContain('There are more')
  expect(stdout.trimEnd().split('\n')).toHaveLength(3)
  const asked = await client('ines')
  const pages: number[][] = []
  for (let query = 'limit=4'; pages.length < 4;) {
    const { cursor, statements: found } = await asked.get<StatementPage>(`/v1/statements?${query}`)
    pages.push(found.map(({ n }) => n))
    if (cursor === undefined) break
    query = `limit=4&cursor=${cursor}`
  }
  expect(pages).toEqual([[1, 8, 7, 6], [5, 4, 3, 2], [1]])
})

test('CSV has a line for each statement, a line of headings, and all that is known', async () => {
  const { stdout } = await hoop('ines', 'sessions', 'statements', '--csv', '--person', 'mika')
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(/^time,person,subject,owner,connection,session,n,verdict,/),
    expect.stringMatching(
      /,mika@acme\.example,mika,,vectordb,\w+,1,ran,.*,"SELECT 'Grüße', total FROM orders WHERE id = 7"$/,
    ),
    '',
  ])
})

test('exposure counts each row once for each column behind it, masked or clear', async () => {
  const all = await exposure('ines', { person: 'casey' })
  const seen = Object.fromEntries(
    all.columns.map(({ column, masked, clear }) => [column, [masked?.rows ?? 0, clear?.rows ?? 0]]),
  )
  expect(seen).toEqual({
    // as it is, in an expression, through a view
    'public.customers.email': [17, 0],
    // of a COPY it is known what is masked
    'public.customers.ssn': [50, 0],
    // the first, and once for two columns of one
    'public.customers.id': [0, 13],
    // count(*), and id in the COPY
    'public.customers.(other)': [0, 51],
    'public.customers.*': [0, 50],
    'public.orders.total': [0, 4],
  })
  expect(all.tables.map(({ table, rows }) => [table, rows])).toEqual([
    ['public.customers', 71],
    ['public.orders', 4],
  ])
  expect(all.people).toMatchObject([{ subject: 'casey', sessions: 1, total: { statements: 8, rows: 75 } }])
  expect(all.refusals).toMatchObject([{ subject: 'casey', code: 'STATEMENT_BLOCKED', rule: 'no-drop', count: 1 }])
  expect(all.timeline.steps.map(({ rows }) => rows)).toEqual([75])
  expect(all.statements[0]).toMatchObject({ rows: 50, text: 'COPY customers (id, ssn) TO STDOUT' })
  expect(all.incomplete).toBe(0)
})

test('exposure of one table leaves out others, and hours that are asked about in part are exact', async () => {
  const orders = await exposure('ines', { table: 'orders' })
  expect(orders.columns.map(({ column }) => column)).toEqual(['public.orders.total', 'public.orders.(other)'])
  expect(orders.people.map(({ subject, total }) => [subject, total.rows])).toEqual([
    ['casey', 4],
    ['mika', 1],
  ])
  const listed = await statements('ines', { person: 'casey' })
  const third = listed.find(({ n }) => n === 3)!
  const before = await exposure('ines', { person: 'casey', until: third.at })
  expect(before.people[0]!.total.rows).toBe(
    listed.filter(({ at }) => at < third.at).reduce((sum, { rows }) => sum + rows, 0),
  )
  const after = await exposure('ines', { person: 'casey', since: third.at })
  expect(before.people[0]!.total.rows + after.people[0]!.total.rows).toBe(75)
  const column = (of: Exposure) =>
    of.columns.find((each) => each.column === 'public.customers.email')?.masked?.rows ?? 0
  expect(column(before) + column(after)).toBe(17)
})

test('people see their own exposure, and the words of a table say what it is of', async () => {
  expect((await exposure('mika')).people.map(({ subject }) => subject)).toEqual(['mika'])
  const { stdout } = await hoop('mika', 'audit', 'exposure')
  expect(stdout).toContain('1 person, 1 session, 1 statement, 1 row')
  expect(stdout).toMatch(/public\.orders\.total +clear +1 /)
  expect(stdout).not.toContain('\u001b')
})

test('the page for a browser has everything written out and no script', async () => {
  const file = join(gateway.folder, 'exposure.html')
  await run('mika', ['SELECT 1 AS "<script>alert(1)</script>"'])
  await settled(10)
  await hoop('ines', 'audit', 'exposure', '--html', file)
  const page = await readFile(file, 'utf8')
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(page).not.toContain('<script')
  expect(page).not.toMatch(/(src|href)=/)
})

test('an index that is lost, or older than what is recorded, is made from the recordings', async () => {
  const before = await statements('ines')
  const whole = await exposure('ines')
  await gateway.end()
  const index = join(gateway.folder, 'hoop.db.statements')
  await rm(index)
  for (const more of ['-wal', '-shm']) await rm(index + more, { force: true })
  await gateway.restart()
  clients.clear()
  await settled(before.length)
  expect(await statements('ines')).toEqual(before)
  expect(await exposure('ines')).toEqual(whole)
})
