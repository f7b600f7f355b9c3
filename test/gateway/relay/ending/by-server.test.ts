import type { Client } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { freshDatabase } from '../../../helpers/database.js'
import { relayServer } from '../relay-server.js'
import { errorsIn, send, WireClient } from '../wire-client.js'
import { running } from './killing.js'

let database: Awaited<ReturnType<typeof freshDatabase>>
let dba: Client
beforeAll(async () => {
  database = await freshDatabase()
  dba = await database.client()
})
afterAll(() => database[Symbol.asyncDispose]())

const terminate = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`

const ended = { type: 'end', end: 'failed', reason: 'the database ended it: admin_shutdown (57P01)' }

test.for(['idle', 'in a transaction', 'busy'] as const)(
  'a session that the DBA ends while it is %s is told, and recorded as that',
  async (state) => {
    const server = await relayServer({ url: database.url })
    const client = await WireClient.login(server.port)
    onTestFinished(() => void client.socket.destroy())
    if (state === 'in a transaction') await client.ask(send.query('BEGIN'))
    if (state === 'busy') {
      client.write(send.query('SELECT pg_sleep(600), $$by-server$$'))
      await running(dba, 'by-server')
    }
    await dba.query(terminate)
    expect(errorsIn(await client.until(Infinity))).toMatchObject([{ S: 'FATAL', C: '57P01' }])
    client.socket.end()
    await expect.poll(async () => (await server.recording()).at(-1), { timeout: 20_000 }).toMatchObject(ended)
    await server[Symbol.asyncDispose]()
  },
)

test('one that a limit of the database ends is recorded as that', async () => {
  const server = await relayServer({ url: database.url })
  const client = await WireClient.login(server.port)
  onTestFinished(() => void client.socket.destroy())
  await client.ask(send.query("SET idle_in_transaction_session_timeout = '50ms'; BEGIN"))
  expect(errorsIn(await client.until(Infinity))).toMatchObject([{ S: 'FATAL', C: '25P03' }])
  client.socket.end()
  const reason = 'the database ended it: idle_in_transaction_session_timeout (25P03)'
  await expect
    .poll(async () => (await server.recording()).at(-1), { timeout: 20_000 })
    .toMatchObject({ ...ended, reason })
  await server[Symbol.asyncDispose]()
})
