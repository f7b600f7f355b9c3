import type { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { Caps } from '../../../../src/gateway/relay/machine/admission/caps.js'
import type { BudgetsConfig } from '../../../../src/policy/config/schema.js'
import type { AllowedStatement, Guard } from '../../../../src/policy/decision.js'
import { type FreshDatabase, freshDatabase } from '../../../helpers/database.js'
import { guardOf } from '../policy.js'
import { relayServer } from '../relay-server.js'
import { errorsIn, rowsIn, send, states, types, WireClient } from '../wire-client.js'

let database: FreshDatabase
let guard: Guard
let admin: Client

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'))
  admin = await database.client()
  await admin.query('CREATE TABLE notes (a int)')
  await admin.query('CREATE TABLE customers (id int, email text, ssn text)')
  await admin.query("INSERT INTO customers VALUES (1, 'a@example.com', 'x')")
  guard = await guardOf(database.url, {})
})

afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

const serve = (budgets: BudgetsConfig) => relayServer({ url: database.url, guard, budgets })
const extended = (text: string, rows = 0) => [send.parse(text), send.bind(), send.execute('', rows)]
const exhausted = { C: '53400', M: expect.stringContaining('hoop: a budget is used up') as string }

test('a result that ends just behind the limit: the error comes in order, whoever was faster', async () => {
  await using server = await serve({ statement: { rows: 100 } })
  const client = await WireClient.login(server.port)
  for (let round = 0; round < 60; round++) {
    const rows = 101 + (round % 20) * 40
    const series = `SELECT i, repeat('x', ${round}) FROM generate_series(1, ${rows}) i`
    // The second pipeline may be hit by the cancel; then it says so, and otherwise it is answered as ever.
    client.write(...extended(series), send.sync(), ...extended('SELECT 7'), send.sync(), send.query('SELECT 8'))
    const messages = await client.until(3)
    expect(states(messages)).toBe('III')
    expect(types(messages)).toMatch(/^12D{100}N?EZ(12DCZ|(1|12)?EZ)(TDCZ|T?EZ)$/)
    const [first, ...others] = errorsIn(messages)
    expect(first).toMatchObject(exhausted)
    for (const other of others) expect(other['M']).toContain('hoop: cancelled together with a statement before it')
    expect(others.length).toBeLessThanOrEqual(1)
    // What is sent once the answer is there is never hit.
    expect(rowsIn(await client.ask(send.query('SELECT 9')))).toEqual([['9']])
  }
  await client.end()
})

test('an error in the place of a result that the server had finished says that its effects stand', async () => {
  await using server = await serve({ statement: { rows: 3 } })
  const client = await WireClient.login(server.port)
  const messages = await client.ask(send.query('INSERT INTO notes SELECT generate_series(1, 5) RETURNING a'))
  expect(types(messages)).toMatch(/^TDDDN?EZ$/)
  expect(errorsIn(messages)[0]).toMatchObject({
    ...exhausted,
    D: expect.stringContaining('effects of the statement stand') as string,
  })
  expect((await admin.query('SELECT count(*)::int AS n FROM notes')).rows).toEqual([{ n: 5 }])
  await client.end()
})

test('what the client sends up to its Sync behind a stopped result never reaches the server', async () => {
  await using server = await serve({ statement: { rows: 3 } })
  const client = await WireClient.login(server.port)
  await admin.query('TRUNCATE notes')
  client.write(...extended('SELECT generate_series(1, 5)'), send.flush())
  await client.untilType('E')
  client.write(...extended('INSERT INTO notes VALUES (1)'), send.sync())
  expect(types(await client.until(1))).toBe('Z')
  expect((await admin.query('SELECT count(*)::int AS n FROM notes')).rows).toEqual([{ n: 0 }])
  expect(types(await client.ask(...extended('SELECT 1'), send.sync()))).toBe('12DCZ')
  await client.end()
})

