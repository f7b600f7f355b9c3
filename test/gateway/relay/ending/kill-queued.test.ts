import { randomBytes } from 'node:crypto'
import type { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../../../helpers/database.js'
import { alone, end, fatal, kill, running } from './killing.js'
import { relayServer } from '../relay-server.js'
import { errorsIn, send, WireClient } from '../wire-client.js'

/** What a client has sent along behind the statement at which its session is ended must never run. */
let database: FreshDatabase
let admin: Client
beforeAll(async () => {
  database = await freshDatabase()
  admin = await database.client()
  await admin.query('CREATE TABLE kept (a text)')
})
afterAll(() => database[Symbol.asyncDispose]())

const extended = (text: string) => [send.parse(text), send.bind(), send.execute(), send.sync()]

/** Frames that end in an INSERT behind a statement that sleeps. */
const queues: Readonly<Record<string, (sleep: string, insert: string) => readonly Buffer[]>> = {
  'simple queries': (sleep, insert) => [send.query(sleep), send.query(insert)],
  'statements with a Sync each': (sleep, insert) => [...extended(sleep), ...extended(insert)],
  'a pipeline with one Sync': (sleep, insert) => [...extended(sleep).slice(0, 3), ...extended(insert)],
  'a transaction whose COMMIT is queued': (sleep, insert) =>
    [`BEGIN; ${insert}`, sleep, 'COMMIT'].map((text) => send.query(text)),
  'many, some hundred KB of them': (sleep, insert) => [
    send.query(sleep),
    ...Array.from({ length: 2000 }, () => send.query(`${insert} -- ${'x'.repeat(200)}`)),
  ],
  'a COPY with its data': (sleep) => [
    send.query(sleep),
    ...[send.query('COPY kept FROM STDIN'), send.copyData(`${sleep.split('-- ')[1]}\n`), send.copyDone()],
  ],
}

const sockets = { TCP: {}, TLS: { sslmode: 'require' } } as const
const cases = Object.keys(queues).flatMap((queue) => Object.keys(sockets).map((way) => [queue, way] as const))

test.for(cases)('of %s what waits behind a statement is not run any more, over %s', async ([queue, way]) => {
  await using server = await relayServer({ url: database.url, upstream: sockets[way as keyof typeof sockets] })
  const client = await WireClient.login(server.port)
  const mark = randomBytes(6).toString('hex')
  client.write(...queues[queue]!(`SELECT pg_sleep(60) -- ${mark}`, `INSERT INTO kept VALUES ('${mark}')`))
  await running(admin, `-- ${mark}`)
  kill(server)
  expect(errorsIn(await client.untilType('?')).at(-1)).toMatchObject(fatal)
  expect((await server.recording()).at(-1)).toMatchObject(end)
  await alone(admin)
  expect((await admin.query('SELECT FROM kept WHERE a = $1', [mark])).rowCount).toBe(0)
})

test('what the client sends after its session has ended is not run', async () => {
  await using server = await relayServer({ url: database.url })
  const client = await WireClient.login(server.port)
  kill(server)
  client.write(send.query("INSERT INTO kept VALUES ('after')"), send.terminate())
  await client.untilType('?')
  await server.registry.idle()
  await alone(admin)
  expect((await admin.query("SELECT FROM kept WHERE a = 'after'")).rowCount).toBe(0)
})
