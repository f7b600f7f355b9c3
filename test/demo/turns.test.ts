import { once } from 'node:events'
import { Client, type Notification } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DemoDatabase } from '../../src/demo/database/serve.js'
import { errorsIn, rowsIn, send, types, WireClient } from '../gateway/relay/wire-client.js'
import { servePgvector } from '../helpers/pgvector.js'

let database: DemoDatabase
beforeAll(async () => void (database = await servePgvector()))
afterAll(() => database[Symbol.asyncDispose]())

const open = async (): Promise<Client & AsyncDisposable> => {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}

/** What a client is told next. */
const told = async (client: Client): Promise<string> => {
  const [{ message }] = (await once(client, 'notice')) as [{ message: string } & Notification]
  return message
}

const rows = async (client: Client, text: string): Promise<unknown[]> =>
  (await client.query<unknown[]>({ text, rowMode: 'array' })).rows.flat()

test('a transaction is its session’s alone: another one waits for its end, and is told', async () => {
  await using one = await open()
  await using other = await open()
  await one.query('BEGIN')
  await one.query('CREATE TABLE orders (id int)')
  const word = told(other)
  const seen = rows(other, "SELECT to_regclass('orders')::text")
  expect(await word).toContain('another session is in a transaction')
  await one.query('ROLLBACK')
  expect(await seen).toEqual([null])
})

test('a transaction ends with its session', async () => {
  const one = await open()
  await using other = await open()
  await one.query('BEGIN')
  await one.query('CREATE TABLE orders (id int)')
  const seen = rows(other, "SELECT to_regclass('orders')::text")
  await one.end()
  expect(await seen).toEqual([null])
})

test.for([
  ['a temporary table', 'CREATE TEMP TABLE mine (id int)', 'DROP TABLE mine', 'has temporary tables'],
  [
    'a cursor that outlives its transaction',
    'DECLARE mine CURSOR WITH HOLD FOR SELECT 1',
    'CLOSE mine',
    'has a cursor open',
  ],
  ['an advisory lock', 'SELECT pg_advisory_lock(1)', 'SELECT pg_advisory_unlock(1)', 'has an advisory lock'],
  ['LISTEN', 'LISTEN mine', 'UNLISTEN mine', 'listens'],
] as const)('who has %s keeps the turn, whoever begins is let in, and both go on', async ([, make, end, why]) => {
  await using one = await open()
  await one.query(make)
  await using other = await open()
  const word = told(other)
  const seen = rows(other, "SELECT to_regclass('mine')::text")
  expect(await word).toContain(`another session ${why}`)
  expect(await rows(one, 'SELECT 1')).toEqual([1])
  await one.query(end)
  expect(await seen).toEqual([null])
})

test('settings, the role among them, are each session’s own', async () => {
  await using one = await open()
  await using other = await open()
  const shown = async (client: Client) => [
    ...(await rows(client, 'SHOW search_path')),
    ...(await rows(client, 'SHOW statement_timeout')),
    ...(await rows(client, 'SELECT current_user::text')),
  ]
  const before = await shown(other)
  await one.query('SET search_path = nowhere')
  await one.query("SET statement_timeout = '7s'")
  await one.query('SET ROLE pg_monitor')
  expect(await shown(other)).toEqual(before)
  expect(await shown(one)).toEqual(['nowhere', '7s', 'pg_monitor'])
  await one.query('RESET ROLE')
  await one.query('RESET ALL')
  expect(await shown(one)).toEqual(before)
})

test('prepared names are each session’s own, by SQL and by the protocol', async () => {
  await using one = await open()
  await using other = await open()
  await one.query('PREPARE said AS SELECT 1')
  await expect(other.query('EXECUTE said')).rejects.toThrow('"said" does not exist')
  const named = (client: Client, text: string) => client.query<{ n: number }>({ name: 'same', text })
  for (let i = 0; i < 2; i++) {
    expect((await named(one, 'SELECT 1 AS n')).rows).toEqual([{ n: 1 }])
    expect((await named(other, 'SELECT 2 AS n')).rows).toEqual([{ n: 2 }])
    expect(await rows(one, 'EXECUTE said')).toEqual([1])
    expect(await rows(one, 'SELECT name FROM pg_prepared_statements ORDER BY 1')).toEqual(['said', 'same'].toSorted())
  }
  await one.query('DEALLOCATE said')
  await rows(other, 'SELECT 1')
  await expect(one.query('EXECUTE said')).rejects.toThrow('does not exist')
})

test('an unnamed statement waits behind its Sync for its Bind, whoever comes between', async () => {
  const port = Number(new URL(database.url).port)
  const one = await WireClient.login(port)
  const other = await WireClient.login(port)
  expect(types(await one.ask(send.parse('SELECT 1'), send.sync()))).toBe('1Z')
  expect(types(await other.ask(send.parse('SELECT 2'), send.sync()))).toBe('1Z')
  const run = [send.bind(), send.execute(), send.sync()]
  expect(rowsIn(await one.ask(...run))).toEqual([['1']])
  expect(rowsIn(await other.ask(...run))).toEqual([['2']])
  // A Query destroys it, one's own and nobody else's.
  await other.ask(send.query('SELECT 3'))
  expect(rowsIn(await one.ask(...run))).toEqual([['1']])
  expect(types(await other.ask(...run))).toBe('EZ')
  await one.end()
  await other.end()
})

test('who leaves in the middle of messages without their Sync holds up nobody', async () => {
  const one = await WireClient.login(Number(new URL(database.url).port))
  one.write(send.parse('SELECT 1'))
  await one.untilType('1')
  one.socket.destroy()
  await using other = await open()
  expect(await rows(other, 'SELECT 1')).toEqual([1])
})

test('COPY FROM STDIN, by which the process would end, is an error in either protocol', async () => {
  const client = await WireClient.login(Number(new URL(database.url).port))
  const text = 'COPY customers FROM STDIN'
  expect(errorsIn(await client.ask(send.query(text)))).toMatchObject([{ C: '0A000' }])
  expect(errorsIn(await client.ask(send.parse(text), send.bind(), send.execute(), send.sync()))).toMatchObject([
    { C: '0A000' },
  ])
  expect(rowsIn(await client.ask(send.query('SELECT 1')))).toEqual([['1']])
  await client.end()
})
