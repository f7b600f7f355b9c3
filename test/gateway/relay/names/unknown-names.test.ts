import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { NewestReading } from '../../../../src/gateway/upstream/catalog/newest-reading.js'
import { policySection } from '../../../../src/policy/config/sections/policy.js'
import { PolicyGuard } from '../../../../src/policy/guard.js'
import { initParser } from '../../../../src/sql/parser.js'
import { freshDatabase, type FreshDatabase } from '../../../helpers/database.js'
import { catalogFor, readCatalog, type Catalog, type Reading } from '../../../../src/sql/catalog.js'
import { relayServer, type RelayServer } from '../relay-server.js'
import { errorsIn, rowsIn, send, types, WireClient } from '../wire-client.js'

const column = 'public.people.email'

let database: FreshDatabase
let owner: Client
let server: RelayServer
let source: NewestReading
let reads = 0
/** What each reading waits for. */
let late: Promise<unknown> = Promise.resolve()
let known: { reading: Reading; catalog: Catalog } | undefined

const connect = async (): Promise<Client> => {
  const client = new Client({ host: '127.0.0.1', port: server.port, user: 'me', database: database.name })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

beforeAll(async () => {
  await initParser()
  database = await freshDatabase()
  owner = await database.client()
  const reader = await database.client()
  await owner.query("CREATE TABLE people (id int, email text); INSERT INTO people VALUES (1, 'ada@example.com')")
  source = new NewestReading(async () => {
    reads++
    await late
    return readCatalog(async (sql, parameters) => (await reader.query<Record<string, unknown>>(sql, parameters)).rows)
  })
  await source.known()
  const guard = new PolicyGuard({
    policy: policySection.parse({ masks: [{ columns: [column] }] }),
    clear: false,
    maskKey: Buffer.alloc(32, 7),
    source: {
      get catalog() {
        if (source.last !== known?.reading)
          known = { reading: source.last, catalog: catalogFor(source.last, { masked: [column] }) }
        return known.catalog
      },
      refresh: () => source.refresh(),
      renew: () => source.refresh(),
    },
  })
  server = await relayServer({ url: database.url, guard })
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

beforeEach(() => source.refresh().then(() => void (reads = 0)))

test('a view that somebody made elsewhere a moment ago shows what it computes from a masked column masked', async () => {
  const session = await connect()
  await owner.query('CREATE VIEW loud AS SELECT upper(email) AS email FROM people')
  const simple = await session.query('SELECT email FROM loud')
  expect(simple.rows).toEqual([{ email: '********' }])
  await owner.query('CREATE VIEW louder AS SELECT upper(email) AS email FROM people')
  const extended = await session.query('SELECT email || $1 AS email FROM louder', ['!'])
  expect(extended.rows).toEqual([{ email: '********' }])
  expect(reads).toBe(2)
  await session.end()
})

test('a function that somebody made elsewhere a moment ago is known before it is called', async () => {
  const session = await connect()
  await owner.query(
    "CREATE FUNCTION tell() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT email FROM people); END'",
  )
  await expect(session.query('SELECT tell()')).rejects.toMatchObject({
    message: expect.stringContaining('tell') as string,
  })
  expect((await session.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await session.end()
})

test('a pipeline stops at the new name and goes on behind it in order', async () => {
  const client = await WireClient.login(server.port)
  await owner.query('CREATE VIEW shout AS SELECT upper(email) AS email FROM people')
  const text = (sql: string) => [send.parse(sql), send.bind(), send.describe(), send.execute()]
  const messages = await client.ask(
    ...text('SELECT 1'),
    ...text('SELECT email FROM shout'),
    ...text('SELECT 2'),
    send.sync(),
  )
  expect(errorsIn(messages)).toEqual([])
  expect(types(messages)).toBe('12TDC12NTDC12TDCZ')
  expect(rowsIn(messages)).toEqual([['1'], ['********'], ['2']])
  await client.end()
})

test('rows go into a table that somebody made a moment ago, through a pipeline of several transactions too', async () => {
  const client = await WireClient.login(server.port)
  await owner.query('CREATE TABLE fresh (one int); CREATE TABLE fresher (one int)')
  const insert = (table: string) => [
    send.parse(`INSERT INTO ${table} VALUES (1)`),
    ...[send.bind(), send.execute(), send.sync()],
  ]
  client.write(...insert('fresh'), ...insert('fresher'))
  expect(types(await client.until(2))).toBe('12CZ12CZ')
  expect(reads).toBe(1)
  await client.end()
})

test('what a session has committed is known in its next transaction, however long the reading takes', async () => {
  const session = await connect()
  const held = Promise.withResolvers<void>()
  late = held.promise
  await session.query('CREATE TABLE parent (id int PRIMARY KEY)')
  await session.query('BEGIN')
  const child = session.query('CREATE TABLE child (parent int REFERENCES parent)')
  held.resolve()
  await expect(child).resolves.toMatchObject({ command: 'CREATE' })
  await session.query('COMMIT')
  await session.end()
})

test('what a session has made itself is not looked for', async () => {
  const session = await connect()
  await session.query(
    'CREATE TEMP TABLE mine AS SELECT 1 AS one; SELECT * FROM mine; BEGIN; CREATE TABLE ours (two int)',
  )
  reads = 0
  expect((await session.query('SELECT * FROM ours')).rows).toEqual([])
  expect(reads).toBe(0)
  await session.query('ROLLBACK')
  await session.end()
})

test('a name that nobody knows gets the server’s own error', async () => {
  const session = await connect()
  await expect(session.query('SELECT * FROM nowhere')).rejects.toMatchObject({ code: '42P01' })
  expect(reads).toBe(1)
  await session.end()
})
