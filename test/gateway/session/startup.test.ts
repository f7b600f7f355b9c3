import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startupMessage } from '../../../src/wire/startup.js'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { guardOf } from '../relay/policy.js'
import { relayServer } from '../relay/relay-server.js'
import { errorsIn, rowsIn, send, WireClient } from '../relay/wire-client.js'

let database: FreshDatabase
let admin: Client

beforeAll(async () => {
  database = await freshDatabase()
  admin = await database.client()
  await admin.query('CREATE TABLE customers (id int, ssn text)')
})
afterAll(() => database[Symbol.asyncDispose]())

const policies: [string, object | undefined][] = [
  ['without a policy', undefined],
  ['under rules', { packs: ['production'] }],
  ['under masks', { masks: [{ columns: ['public.customers.ssn'], with: 'redact' }] }],
]

const serve = async (policy: object | undefined) => {
  const guard = policy && (await guardOf(database.url, policy))
  return relayServer({ url: database.url, ...(guard && { guard }) })
}

const greeting = async (port: number, parameters: Record<string, string>) => {
  const client = await WireClient.open(port)
  client.socket.write(startupMessage(Object.entries({ user: 'x', ...parameters })))
  return [client, errorsIn(await client.until(1))[0]] as const
}

const show = async (client: WireClient, name: string) => rowsIn(await client.ask(send.query(`SHOW ${name}`)))[0]?.[0]

test.for(policies)('what SET would accept is accepted as a client connects, dashes and all, %s', async ([, policy]) => {
  await using server = await serve(policy)
  const options =
    '-c standard_conforming_strings=on -c row_security=off -c check-function-bodies=off --client-encoding=utf-8 -c my.a=b\\ c'
  const [client, error] = await greeting(server.port, { options })
  expect(error).toBeUndefined()
  expect(await show(client, 'check_function_bodies')).toBe('off')
  expect(await show(client, 'row_security')).toBe('off')
  expect(await show(client, 'my.a')).toBe('b c')
  await client.end()
})

test.for(['role=postgres', 'session_replication_role=replica'])(
  'a rule that forbids a SET forbids %s as a client connects',
  async (option) => {
    await using server = await serve({ packs: ['production'] })
    const [, error] = await greeting(server.port, { options: `-c ${option}` })
    expect(error).toMatchObject({ S: 'FATAL', C: '0A000', M: expect.stringContaining(option.split('=')[0]!) as string })
  },
)

test.for(['standard_conforming_strings=off', 'client_encoding=LATIN1', 'session_preload_libraries=x'])(
  'under a policy a client may not connect with %s',
  async (option) => {
    await using server = await serve({ packs: ['production'] })
    const [, error] = await greeting(server.port, { options: `-c ${option}` })
    expect(error).toMatchObject({ S: 'FATAL', C: '0A000' })
  },
)

test('a role that reads strings in the old way is served under a policy in the new one, after RESET as well', async () => {
  await admin.query(`ALTER DATABASE ${database.name} SET standard_conforming_strings = off`)
  await using server = await serve({ packs: ['production'] })
  const [client, error] = await greeting(server.port, {})
  expect(error).toBeUndefined()
  for (const text of ['SELECT 1', 'RESET ALL', 'RESET standard_conforming_strings', 'DISCARD ALL']) {
    expect(errorsIn(await client.ask(send.query(text)))).toEqual([])
    expect(await show(client, 'standard_conforming_strings'), text).toBe('on')
  }
  await client.end()
  await admin.query(`ALTER DATABASE ${database.name} RESET standard_conforming_strings`)
})

test.for(['UNICODE', 'utf8', 'UTF-8', 'Unicode', 'utf_8', 'u t f 8'])(
  'client_encoding may be spelled %s',
  async (encoding) => {
    await using server = await serve({ packs: ['production'] })
    const [client, error] = await greeting(server.port, { client_encoding: encoding })
    expect(error).toBeUndefined()
    for (const text of [
      `SET client_encoding TO '${encoding}'`,
      `SELECT set_config('client_encoding', '${encoding}', false)`,
    ])
      expect(errorsIn(await client.ask(send.query(text)))).toEqual([])
    expect(rowsIn(await client.ask(send.query("SELECT '€'")))).toEqual([['€']])
    await client.end()
  },
)

test.for(["SET client_encoding TO 'LATIN1'", 'SET standard_conforming_strings = off', "SET NAMES 'SQL_ASCII'"])(
  '%s is refused as a statement, and the session goes on',
  async (text) => {
    await using server = await serve({ packs: ['production'] })
    const client = await WireClient.login(server.port)
    expect(errorsIn(await client.ask(send.query(text)))).toMatchObject([{ S: 'ERROR', C: '42501' }])
    expect(rowsIn(await client.ask(send.query('SELECT 1')))).toEqual([['1']])
    await client.end()
  },
)

test.for([
  ['says Terminate', Buffer.from([0x58, 0, 0, 0, 4])],
  ['says nothing', Buffer.alloc(0)],
  ['breaks off inside its first packet', Buffer.from([0, 0, 0])],
] as const)('a client that %s and leaves at once is told nothing', async ([, bytes]) => {
  await using server = await relayServer()
  const socket = connect({ host: '127.0.0.1', port: server.port, allowHalfOpen: true })
  const received: Buffer[] = []
  socket.on('data', (chunk) => received.push(chunk))
  await once(socket, 'connect')
  socket.end(bytes)
  await once(socket, 'close')
  expect(Buffer.concat(received).toString()).toBe('')
})

test.for(policies)('a client that breaks off in the middle of a statement has it canceled, %s', async ([, policy]) => {
  await using server = await serve(policy)
  const client = await WireClient.login(server.port)
  client.write(send.query('SELECT pg_sleep(600)'))
  const count = async () =>
    (
      await admin.query<{ n: number }>(
        "SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(600)'",
      )
    ).rows[0]!.n
  while ((await count()) === 0) await setTimeout(10)
  client.socket.resetAndDestroy()
  while ((await count()) > 0) await setTimeout(10)
})
