import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from 'pg'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { alone } from './ending/killing.js'
import { relayServer } from './relay-server.js'
import { errorsIn, type Message, send, states, types, WireClient } from './wire-client.js'

/** Sessions that end by themselves. Limits are short so that the tests are; what they wait for are messages. */
let database: FreshDatabase
let admin: Client
beforeAll(async () => {
  database = await freshDatabase()
  admin = await database.client()
  await admin.query('CREATE TABLE kept (a text)')
})
afterAll(() => database[Symbol.asyncDispose]())

const idle = { S: 'FATAL', C: '57P05', M: 'hoop: the session was idle for too long: the limit is 1 s' }
const long = { S: 'FATAL', C: '57P01', M: 'hoop: the session has reached its greatest length: the limit is 5 s' }
const noticesIn = (messages: readonly Message[]) =>
  errorsIn(messages.filter(({ type }) => type === 'N').map(({ body }) => ({ type: 'E', body })))
const last = (messages: readonly Message[]) => errorsIn(messages).at(-1)

test('an idle session gets a NOTICE, then FATAL, and the recording says why', async () => {
  await using server = await relayServer({ url: database.url, times: { idle: 1000 } })
  const client = await WireClient.login(server.port)
  await client.ask(send.query('SELECT 1'))
  const messages = await client.untilType('?')
  expect(types(messages)).toBe('NE')
  expect(noticesIn(messages)).toMatchObject([
    { S: 'NOTICE', C: '00000', M: 'hoop: this session is idle and ends in 1 s', H: 'The limit is 1 s.' },
  ])
  expect(last(messages)).toMatchObject(idle)
  expect((await server.recording()).at(-1)).toMatchObject({
    type: 'end',
    end: 'lapsed',
    reason: 'the session was idle for too long: the limit is 1 s',
  })
})

test('an open transaction is idle like any other, and rolled back', async () => {
  await using server = await relayServer({ url: database.url, times: { idle: 1000 } })
  const client = await WireClient.login(server.port)
  expect(states(await client.ask(send.query(`BEGIN; INSERT INTO kept VALUES ('open')`)))).toBe('T')
  expect(last(await client.untilType('?'))).toMatchObject(idle)
  await server.registry.idle()
  await alone(admin)
  expect((await admin.query(`SELECT FROM kept WHERE a = 'open'`)).rowCount).toBe(0)
})

test('a COPY that waits for its client is idle', async () => {
  await using server = await relayServer({ url: database.url, times: { idle: 1000 } })
  const client = await WireClient.login(server.port)
  client.write(send.query('COPY kept FROM STDIN'))
  await client.untilType('G')
  client.write(send.copyData('copied\n'))
  expect(last(await client.untilType('?'))).toMatchObject(idle)
  await server.registry.idle()
  await alone(admin)
  expect((await admin.query(`SELECT FROM kept WHERE a = 'copied'`)).rowCount).toBe(0)
})

test('a statement that runs is not idle, and its result comes whole', async () => {
  await using server = await relayServer({ url: database.url, times: { idle: 1000 } })
  const client = await WireClient.login(server.port)
  const reply = await client.ask(send.query('SELECT pg_sleep(2.5)'))
  expect([types(reply), states(reply)]).toEqual(['TDCZ', 'I'])
  expect(last(await client.untilType('?'))).toMatchObject(idle)
})

test.for([
  ['sleeps', 'SELECT pg_sleep(60)'],
  // Rows come in packets that end inside of them.
  ['streams', "SELECT repeat('x', 1000), pg_sleep(0.001) FROM generate_series(1, 1000000)"],
])('the greatest length ends a session whose statement %s', async ([, text]) => {
  await using server = await relayServer({ url: database.url, times: { longest: 5000 } })
  const client = await WireClient.login(server.port)
  client.write(send.query(text!))
  const messages = await client.untilType('?')
  expect(noticesIn(messages)).toMatchObject([{ M: 'hoop: this session ends in 1 s' }])
  expect(last(messages)).toMatchObject(long)
  expect((await server.recording()).at(-1)).toMatchObject({ type: 'end', end: 'lapsed' })
  await alone(admin)
})

test('what the server says unasked does not keep a session', async () => {
  await using server = await relayServer({ url: database.url, times: { idle: 1000 } })
  const client = await WireClient.login(server.port)
  await client.ask(send.query('LISTEN news'))
  let told: Promise<unknown> = Promise.resolve()
  const news = setInterval(() => {
    told = admin.query('NOTIFY news')
  }, 200)
  const messages = await client.untilType('?')
  clearInterval(news)
  await told
  expect(types(messages)).toMatch(/^A*NA*E$/)
  expect(last(messages)).toMatchObject(idle)
})