test('in a transaction a statement that was cancelled leaves E, and a savepoint rescues it', async () => {
  await using server = await serve({ statement: { rows: 1000 } })
  const client = await WireClient.login(server.port)
  await client.ask(send.query('BEGIN; SAVEPOINT s'))
  const messages = await client.ask(send.query("SELECT repeat('x', 500), generate_series(1, 10000000)"))
  expect([errorsIn(messages)[0]!['C'], states(messages)]).toEqual(['53400', 'E'])
  expect(states(await client.ask(send.query('ROLLBACK TO s')))).toBe('T')
  expect(rowsIn(await client.ask(send.query('SELECT 1')))).toEqual([['1']])
  await client.end()
})

test('many small queries use up the session’s budget; then rows are refused before they run, and writing goes on', async () => {
  await using server = await serve({ session: { rows: 50 } })
  const client = await WireClient.login(server.port)
  let rows = 0
  let notices = 0
  for (let i = 0; i < 70; i++) {
    const messages = await client.ask(...(i % 2 ? [send.query('SELECT 1')] : [...extended('SELECT 1'), send.sync()]))
    rows += messages.filter(({ type }) => type === 'D').length
    notices += messages.filter(({ type, body }) => type === 'N' && body.includes('80 %')).length
  }
  expect([rows, notices]).toEqual([50, 1])
  for (const text of [
    'FETCH ALL c',
    'COPY notes TO STDOUT',
    'TABLE notes',
    'INSERT INTO notes VALUES (1) RETURNING a',
    'SHOW timezone',
    'VALUES (1)',
  ])
    expect(errorsIn(await client.ask(send.query(text)))[0]).toMatchObject(exhausted)
  expect(types(await client.ask(send.query('INSERT INTO notes VALUES (2)')))).toBe('CZ')
  // A new session has a budget of its own.
  const other = await WireClient.login(server.port)
  expect(types(await other.ask(send.query('SELECT 1')))).toBe('TDCZ')
  await Promise.all([client.end(), other.end()])
})

test('a person’s sessions share one budget while they stream together', async () => {
  await using server = await serve({ identity: { rows: 20_000, per: 'day' } })
  const clients = await Promise.all([1, 2, 3].map(() => WireClient.login(server.port)))
  const all = await Promise.all(clients.map((client) => client.ask(send.query('SELECT generate_series(1, 200000)'))))
  expect(all.flat().filter(({ type }) => type === 'D')).toHaveLength(20_000)
  for (const messages of all) expect(errorsIn(messages)[0]).toMatchObject(exhausted)
  for (const client of clients) await client.end()
})

test('a row that does not fit in what is left of the bytes is not begun', async () => {
  await using server = await serve({ statement: { bytes: 100_000 } })
  const client = await WireClient.login(server.port)
  const messages = await client.ask(
    send.query("SELECT repeat('x', 1000) UNION ALL SELECT repeat('y', 5000000) UNION ALL SELECT 'z'"),
  )
  expect(messages.filter(({ type }) => type === 'D').map(({ body }) => body.length)).toEqual([1006])
  expect(errorsIn(messages)[0]).toMatchObject(exhausted)
  // An error can carry as much.
  const failing = "DO $$ BEGIN RAISE EXCEPTION '%', repeat('secret', 100000); END $$"
  const [error] = errorsIn(await client.ask(send.query(failing)))
  expect(error).toMatchObject(exhausted)
  await client.end()
})

test('the recording says which budget ended a result, and how much had left', async () => {
  await using server = await serve({ statement: { rows: 10 } })
  const client = await WireClient.login(server.port)
  await client.ask(send.query('SELECT generate_series(1, 1000000)'))
  await client.end()
  const result = (await server.recording()).find(({ type }) => type === 'result')
  expect(result).toMatchObject({
    rows: 10,
    sqlstate: '53400',
    message: expect.stringContaining('statement budget') as string,
  })
})

