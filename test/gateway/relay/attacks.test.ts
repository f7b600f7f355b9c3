import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { guardOf } from './policy.js'
import { relayServer, type RelayServer } from './relay-server.js'
import { errorsIn, send, types, WireClient, type Message } from './wire-client.js'

/** Ways past the masks and rules that somebody who knows the protocol would try. */
const canary = '078-05-1120'

let database: FreshDatabase
let server: RelayServer
beforeAll(async () => {
  database = await freshDatabase()
  const admin = await database.client()
  await admin.query(`CREATE TABLE people (id int PRIMARY KEY, name text, ssn text);
    INSERT INTO people VALUES (1, 'Ada', '${canary}');
    CREATE TABLE other (id int, name text, ssn text); INSERT INTO other VALUES (1, 'x', 'not masked');
    CREATE TABLE forbidden (id int); INSERT INTO forbidden VALUES (4711)`)
  const guard = await guardOf(database.url, {
    predicates: { default: 'allow' },
    masks: [{ columns: ['public.people.ssn'], with: { keep_last: 4 } }],
    rules: [{ name: 'keep-out', when: { reads: ['public.forbidden'] }, do: 'block' }],
  })
  server = await relayServer({ url: database.url, guard })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const leaks = (messages: readonly Message[]): string[] =>
  messages.filter(({ body }) => body.includes(canary)).map(({ type, body }) => `${type} ${body.toString('latin1')}`)

/** Sends a script and reads until so many ReadyForQuery have come. */
const attack = async (ready: number, ...frames: Buffer[]): Promise<Message[]> => {
  const client = await WireClient.login(server.port)
  client.write(...frames)
  const reply = await client.until(ready)
  await client.end()
  return reply
}

const run = (text: string): Buffer[] => [send.parse(text), send.bind(), send.execute()]

test('a portal that was described is closed by SQL, and a cursor takes its name', async () => {
  const opened = [
    send.query('BEGIN'),
    send.parse('SELECT name FROM people'),
    send.bind([], { portal: 'p' }),
    send.describe('P', 'p'),
  ]
  const simple = await attack(
    3,
    ...opened,
    send.query('CLOSE p; DECLARE p CURSOR FOR SELECT ssn FROM people'),
    send.execute('p'),
    send.sync(),
  )
  expect(leaks(simple)).toEqual([])
  const extended = await attack(
    2,
    ...opened,
    ...run('CLOSE p'),
    ...run('DECLARE p CURSOR FOR SELECT ssn FROM people'),
    send.execute('p'),
    send.sync(),
  )
  expect(leaks(extended)).toEqual([])
  expect(types(extended)).toContain('D')
})

test('a FETCH that was described reads from another cursor of the same name', async () => {
  const reply = await attack(
    3,
    send.query('BEGIN; DECLARE c CURSOR FOR SELECT name FROM people'),
    send.parse('FETCH ALL FROM c'),
    send.bind([], { portal: 'u' }),
    send.describe('P', 'u'),
    send.query('CLOSE c; DECLARE c CURSOR FOR SELECT ssn FROM people'),
    send.execute('u'),
    send.sync(),
  )
  expect(leaks(reply)).toEqual([])
  expect(types(reply)).toContain('D')
})

test('names that differ behind the 63rd byte are one name to the server', async () => {
  const name = 'n'.repeat(63)
  const reply = await attack(
    2,
    send.parse('COPY other TO STDOUT', `${name}X`),
    send.close('S', `${name}Y`),
    send.parse('COPY people TO STDOUT', `${name}Y`),
    send.bind([], { name: `${name}X` }),
    send.execute(),
    send.sync(),
    send.bind([], { name: `${name}Y`, portal: `${name}1` }),
    send.execute(`${name}2`),
    send.sync(),
  )
  expect(leaks(reply)).toEqual([])
})

test('a name that SQL has prepared anew: its errors keep nothing of masked values', async () => {
  const prepare = 'PREPARE x AS SELECT id FROM people WHERE ssn::int = 1'
  const bound = [send.bind([], { name: 'x' }), send.execute(), send.sync()]
  for (const text of [
    `DEALLOCATE x; ${prepare}`,
    `DO $$ BEGIN DEALLOCATE x; ${prepare}; END $$`,
    `DO $$ BEGIN DEALLOCATE x; ${prepare}; RAISE EXCEPTION 'stop'; END $$`,
  ]) {
    const reply = await attack(3, send.parse('SELECT 1', 'x'), send.sync(), send.query(text), ...bound)
    expect(leaks(reply)).toEqual([])
    expect(errorsIn(reply).length).toBeGreaterThan(0)
  }
})

test('EXPLAIN ANALYZE of CREATE TABLE AS EXECUTE fills no table', async () => {
  const reply = await attack(
    4,
    send.query('PREPARE p AS SELECT ssn FROM people'),
    send.query('EXPLAIN ANALYZE CREATE TEMP TABLE leak AS EXECUTE p'),
    send.query('SELECT * FROM leak'),
    send.query('SELECT 1'),
  )
  expect(leaks(reply)).toEqual([])
})

test.for([
  `SELECT query_to_xml('SELECT * FROM forbidden', true, false, '')`,
  `SELECT table_to_xml('forbidden', true, false, '')`,
  'DO $$ BEGIN PERFORM * FROM forbidden; END $$',
  `DO $$ BEGIN EXECUTE 'SELECT * FROM forbid' || 'den'; END $$`,
  'PREPARE y AS TABLE forbidden',
  'WITH a AS (SELECT * FROM U&"forbi\\0064den") SELECT * FROM a',
  'SELECT/**/*/*x*/FROM"forbidden"',
  'EXPLAIN ANALYZE SELECT * FROM forbidden',
  'COPY forbidden TO STDOUT',
  'DECLARE c CURSOR WITH HOLD FOR SELECT * FROM forbidden',
  'SELECT ARRAY(SELECT id FROM ONLY forbidden)',
])('a rule holds against %s', async (text) => {
  const reply = await attack(1, send.query(text))
  expect(errorsIn(reply)[0]).toMatchObject({ C: '42501' })
})
