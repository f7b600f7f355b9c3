import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { Client, type DatabaseError } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authenticationOk, backendKeyData } from '../../../../src/wire/backend.js'
import { errorResponse, noticeResponse, type ErrorFields } from '../../../../src/wire/error-fields.js'
import { frame } from '../../../../src/wire/frontend.js'
import { hoopCode } from '../../../../src/wire/hoop-code.js'
import { startupMessage } from '../../../../src/wire/startup.js'
import { Backend } from '../../../../src/wire/tags.js'
import { freshDatabase, type FreshDatabase } from '../../../helpers/database.js'
import { guardOf } from '../policy.js'
import { relayServer } from '../relay-server.js'
import { errorsIn, send, WireClient, type Message } from '../wire-client.js'

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
  await (
    await database.client()
  ).query('CREATE TABLE people (ssn text); CREATE TABLE forbidden (id int); CREATE TABLE docs (id int)')
})
afterAll(() => database[Symbol.asyncDispose]())

const policy = {
  masks: [{ columns: ['public.people.ssn'], with: 'redact' }],
  rules: [
    { name: 'keep-out', when: { reads: ['public.forbidden'] }, do: 'block' },
    { name: 'careful', when: { reads: ['public.docs'] }, do: 'warn' },
  ],
}

const noticesIn = (messages: readonly Message[]) =>
  errorsIn(messages.filter(({ type }) => type === 'N').map(({ body }) => ({ type: 'E', body })))

const codes = (all: readonly ErrorFields[]) => all.map((fields) => hoopCode(fields))

test('each error and notice of hoop’s carries its code, in either protocol', async () => {
  const budgets = { statement: { rows: 10 } }
  await using server = await relayServer({
    url: database.url,
    guard: await guardOf(database.url, policy),
    budgets,
    times: { idle: 1000 },
  })
  const client = await WireClient.login(server.port)
  const asked = async (text: string) => {
    const simple = await client.ask(send.query(text))
    const extended = await client.ask(send.parse(text), send.bind(), send.execute(), send.sync())
    return [simple, extended].map((reply) => codes([...noticesIn(reply), ...errorsIn(reply)]))
  }
  const twice = (...all: (string | undefined)[]) => [all, all]
  expect(await asked('SELECT * FROM forbidden')).toEqual(twice('STATEMENT_BLOCKED'))
  expect(await asked('SELECT * FROM docs')).toEqual(twice('RULE_WARNING'))
  expect(await asked('SELEKT')).toEqual(twice('SYNTAX'))
  expect(await asked('SELECT 1/0')).toEqual(twice(undefined))
  expect(await asked('SELECT 1/length(ssn) - 1 FROM people WHERE 1/0 = 1')).toEqual(twice('TEXT_WITHHELD'))
  expect(await asked('SELECT generate_series(1, 9)')).toEqual(twice('BUDGET_NEARLY_USED'))
  expect(await asked('SELECT generate_series(1, 99)')).toEqual(twice('BUDGET_NEARLY_USED', 'BUDGET_EXHAUSTED'))
  const end = await client.untilType('?')
  expect(codes(noticesIn(end))).toEqual(['SESSION_ENDS_SOON'])
  expect(codes(errorsIn(end))).toEqual(['SESSION_IDLE'])
})

test('a driver sees the code as the routine', async () => {
  await using server = await relayServer({ url: database.url, guard: await guardOf(database.url, policy) })
  const client = new Client({ host: '127.0.0.1', port: server.port, user: 'me', database: database.name })
  client.on('error', () => undefined)
  await client.connect()
  const refused = client.query('SELECT * FROM forbidden')
  await expect(refused).rejects.toMatchObject({ routine: 'hoop/STATEMENT_BLOCKED' } satisfies Partial<DatabaseError>)
  await client.end()
})

/** A server that says it is hoop, at each point where it may speak, in messages that come in two parts. */
const forger = async (login: readonly Buffer[], answer: readonly Buffer[]) => {
  const sockets: Socket[] = []
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.push(socket)
    const say = (messages: readonly Buffer[]): void => {
      const bytes = Buffer.concat(messages)
      socket.write(bytes.subarray(0, bytes.length >> 1))
      setTimeout(() => socket.write(bytes.subarray(bytes.length >> 1)), 20)
    }
    socket.on('error', () => undefined)
    socket.once('data', () => {
      say(login)
      socket.once('data', () => say(answer))
    })
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

const notice = noticeResponse({ V: 'NOTICE', C: '00000', M: 'hoop: approved by Ada', R: 'hoop/APPROVAL_GIVEN' })
const error = (severity: string, code = '42501') =>
  errorResponse({ S: severity, V: severity, C: code, M: 'hoop: no', R: 'hoop/STATEMENT_BLOCKED' })
const large = noticeResponse({ V: 'NOTICE', C: '00000', M: 'x'.repeat(300_000), R: 'hoop/RULE_WARNING' })
const ready = frame(Backend.ReadyForQuery, Buffer.from('I'))
const status = (name: string, value: string) => frame(Backend.ParameterStatus, name, value)
const welcome = [
  authenticationOk(),
  status('standard_conforming_strings', 'on'),
  status('client_encoding', 'UTF8'),
  status('server_encoding', 'UTF8'),
  backendKeyData(1, Buffer.alloc(4)),
]

test.for(['no policy', 'masks and rules'] as const)(
  'with %s, a server that claims to be hoop loses the claim: at login, in notices, large ones too, and in errors',
  async (how) => {
    await using server = await forger([...welcome, notice, ready], [notice, large, error('ERROR'), ready])
    await using relay = await relayServer({
      ...(how === 'no policy' ? {} : { guard: await guardOf(database.url, policy) }),
      upstream: { port: server.port },
    })
    const client = await WireClient.open(relay.port)
    const greeted = await client.ask(startupMessage([['user', 'x']]))
    const reply = await client.ask(send.query('SELECT 1'))
    expect(noticesIn(greeted)).toEqual([{ V: 'NOTICE', C: '00000', M: 'hoop: approved by Ada' }])
    expect([...noticesIn(reply), ...errorsIn(reply)].map(({ R, C }) => [R, C])).toEqual([
      [undefined, '00000'],
      [undefined, '00000'],
      [undefined, '42501'],
    ])
    client.socket.destroy()
  },
)

test('a server that refuses the login in hoop’s name is passed on without it', async () => {
  await using server = await forger([error('FATAL', '53300')], [])
  await using relay = await relayServer({ upstream: { port: server.port } })
  const client = new Client({ host: '127.0.0.1', port: relay.port, user: 'me' })
  await expect(client.connect()).rejects.toMatchObject({ code: '53300', routine: undefined })
})

test('SQL can raise hoop’s words, and not its code', async () => {
  await using server = await relayServer({ url: database.url })
  const client = await WireClient.login(server.port)
  const raise = (level: string) =>
    `RAISE ${level} USING ERRCODE = '42501', MESSAGE = E'hoop: no\\nRhoop/A', CONSTRAINT = 'hoop/A', DETAIL = 'hoop/A'`
  const reply = await client.ask(send.query(`DO $$ BEGIN ${raise('NOTICE')}; ${raise('EXCEPTION')}; END $$`))
  expect([...noticesIn(reply), ...errorsIn(reply)].map(({ R }) => R)).toEqual(['exec_stmt_raise', 'exec_stmt_raise'])
})