const eight = '[1,2,3,4,5,6,7,8.5]'
test.for([
  ['arrays of numbers', "SELECT '{1,2}'::real[]", 1],
  ['lists of numbers in texts', `SELECT 'a ${eight} b ${eight}', NULL::real[]`, 2],
  ['lists in JSON', `SELECT '{"e": ${eight}}'::jsonb`, 1],
  ['nothing where there is none', "SELECT '[1, 2] and [3]', 4", 0],
  ['COPY', `COPY (SELECT 1, '${eight}') TO STDOUT (FORMAT csv)`, 1],
] as const)('vectors are counted: %s', async ([, text, count]) => {
  await using server = await serve({ session: { vectors: 5 } })
  const client = await WireClient.login(server.port)
  await client.ask(send.query(text))
  expect(server.registry.get(server.sessions[0]!)?.counts?.vectors).toBe(count)
  for (let i = 0; i < 6; i++) await client.ask(send.query(text))
  const last = errorsIn(await client.ask(send.query(text)))
  expect(last).toMatchObject(count === 0 ? [] : [exhausted])
  // Whoever has used up vectors may still read what has none.
  expect(types(await client.ask(send.query('SELECT 1')))).toBe('TDCZ')
  await client.end()
})

test('errors that depend on masked values are counted, and then nothing touches masked columns any more', async () => {
  const masking = await guardOf(database.url, {
    masks: [{ columns: ['public.customers.ssn'], with: 'redact' }],
    masked_errors: 3,
  })
  await using server = await relayServer({ url: database.url, guard: masking })
  const client = await WireClient.login(server.port)
  const probe = send.query('SELECT ssn, id / (length(ssn) - length(ssn)) FROM customers')
  const read = send.query('SELECT ssn FROM customers')
  for (let i = 0; i < 3; i++) {
    expect(types(await client.ask(read))).toBe('TDCZ')
    expect(errorsIn(await client.ask(probe))[0]).toMatchObject({ C: '22012' })
  }
  expect(errorsIn(await client.ask(read))[0]).toMatchObject({
    C: '53400',
    M: expect.stringContaining('statements on masked columns have failed') as string,
  })
  expect(types(await client.ask(send.query('SELECT 1')))).toBe('TDCZ')
  await client.end()
})

test('an error counts where it may depend on a value, whatever its class', async () => {
  const masking = await guardOf(database.url, {
    masks: [{ columns: ['public.customers.ssn'], with: 'redact' }],
    masked_errors: 2,
  })
  await using server = await relayServer({ url: database.url, guard: masking })
  const client = await WireClient.login(server.port)
  const ask = async (text: string) => errorsIn(await client.ask(send.query(text)))[0]?.C
  const mistakes = [
    'SELECT ssn, name || FROM customers',
    'SELECT ssn, nothing(1) FROM customers',
    'SELECT ssn + 1 FROM customers',
  ]
  for (const mistake of [...mistakes, ...mistakes]) expect(await ask(mistake)).toMatch(/^42/)
  const typed = (text: string) => `SELECT CASE WHEN ssn > '' THEN (ssn || ' ${text}')::regtype::text END FROM customers`
  expect(await ask(typed('x y'))).toBe('42601')
  expect(await ask(typed(''))).toMatch(/^42/)
  expect(await ask('SELECT ssn FROM customers')).toBe('53400')
  await client.end()
})

const search = (nearest: AllowedStatement['nearest'], kind = 'select'): AllowedStatement => ({
  ...{ kind, kinds: [kind], reads: [], writes: [], scrub: true, ddl: false },
  ...(nearest && { nearest }),
})
const near = (limit: NonNullable<AllowedStatement['nearest']>[number]['limit'], text = '[1]') =>
  search([{ column: 'public.documents.embedding', limit, vector: { text } }])
const caps = (clear = false): Caps =>
  new Caps({ ...guard, masking: true, clear, caps: { maskedErrors: 1, k: 10, queries: 3 } })
const int8 = (value: bigint): Buffer => {
  const out = Buffer.alloc(8)
  out.writeBigInt64BE(value)
  return out
}

test('a search on a masked vector needs a LIMIT that is known and not above the cap', () => {
  const one = caps()
  expect(one.refusal('a', [near(10)])).toBeUndefined()
  for (const limit of [11, 'none', 'unknown', { parameter: 1 }] as const)
    expect(one.refusal('a', [near(limit)])).toMatchObject({ code: 'VECTOR_CAP', sqlstate: '42501' })
  const bound = (value: Buffer | null, format: number) =>
    one.refusal('a', [near({ parameter: 1 })], { parameters: [value], parameterFormats: [format] })?.code
  expect([bound(Buffer.from(' 10'), 0), bound(int8(10n), 1)]).toEqual([undefined, undefined])
  expect([bound(Buffer.from('11'), 0), bound(int8(11n), 1), bound(null, 0), bound(Buffer.from('1e9'), 0)]).toEqual(
    Array.from({ length: 4 }, () => 'VECTOR_CAP'),
  )
  expect(caps(true).refusal('a', [near('none')])).toBeUndefined()
})

