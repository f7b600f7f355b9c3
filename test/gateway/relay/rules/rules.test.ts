import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../../../helpers/database.js'
import { schema } from '../../../policy/evasion/schema.js'
import { guardOf } from '../policy.js'
import { relayServer, type RelayServer } from '../relay-server.js'
import { errorsIn, send, types, WireClient } from '../wire-client.js'

let database: FreshDatabase
let server: RelayServer

const rules = [
  { name: 'keep-out', when: { reads: ['public.secret'] }, do: 'block' },
  { name: 'frozen', when: { writes: ['public.frozen'] }, do: 'block' },
  { name: 'careful', when: { reads: ['public.docs'] }, do: 'warn', message: 'think of the load' },
]

beforeAll(async () => {
  database = await freshDatabase()
  await (await database.client()).query(schema)
  server = await relayServer({ url: database.url, guard: await guardOf(database.url, { rules }) })
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const exchange = async (to: RelayServer, ready: number, ...frames: Buffer[]) => {
  const client = await WireClient.login(to.port)
  client.write(...frames)
  const reply = await client.until(ready)
  await client.end()
  return reply
}

const notice = 'hoop: rule careful: think of the load'

test('a rule that warns says so right in front of the statement’s reply, and the recording knows', async () => {
  const index = server.sessions.length
  const simple = await exchange(server, 1, send.query('SELECT 1; SELECT id FROM docs'))
  expect(types(simple)).toBe('NTDCTCZ')
  expect(simple[0]?.body.toString()).toContain(notice)
  const pipeline = [send.parse('SELECT 1'), send.bind(), send.execute()]
  const read = [send.parse('SELECT id FROM docs'), send.bind(), send.execute()]
  const extended = await exchange(server, 1, ...pipeline, ...read, send.sync())
  expect(types(extended)).toBe('12DC1N2CZ')
  const events = await server.recording(index)
  expect(events.find(({ type }) => type === 'statement')).toMatchObject({
    warnings: [{ rule: 'careful', do: 'warn', message: 'think of the load' }],
  })
})

test('a warning of a statement that never ran, since its pipeline failed, is not sent', async () => {
  const failing = [send.parse('SELECT 1/0'), send.bind(), send.execute()]
  const reply = await exchange(
    server,
    1,
    ...failing,
    send.parse('TABLE docs'),
    send.bind(),
    send.execute(),
    send.sync(),
  )
  expect(types(reply)).not.toContain('N')
})

test('a policy that observes lets through what its rules would refuse, and records what they would have done', async () => {
  const guard = await guardOf(database.url, { mode: 'observe', rules })
  await using observing = await relayServer({ url: database.url, guard })
  const reply = await exchange(observing, 1, send.query('SELECT k FROM secret, docs'))
  expect(types(reply)).toBe('TCZ')
  const events = await observing.recording()
  expect(events.find(({ type }) => type === 'statement')).toMatchObject({
    observed: [
      { rule: 'keep-out', do: 'block' },
      { rule: 'careful', do: 'warn' },
    ],
  })
  expect(events.at(-1)).toMatchObject({ type: 'end', counters: { observed: 1 } })
})

const forbidden = [
  'SELECT k FROM secret',
  'SELECT k FROM U&"s\\0065cret"',
  'WITH x AS (SELECT k FROM secret) SELECT * FROM x',
  'EXPLAIN ANALYZE SELECT k FROM secret',
  'PREPARE p AS SELECT k FROM secret',
  'SELECT x FROM secret_vv',
  'SELECT read_nested()',
  'COPY secret TO STDOUT',
  "DO $$ BEGIN EXECUTE 'SELECT k FROM secret'; END $$",
  'INSERT INTO inbox VALUES (1)',
  'INSERT INTO instead VALUES (1)',
  'SELECT wipe()',
  'TRUNCATE frozen',
]

test.for(forbidden)('%s reaches no server, simple or extended', async (text) => {
  const simple = await exchange(server, 1, send.query(text))
  expect(errorsIn(simple)[0]).toMatchObject({ C: '42501' })
  const extended = await exchange(server, 1, send.parse(text), send.bind(), send.execute(), send.sync())
  expect(errorsIn(extended)[0]).toMatchObject({ C: '42501' })
})

test('what a rule refuses at EXECUTE and FETCH was refused at PREPARE and DECLARE', async () => {
  const client = new Client({
    host: '127.0.0.1',
    port: server.port,
    user: 'x',
    database: new URL(database.url).pathname.slice(1),
  })
  await client.connect()
  await client.query('BEGIN')
  await expect(client.query('DECLARE c CURSOR FOR SELECT k FROM secret')).rejects.toMatchObject({ code: '42501' })
  await client.query('ROLLBACK')
  await expect(client.query('PREPARE p AS SELECT k FROM secret')).rejects.toMatchObject({ code: '42501' })
  await expect(client.query('EXECUTE p')).rejects.toMatchObject({ code: '26000' })
  await client.end()
})

test('PREPARE TRANSACTION among other statements takes a BEGIN, and what stands behind it does not run', async () => {
  const insert = 'INSERT INTO docs SELECT * FROM docs'
  const prepare = "PREPARE TRANSACTION 'x'"
  for (const text of [
    [prepare, insert],
    [insert, prepare],
    ['BEGIN', insert, 'COMMIT', prepare, insert],
  ]) {
    const reply = await exchange(server, 1, send.query(text.join('; ')))
    expect(types(reply)).toBe('EZ')
    expect(errorsIn(reply)).toMatchObject([{ C: '0A000', R: 'hoop/PREPARE_TRANSACTION_ALONE' }])
  }
  // The server's own word: it allows no prepared transactions.
  const block = await exchange(server, 1, send.query(`BEGIN; ${insert}; ${prepare}; ${insert}`))
  expect(errorsIn(block)).toMatchObject([{ C: '55000' }])
  const prepares = await exchange(server, 1, send.query('PREPARE q AS SELECT id FROM docs; EXECUTE q'))
  expect(errorsIn(prepares)).toEqual([])
})
