import type { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { largeObjectFunctions } from '../../../src/gateway/relay/machine/client/large-objects.js'
import { budgets } from '../../../src/policy/config/policy/budgets.js'
import { frame } from '../../../src/wire/frontend.js'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { guardOf } from './policy.js'
import { relayServer } from './relay-server.js'
import { errorsIn, rowsIn, send, types, WireClient, type Message } from './wire-client.js'

let database: FreshDatabase
let admin: Client

beforeAll(async () => {
  database = await freshDatabase()
  admin = await database.client()
  await admin.query(`
    CREATE TABLE customers (id int, ssn text, photo oid); INSERT INTO customers VALUES (1, '842-61-9751', 0);
    SELECT lo_from_bytea(70000, 'a large object')`)
})
afterAll(() => database[Symbol.asyncDispose]())

const int16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255])
const int32 = (value: number): Buffer => {
  const out = Buffer.alloc(4)
  out.writeInt32BE(value)
  return out
}
const [binary, oidOf] = [int16(1), (name: string) => [...largeObjectFunctions].find(([, [each]]) => each === name)![0]]

/** As libpq sends it: all in binary. */
const call = (oid: number, ...values: readonly Buffer[]): Buffer =>
  frame(
    0x46,
    int32(oid),
    ...[int16(1), binary, int16(values.length)],
    ...values.flatMap((value) => [int32(value.length), value]),
    binary,
  )

const resultOf = (messages: readonly Message[]): Buffer | undefined =>
  messages.find(({ type }) => type === 'V')?.body.subarray(4)

const READ = int32(0x40000)
const WRITE = int32(0x20000)
const masks = [{ columns: ['public.customers.ssn'], with: 'redact' }]

const serve = async (policy: object | undefined, spend?: object) => {
  const guard = policy && (await guardOf(database.url, policy))
  const allowance = spend && budgets.parse(spend)
  return relayServer({ url: database.url, ...(guard && { guard }), ...(allowance && { budgets: allowance }) })
}

test('the functions are those that the server has by these numbers', async () => {
  for (const [oid, [name, parameters]] of largeObjectFunctions) {
    const { rows } = await admin.query('SELECT proname, pronargs FROM pg_proc WHERE oid = $1', [oid])
    expect(rows).toEqual([{ proname: name, pronargs: parameters }])
  }
})

test.for([
  ['without a policy', undefined],
  ['under rules', { packs: ['production'] }],
  ['under masks', { masks }],
] as const)('a large object is written and read by calls, %s', async ([, policy]) => {
  await using server = await serve(policy)
  const client = await WireClient.login(server.port)
  await client.ask(send.query('BEGIN'))
  const made = resultOf(await client.ask(call(oidOf('lo_creat'), WRITE)))!
  const open = resultOf(await client.ask(call(oidOf('lo_open'), made, WRITE)))!
  expect(resultOf(await client.ask(call(oidOf('lowrite'), open, Buffer.from('hello'))))).toEqual(int32(5))
  await client.ask(call(oidOf('lo_close'), open))
  const again = resultOf(await client.ask(call(oidOf('lo_open'), made, READ)))!
  await client.ask(call(oidOf('lo_lseek64'), again, Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]), int32(0)))
  expect(resultOf(await client.ask(call(oidOf('loread'), again, int32(100))))?.toString()).toBe('ello')
  const read = await client.ask(send.query(`SELECT convert_from(lo_get(${made.readUInt32BE(0)}), 'UTF8')`))
  expect(rowsIn(read)).toEqual([['hello']])
  await client.ask(send.query('COMMIT'))
  await client.end()
  const texts = (await server.recording()).flatMap((event) => (event.type === 'statement' ? [event.text] : []))
  expect(texts).toContain('SELECT pg_catalog.loread($1, $2)')
})

test('a call of any other function is refused, and so is one with too few values', async () => {
  await using server = await serve({ masks })
  const client = await WireClient.login(server.port)
  for (const sent of [call(764, int32(1)), call(oidOf('loread'), int32(1)), call(0)]) {
    const answer = await client.ask(sent)
    expect(errorsIn(answer)).toMatchObject([{ C: '42501', R: 'hoop/FUNCTION_CALL_REFUSED' }])
    expect(types(answer)).toBe('EZ')
  }
  await client.end()
})

test('a rule on the function holds for the call', async () => {
  await using server = await serve({ rules: [{ name: 'no-objects', when: { functions: ['lo_open'] }, do: 'block' }] })
  const client = await WireClient.login(server.port)
  const answer = await client.ask(call(oidOf('lo_open'), int32(70000), READ))
  expect(errorsIn(answer)).toMatchObject([{ D: 'The rule is no-objects.' }])
  expect(types(answer)).toBe('EZ')
  await client.end()
})

test('where a masked column holds numbers of large objects, none is read', async () => {
  await using server = await serve({ masks: [...masks, { columns: ['public.customers.photo'], with: 'redact' }] })
  const client = await WireClient.login(server.port)
  expect(errorsIn(await client.ask(call(oidOf('lo_open'), int32(70000), READ)))).toMatchObject([{ C: '42501' }])
  expect(errorsIn(await client.ask(send.query('SELECT lo_get(70000)')))).toMatchObject([{ C: '42501' }])
  await client.end()
})

test.for([
  'SELECT lo_from_bytea(0, ssn::bytea) FROM customers',
  'SELECT lo_put(70000, 0, ssn::bytea) FROM customers',
  'SELECT lo_get(id::oid) FROM customers WHERE lo_create(length(ssn)::oid) > 0',
  "SELECT lo_export(70000, '/tmp/x')",
  'SELECT data FROM pg_largeobject',
])('nothing masked gets into a large object, and none into a file: %s', async (sql) => {
  await using server = await serve({ masks })
  const client = await WireClient.login(server.port)
  expect(errorsIn(await client.ask(send.query(sql)))).toMatchObject([
    { C: '42501', R: expect.stringMatching(/^hoop/) as string },
  ])
  await client.end()
})

test('what calls give counts against the budgets, and the session goes on', async () => {
  await using server = await serve({}, { session: { bytes: '40B' } })
  const client = await WireClient.login(server.port)
  await client.ask(send.query('BEGIN'))
  const open = resultOf(await client.ask(call(oidOf('lo_open'), int32(70000), READ)))!
  const answer = await client.ask(call(oidOf('loread'), open, int32(100)))
  const last = errorsIn(answer).length > 0 ? answer : await client.ask(call(oidOf('loread'), open, int32(100)))
  expect(errorsIn(last)).toMatchObject([{ C: '53400', R: 'hoop/BUDGET_EXHAUSTED' }])
  expect(types(last).replaceAll('N', '')).toBe('EZ')
  expect(types(await client.ask(send.query('ROLLBACK'))).replaceAll('N', '')).toBe('CZ')
  await client.end()
})
