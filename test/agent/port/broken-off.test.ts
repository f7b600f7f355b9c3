import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startupMessage } from '../../../src/wire/startup.js'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { startTestGateway } from '../../helpers/gateway.js'
import { send, WireClient } from '../../gateway/relay/wire-client.js'

let database: FreshDatabase
let admin: Client

beforeAll(async () => {
  database = await freshDatabase()
  admin = await database.client()
})
afterAll(() => database[Symbol.asyncDispose]())

const sleeping = async (): Promise<number> => {
  const { rows } = await admin.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(600)'",
  )
  return rows[0]!.n
}

test('what runs for a client of the port is canceled when the client breaks off, and one that leaves at once hears nothing', async () => {
  await using gateway = await startTestGateway({ database: database.url })
  await using port = await gateway.connect('casey')
  const client = await WireClient.open(port.port)
  client.socket.write(startupMessage([['user', 'x']]))
  await client.until(1)
  client.write(send.query('SELECT pg_sleep(600)'))
  while ((await sleeping()) === 0) await setTimeout(10)
  client.socket.resetAndDestroy()
  while ((await sleeping()) > 0) await setTimeout(10)

  const socket = connect({ host: '127.0.0.1', port: port.port, allowHalfOpen: true })
  const received: Buffer[] = []
  socket.on('data', (chunk) => received.push(chunk))
  await once(socket, 'connect')
  socket.end(send.terminate())
  await once(socket, 'close')
  expect(Buffer.concat(received).toString()).toBe('')
})
