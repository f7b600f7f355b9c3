import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startupMessage } from '../../../../src/wire/startup.js'
import { freshDatabase, type FreshDatabase } from '../../../helpers/database.js'
import { end, fatal, kill, running } from './killing.js'
import { relayServer } from '../relay-server.js'
import { errorsIn, send, types, WireClient } from '../wire-client.js'

/** Sessions that somebody ends, in every state that a session can be in. */
let database: FreshDatabase
let admin: Client
beforeAll(async () => {
  database = await freshDatabase()
  admin = await database.client()
  await admin.query('CREATE TABLE kept (a text)')
})
afterAll(() => database[Symbol.asyncDispose]())

test('an idle session is told why, and the recording says who', async () => {
  await using server = await relayServer({ url: database.url })
  const client = await WireClient.login(server.port)
  kill(server)
  expect(errorsIn(await client.untilType('?'))[0]).toMatchObject(fatal)
  expect((await server.recording()).at(-1)).toMatchObject(end)
})

test('a statement that runs is cancelled, and its transaction rolled back', async () => {
  await using server = await relayServer({ url: database.url })
  const client = await WireClient.login(server.port)
  const mark = randomBytes(6).toString('hex')
  await client.ask(send.query(`BEGIN; INSERT INTO kept VALUES ('${mark}')`))
  client.write(send.query(`SELECT pg_sleep(60) -- ${mark}`))
  await running(admin, mark)
  kill(server)
  expect(errorsIn(await client.untilType('?')).at(-1)).toMatchObject(fatal)
  const events = await server.recording()
  expect(events.at(-1)).toMatchObject(end)
  expect(events.map(({ type }) => type)).toContain('cancel')
  await running(admin, mark, 0)
  expect((await admin.query('SELECT FROM kept WHERE a = $1', [mark])).rowCount).toBe(0)
})

test('an idle transaction is rolled back', async () => {
  await using server = await relayServer({ url: database.url })
  const client = await WireClient.login(server.port)
  await client.ask(send.query(`BEGIN; INSERT INTO kept VALUES ('idle in transaction')`))
  kill(server)
  expect(errorsIn(await client.untilType('?'))[0]).toMatchObject(fatal)
  await server.registry.idle()
  await admin.query('BEGIN; LOCK TABLE kept; COMMIT') // waits for whoever still holds the row
  expect((await admin.query(`SELECT FROM kept WHERE a = 'idle in transaction'`)).rowCount).toBe(0)
})

test('COPY FROM STDIN that has begun leaves no row', async () => {
  await using server = await relayServer({ url: database.url })
  const client = await WireClient.login(server.port)
  client.write(send.query('COPY kept FROM STDIN'))
  await client.untilType('G')
  client.write(send.copyData('copied\n'), send.copyData('copied\n'))
  kill(server)
  expect(errorsIn(await client.untilType('?')).at(-1)).toMatchObject(fatal)
  expect((await server.recording()).at(-1)).toMatchObject(end)
  await running(admin, 'COPY kept', 0)
  expect((await admin.query(`SELECT FROM kept WHERE a = 'copied'`)).rowCount).toBe(0)
})

test('COPY TO STDOUT stops between two messages, and the server with it', async () => {
  await using server = await relayServer({ url: database.url })
  const client = await WireClient.login(server.port)
  client.write(send.query("COPY (SELECT repeat('x', 1000), generate_series(1, 100000000)) TO STDOUT"))
  await client.untilType('d')
  kill(server)
  const rest = await client.untilType('?')
  expect(errorsIn(rest).at(-1)).toMatchObject(fatal)
  expect(types(rest)).toMatch(/^d*E$/)
  expect((await server.recording()).at(-1)).toMatchObject(end)
  await running(admin, 'COPY (SELECT', 0)
})

test('twenty sessions that stream end together, each with its reason, and no backend stays', async () => {
  await using server = await relayServer({ url: database.url })
  const clients = await Promise.all(Array.from({ length: 20 }, () => WireClient.login(server.port)))
  for (const client of clients) client.write(send.query("SELECT repeat('x', 1000), generate_series(1, 100000000)"))
  await Promise.all(clients.map((client) => client.untilType('D')))
  expect(kill(server)).toHaveLength(20)
  const rest = await Promise.all(clients.map((client) => client.untilType('?')))
  for (const messages of rest) expect(errorsIn(messages).at(-1)).toMatchObject(fatal)
  await server.registry.idle()
  await running(admin, 'generate_series(1, 100000000)', 0)
}, 60_000)

test.for<[string, string]>([
  ['rows', "SELECT repeat('x', 1000), generate_series(1, 100000000)"],
  ['one row that is larger than any buffer', "SELECT repeat('x', 20000000)"],
])('a client that reads nothing of %s is dropped, and the server goes free', async ([, text]) => {
  await using server = await relayServer({ url: database.url })
  const client = await WireClient.login(server.port)
  client.write(send.query(text))
  await client.untilType('T')
  client.socket.pause()
  await new Promise((resolve) => setTimeout(resolve, 300))
  kill(server)
  await server.registry.idle()
  expect((await server.recording()).at(-1)).toMatchObject(end)
  await running(admin, text, 0)
  client.socket.destroy()
})

test('who is ended while logging in is told so, and runs nothing of what they have sent along', async () => {
  await using server = await relayServer({
    url: database.url,
    // Between the place and the session's start.
    recorder: (recorder) => {
      kill(server)
      return recorder
    },
  })
  const client = await WireClient.open(server.port)
  client.write(startupMessage([['user', 'x']]), send.query(`INSERT INTO kept VALUES ('too early')`))
  const answer = await client.untilType('?')
  expect(errorsIn(answer)[0]).toMatchObject(fatal)
  expect(types(answer)).not.toContain('Z')
  expect((await server.recording()).map(({ type }) => type)).toEqual(['start', 'end'])
  expect((await server.recording()).at(-1)).toMatchObject(end)
  expect((await admin.query(`SELECT FROM kept WHERE a = 'too early'`)).rowCount).toBe(0)
})

test('who is ended while the server does not answer yet is told so at once, and the server left', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  try {
    const { port } = silent.address() as AddressInfo
    await using server = await relayServer({ url: database.url, upstream: { port } })
    const client = await WireClient.open(server.port)
    const connected = once(silent, 'connection')
    client.write(startupMessage([['user', 'x']]))
    const [socket] = (await connected) as [Socket]
    const left = once(socket.resume(), 'close')
    kill(server)
    expect(errorsIn(await client.untilType('?'))).toMatchObject([fatal])
    await left
    expect(server.sessions).toEqual([])
  } finally {
    silent.close()
  }
})
