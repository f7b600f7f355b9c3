import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { connectUpstream } from '../../../../src/gateway/upstream/connect.js'
import { parts } from '../../../../src/gateway/relay/parts.js'
import { HoopError } from '../../../../src/lib/errors.js'
import type { Guard } from '../../../../src/policy/decision.js'
import { freshDatabase, type FreshDatabase } from '../../../helpers/database.js'
import { guardOf } from '../policy.js'
import { relayServer, targetOf } from '../relay-server.js'
import { errorsIn, send, types, WireClient } from '../wire-client.js'

/** Clients that won’t read, and servers that lie. */
let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
  const admin = await database.client()
  await admin.query(
    'CREATE TABLE people (id int PRIMARY KEY, ssn text); INSERT INTO people VALUES (1, $$078-05-1120$$); CREATE TABLE forbidden (id int)',
  )
})
afterAll(() => database[Symbol.asyncDispose]())

const policy = {
  masks: [{ columns: ['public.people.ssn'], with: { keep_last: 4 } }],
  rules: [{ name: 'keep-out', when: { reads: ['public.forbidden'] }, do: 'block' }],
}

/** A server that says what it is told to: once per chunk that it reads. */
const liar = async (...answers: Buffer[]): Promise<{ port: number } & AsyncDisposable> => {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    let said = 0
    socket.on('error', () => undefined).on('data', () => void (answers[said] && socket.write(answers[said++]!)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

const frame = (tag: string, ...body: number[]): Buffer => {
  const out = Buffer.alloc(5 + body.length)
  out.write(tag, 'latin1')
  out.writeInt32BE(4 + body.length, 1)
  Buffer.from(body).copy(out, 5)
  return out
}
const ready = frame('Z', 0x49)
const text = (value: string): number[] => [...Buffer.from(`${value}\0`)]
const loggedIn = Buffer.concat([
  frame('R', 0, 0, 0, 0),
  frame('S', ...text('standard_conforming_strings'), ...text('on')),
  frame('S', ...text('client_encoding'), ...text('UTF8')),
  frame('S', ...text('server_encoding'), ...text('UTF8')),
  frame('K', 0, 0, 0, 1, 0, 0, 0, 1),
  ready,
])
const one = frame('T', 0, 1, ...text('a'), 0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0)

test.for<[string, Buffer]>([
  ['rows that nobody asked for', frame('D', 0, 1, 255, 255, 255, 255)],
  ['a ReadyForQuery too many', Buffer.concat([ready, ready, ready])],
  ['a ReadyForQuery of two bytes', frame('Z', 0x49, 0x49)],
  ['BindComplete to a simple query', frame('2')],
  ['a length of nothing', Buffer.from([0x44, 0, 0, 0, 0])],
  ['an absurd length', Buffer.from([0x54, 0x7f, 0xff, 0xff, 0xff])],
  ['a RowDescription of many columns and none there', frame('T', 0xff, 0xff)],
  ['an error without an end', frame('E', 0x4d, 0x41)],
  ['a ParameterStatus of half', frame('S', 0x41, 0)],
  ['a notification of nothing', frame('A')],
  ['a CopyOutResponse cut short', frame('H', 0, 0, 9)],
  ['an authentication request', frame('R', 0, 0, 0, 3)],
  ['an unknown type', frame('!', 1, 2, 3)],
  ['CopyData of a COPY that is none', frame('d', 1, 2, 3)],
])('%s from the server ends the session and leaks nothing of ours', async ([, lie]) => {
  await using server = await liar(loggedIn, lie)
  await using relay = await relayServer({
    guard: await guardOf(database.url, policy),
    upstream: { port: server.port },
  })
  const client = await WireClient.login(relay.port)
  expect(client.closed).toBe(false)
  client.write(send.query('SELECT 1'))
  const reply = await client.untilType('E')
  expect(errorsIn(reply).at(-1)).toMatchObject({ S: 'FATAL' })
  client.socket.destroy()
  await relay.registry.idle()
  expect(relay.registry.size).toBe(0)
  expect(relay.budget.held).toBe(0)
})

test('a server that is ready before it was given all of a text ends the session', async () => {
  await using server = await liar(loggedIn, ready)
  await using relay = await relayServer({
    guard: await guardOf(database.url, policy),
    upstream: { port: server.port },
  })
  const client = await WireClient.login(relay.port)
  // What is left waits for as long as others take.
  vi.spyOn(parts, 'add').mockReturnValue(undefined)
  client.write(send.query(Array.from({ length: 600 }, () => 'SELECT ssn FROM people').join(';')))
  expect(errorsIn(await client.untilType('E'))).toMatchObject([{ S: 'FATAL', C: '08P01' }])
  vi.restoreAllMocks()
  client.socket.destroy()
  await relay.registry.idle()
})

test('rows with fewer or more values than described go no further where columns are masked', async () => {
  const type = { oid: 25, modifier: -1, name: 'text', kind: 'b' } as const
  const guard: Guard = {
    decide: () => ({ kind: 'allow', statements: [] }),
    masks: (fields) => fields.map(() => ({ column: 'public.people.ssn', spec: 'redact', type })),
    refresh: async () => undefined,
    clear: false,
    masking: true,
    maskKey: Buffer.alloc(32),
  }
  const rows = [
    frame('D', 0, 0),
    frame('D', 0, 2, 255, 255, 255, 255, 0, 0, 0, 1, 65),
    frame('D', 0, 1, 0, 0, 9, 9),
    frame('D', 0, 1, 0, 0, 0, 1, 65, 66),
  ]
  for (const row of rows) {
    const answer = Buffer.concat([one, row, frame('C', ...text('SELECT 1')), ready])
    await using server = await liar(loggedIn, answer)
    // This server doesn't close when it is asked to cancel, either.
    await using relay = await relayServer({ guard, upstream: { port: server.port, connectTimeout: 300 } })
    const client = await WireClient.login(relay.port)
    client.write(send.query('SELECT ssn FROM people'))
    const reply = await client.untilType('E')
    expect(errorsIn(reply)[0]).toMatchObject({ S: 'FATAL', C: '08P01' })
    expect(types(reply)).not.toContain('D')
    client.socket.destroy()
  }
})

test('a client that does not read can be ended, and leaves nothing behind', async () => {
  // Rows that are masked go out whole, so that the last word never has to wait for one.
  await using relay = await relayServer({ url: database.url, guard: await guardOf(database.url, policy) })
  const client = await WireClient.login(relay.port)
  client.socket.pause()
  client.write(send.query("SELECT ssn, repeat('x', 1000) FROM people, generate_series(1, 100000)"))
  await new Promise((resolve) => setTimeout(resolve, 500))
  relay.registry.get(relay.sessions[0]!)!.end(new HoopError('SESSION_KILLED'), 'killed')
  const late = new Promise((_, reject) =>
    setTimeout(() => reject(new Error('the session is still there')), 4000).unref(),
  )
  await Promise.race([relay.registry.idle(), late])
  expect(relay.registry.size).toBe(0)
  client.socket.destroy()
})

test('a description that is withheld is answered, also where nothing is executed', async () => {
  await using relay = await relayServer({ url: database.url, guard: await guardOf(database.url, policy) })
  const client = await WireClient.login(relay.port)
  const admin = await database.client()
  await admin.query('ALTER TABLE people ADD COLUMN extra text')
  const reply = await client.ask(send.parse('SELECT * FROM people'), send.bind(), send.describe(), send.sync())
  expect(types(reply)).toBe('12EZ')
  client.write(send.parse('SELECT * FROM people'), send.bind(), send.describe(), send.flush())
  expect(types(await client.untilType('E'))).toBe('12E')
  expect(types(await client.ask(send.execute(), send.sync()))).toBe('Z')
  expect(types(await client.ask(send.query('SELECT 1')))).toBe('TDCZ')
  await admin.query('ALTER TABLE people DROP COLUMN extra')
  await client.end()
})

test.for<[string, Buffer[]]>([
  ['nothing', [Buffer.from('S')]],
  ['garbage', [Buffer.from('S'), Buffer.from('nonsense')]],
  ['more than one byte', [Buffer.from('SS')]],
  ['another letter', [Buffer.from('E')]],
])('an upstream that promises TLS and sends %s is an error in time', async ([, answers]) => {
  await using server = await liar(...answers)
  const target = { ...targetOf(database.url), port: server.port, sslmode: 'require' as const, connectTimeout: 500 }
  await expect(connectUpstream(target, new Map([['user', 'x']]))).rejects.toMatchObject({ code: 'UPSTREAM_TLS' })
  await new Promise((resolve) => setTimeout(resolve, 100))
})

test('what comes behind Terminate in pieces does no harm', async () => {
  await using relay = await relayServer()
  const client = await WireClient.login(relay.port)
  client.socket.write(Buffer.concat([send.terminate(), send.copyData(Buffer.alloc(1 << 20)).subarray(0, 1000)]))
  client.socket.write(Buffer.alloc(1 << 18))
  await client.untilType('?')
  client.socket.destroy()
  await relay.registry.idle()
  expect(relay.budget.held).toBe(0)
})
