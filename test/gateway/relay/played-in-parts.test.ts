import { once } from 'node:events'
import { connect } from 'node:net'
import type { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { parts } from '../../../src/gateway/relay/parts.js'
import { HoopError } from '../../../src/lib/errors.js'
import { cancelRequest, startupMessage } from '../../../src/wire/startup.js'
import { freshDatabase } from '../../helpers/database.js'
import { guardOf } from './policy.js'
import { relayServer } from './relay-server.js'
import { errorsIn, rowsIn, send, states, types, WireClient } from './wire-client.js'

const policy = {
  masks: [{ columns: ['public.customers.ssn'], with: 'redact' }],
  rules: [{ name: 'no-drop', when: { statement: ['drop'] }, do: 'block' }],
}

/** More than is put together at a time, and short enough to be decided on at once. */
const STATEMENTS = 300
const many = (each: (at: number) => string): string => Array.from({ length: STATEMENTS }, (_, at) => each(at)).join(';')
const select = (at: number): string => `SELECT ${at}, ssn FROM c`
const numbers = Array.from({ length: STATEMENTS }, (_, at) => [String(at), '********'])

let database: Awaited<ReturnType<typeof freshDatabase>>
let dba: Client
let server: Awaited<ReturnType<typeof relayServer>>
let client: WireClient
let key: Buffer

beforeAll(async () => {
  database = await freshDatabase()
  dba = await database.client()
  await dba.query(
    `CREATE TABLE customers (id int, ssn text); INSERT INTO customers VALUES (1, 'CANARY');
     CREATE VIEW c AS SELECT * FROM customers; CREATE TABLE t (n int CHECK (n <> 290))`,
  )
  server = await relayServer({ url: database.url, guard: await guardOf(database.url, policy) })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
beforeEach(async () => {
  client = await WireClient.open(server.port)
  client.write(startupMessage([['user', 'x']]))
  key = (await client.until(1)).find(({ type }) => type === 'K')!.body
})
afterEach(() => client.socket.destroy())

const rowsOfT = async (): Promise<number> =>
  (await dba.query<{ count: number }>('SELECT count(*)::int FROM t')).rows[0]!.count

test('each statement of a long text has its answer, masked, and what was sent behind it comes behind it', async () => {
  client.write(send.query("SELECT 'before'"), send.query(many(select)), send.parse("SELECT 'behind'"))
  client.write(send.bind(), send.execute(), send.sync(), send.query("SELECT 'last'"))
  const answer = await client.until(4)
  expect(rowsIn(answer)).toEqual([['before'], ...numbers, ['behind'], ['last']])
  expect(states(answer)).toBe('IIII')
})

test('somebody else is answered in between', async () => {
  const other = await WireClient.login(server.port)
  client.write(...Array.from({ length: 3 }, () => send.query(many(select))))
  await client.untilType('D')
  expect(rowsIn(await other.ask(send.query('SELECT 1')))).toEqual([['1']])
  await other.end()
  expect(rowsIn(await client.until(3)).length).toBeGreaterThan(2 * STATEMENTS)
})

test('an error in the middle ends the text: nothing of it stays, and the session goes on', async () => {
  client.write(send.query(many((at) => `INSERT INTO t VALUES (${at})`)), send.query("SELECT 'behind'"))
  const answer = await client.until(2)
  expect(errorsIn(answer)).toMatchObject([{ C: '23514' }])
  expect(types(answer).endsWith('EZTDCZ')).toBe(true)
  expect(rowsIn(answer)).toEqual([['behind']])
  expect(await rowsOfT()).toBe(0)
})

test('an error in the first statement is the answer to all, inside of a transaction as well', async () => {
  await client.ask(send.query('BEGIN'))
  const failing = many((at) => (at === 0 ? 'SELECT 1/0 FROM c' : `INSERT INTO t VALUES (${at})`))
  const answer = await client.ask(send.query(failing))
  expect(errorsIn(answer)).toMatchObject([{ C: '22012' }])
  expect(states(answer)).toBe('E')
  expect(states(await client.ask(send.query('ROLLBACK')))).toBe('I')
  expect(await rowsOfT()).toBe(0)
})

/** What is left of a text waits until it is let go. */
const held = () => {
  const kept: (() => void)[] = []
  const spy = vi.spyOn(parts, 'add').mockImplementation((part) => void kept.push(part))
  return () => {
    spy.mockRestore()
    kept[0]!()
  }
}

const cancel = async (): Promise<void> => {
  const canceling = connect({ host: '127.0.0.1', port: server.port }).end(
    cancelRequest(key.readInt32BE(0), key.subarray(4)),
  )
  await once(canceling.resume(), 'close')
}

test('who cancels while the server waits for the rest gets one error, and the session goes on', async () => {
  const go = held()
  client.write(send.query(many((at) => `INSERT INTO t VALUES (${-at})`)), send.query("SELECT 'behind'"))
  await client.untilType('C')
  await cancel()
  go()
  const answer = await client.until(2)
  expect(errorsIn(answer)).toMatchObject([{ C: '57014', M: 'canceling statement due to user request' }])
  expect(rowsIn(answer)).toEqual([['behind']])
  expect(await rowsOfT()).toBe(0)
})

test('who cancels what runs before a text that waits for its rest cancels that alone', async () => {
  const go = held()
  client.write(send.query('SELECT pg_sleep(20)'), send.query(many((at) => `INSERT INTO t VALUES (${-at})`)))
  const asleep = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`
  await vi.waitUntil(async () => (await dba.query(asleep)).rows.length === 1, { timeout: 10_000 })
  await cancel()
  go()
  const answer = await client.until(2)
  expect(errorsIn(answer)).toMatchObject([{ C: '57014' }])
  expect(types(answer)).toMatch(/^T?EZC+Z$/)
  expect(await rowsOfT()).toBe(STATEMENTS)
  await dba.query('TRUNCATE t')
})

test('who closes their half meanwhile gets all answers', async () => {
  const go = held()
  client.write(send.query(many(select)))
  client.socket.end()
  await client.untilType('C')
  go()
  expect(rowsIn(await client.until(1)).length).toBe(STATEMENTS - 1)
})

test('a catalog that has changed before the first statement is read again, and the client never knows', async () => {
  await client.ask(send.query(select(0)))
  await dba.query('DROP VIEW c; CREATE VIEW c AS SELECT id, ssn FROM customers')
  const answer = await client.ask(send.query(many(select)))
  expect(errorsIn(answer)).toEqual([])
  expect(rowsIn(answer)).toEqual(numbers)
})

test('who breaks off or is sent away meanwhile leaves nothing behind', async () => {
  const leaves: ((leaver: WireClient) => void)[] = [
    (leaver) => leaver.socket.resetAndDestroy(),
    () => void server.registry.end(() => true, { error: new HoopError('SESSION_KILLED', 'stolen'), end: 'killed' }),
  ]
  client.socket.destroy()
  for (const leave of leaves) {
    const leaver = await WireClient.login(server.port)
    const go = held()
    leaver.write(send.query(many((at) => `INSERT INTO t VALUES (${-at})`)))
    await leaver.untilType('C')
    leave(leaver)
    await server.registry.idle()
    go()
  }
  expect(server.budget.held).toBe(0)
  expect(await rowsOfT()).toBe(0)
})