test('a session searches masked vectors with so many vectors and no more, however they are given', () => {
  const one = caps()
  expect(one.refusal('a', [near(1, '[1, 2]')])).toBeUndefined()
  expect(one.refusal('b', [near(1, '[1,2]')])).toBeUndefined()
  const byParameter = search([{ column: 'c', limit: 1, vector: { parameter: 1 } }])
  const ask = (value: string) =>
    one.refusal('c', [byParameter], { parameters: [Buffer.from(value)], parameterFormats: [] })?.sqlstate
  expect([ask('[3]'), ask('[4]'), ask('[4]'), ask('[5]')]).toEqual([undefined, undefined, undefined, '53400'])
  const two = caps()
  two.refusal('PREPARE p AS …', [search([{ column: 'c', limit: 1, vector: { parameter: 1 } }], 'prepare')])
  const executed = [1, 2, 3].map((i) => two.refusal(`EXECUTE p('[${i}]')`, [search(undefined, 'execute')])?.sqlstate)
  expect(executed).toEqual([undefined, undefined, '53400'])
})

test('once the rows are used up, neither errors nor reported settings carry anything out', async () => {
  await using server = await serve({ session: { rows: 5 } })
  const client = await WireClient.login(server.port)
  await client.ask(send.query('SELECT generate_series(1, 3)'))
  const raise = "INSERT INTO notes VALUES ((SELECT ('secret' || email)::int FROM customers))"
  const set = "INSERT INTO notes VALUES (length(set_config('application_name', 'secret' || random(), false)))"
  const told: string[] = []
  for (const text of [raise, set, raise, set, set]) {
    const messages = await client.ask(send.query(text))
    told.push(messages.some(({ body }) => body.includes('secret')) ? 'told' : types(messages).replace('N', ''))
  }
  expect(told).toEqual(['told', 'told', 'EZ', 'CZ', 'CZ'])
  await client.end()
})

test('a setting that changes how SQL is read ends the session, also where nothing more may leave', async () => {
  await using server = await serve({ session: { bytes: 20 } })
  const client = await WireClient.login(server.port)
  const messages = await client.ask(
    send.query("DO $$ BEGIN EXECUTE 'SET standard_conforming_' || 'strings = off'; END $$"),
  )
  expect(errorsIn(messages)[0]).toMatchObject({
    V: 'FATAL',
    M: expect.stringContaining('standard_conforming') as string,
  })
})

test('names of columns count as bytes, and an error stands in their place once those are used up', async () => {
  await using server = await serve({ session: { bytes: 1000 } })
  const client = await WireClient.login(server.port)
  // A DO block can give them to a table, put together from data.
  const names = Array.from({ length: 10 }, (_, i) => `1 AS "${'secret'.repeat(9)}${i}"`)
  const nothing = `SELECT ${names.join(', ')} LIMIT 0`
  expect(types(await client.ask(send.query(nothing)))).toMatch(/^TN?CZ$/)
  const described = await client.ask(send.parse(nothing, 's'), send.describe('S', 's'), send.sync())
  expect(types(described).replace('N', '')).toBe('1tEZ')
  expect(errorsIn(described)).toMatchObject([exhausted])
  // One error for what is described and run at once, and the session goes on.
  const whole = await client.ask(...[send.parse(nothing), send.describe('S'), send.bind(), send.execute(), send.sync()])
  expect(errorsIn(whole)).toMatchObject([exhausted])
  expect(types(await client.ask(send.query('SET work_mem = 4096')))).toMatch(/^N*CZ$/)
  const again = await client.ask(send.query(nothing))
  expect(errorsIn(again)[0]).toMatchObject(exhausted)
  expect([...described, ...again].some(({ body }) => body.includes('secret'))).toBe(false)
  await client.end()
})
