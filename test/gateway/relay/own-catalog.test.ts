import { connect } from 'node:net'
import type { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { cancelRequest, startupMessage } from '../../../src/wire/startup.js'
import { freshDatabase } from '../../helpers/database.js'
import { guardOf } from './policy.js'
import { relayServer } from './relay-server.js'
import { errorsIn, type Message, send, states, WireClient } from './wire-client.js'

const said = (all: readonly Message[]): string => all.map(({ body }) => body.toString('latin1')).join('')

let database: Awaited<ReturnType<typeof freshDatabase>>
let dba: Client
let server: Awaited<ReturnType<typeof relayServer>>
let client: WireClient
const ask = (sql: string): Promise<Message[]> => client.ask(send.query(sql))

beforeAll(async () => {
  database = await freshDatabase()
  dba = await database.client()
  await dba.query(`CREATE TABLE customers (id int, name text, ssn text); CREATE TABLE plain (id int, note text)`)
  await dba.query(`INSERT INTO customers VALUES (1, 'ada', 'CANARY'); INSERT INTO plain VALUES (1, 'noted')`)
  await dba.query('CREATE VIEW v AS SELECT id, name AS x FROM customers')
  const guard = await guardOf(database.url, { masks: [{ columns: ['public.customers.ssn'], with: 'redact' }] })
  server = await relayServer({ url: database.url, guard })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

/** A transaction that has changed the schema, so that what reads `customers` needs the catalog as it sees it. */
beforeEach(async () => {
  const own = (client = await WireClient.login(server.port))
  onTestFinished(() => void own.socket.destroy())
})
const change = async (begin = 'BEGIN'): Promise<void> => {
  // What the administrator did before is known from here on.
  await ask('SELECT ssn FROM customers')
  expect(states(await ask(begin))).toBe('T')
  expect(errorsIn(await ask('ALTER TABLE customers ADD COLUMN more int'))).toEqual([])
}

test('what somebody else changes meanwhile is seen as well', async () => {
  await change()
  expect(said(await ask('SELECT x, more FROM v, customers'))).toContain('ada')
  // A view that the transaction has not locked: on one that it has, this would wait for its end.
  await ask('COMMIT')
  await dba.query('ALTER TABLE customers DROP COLUMN more')
  await dba.query('CREATE OR REPLACE VIEW w AS SELECT id, note AS x FROM plain')
  await change()
  expect(said(await ask('SELECT more, ssn FROM customers'))).toContain('********')
  await dba.query('DROP VIEW w')
  await dba.query('CREATE VIEW w AS SELECT id, note AS x FROM plain')
  expect(said(await ask('SELECT x FROM w'))).toContain('noted')
  await ask('ROLLBACK')
})

test('reading it keeps nobody waiting for what views name', async () => {
  await change()
  await dba.query('CREATE OR REPLACE VIEW w AS SELECT id, note AS x FROM plain')
  onTestFinished(async () => void (await dba.query('DROP VIEW IF EXISTS w')))
  expect(said(await ask('SELECT more, ssn FROM customers'))).toContain('********')
  await dba.query(`SET lock_timeout = '5s'; ALTER TABLE plain ADD COLUMN later int; DROP VIEW w`)
  await dba.query('ALTER TABLE plain DROP COLUMN later; RESET lock_timeout')
  await ask('ROLLBACK')
})

test('what is set and what is open is afterwards as it was', async () => {
  await change()
  await ask(`SET LOCAL search_path = public, pg_temp; SET LOCAL work_mem = '5MB'; SAVEPOINT hoop_catalog`)
  await ask('DECLARE c CURSOR FOR SELECT id, note FROM plain')
  expect(said(await ask('SELECT more, ssn FROM customers'))).toContain('********')
  expect(said(await ask('FETCH c'))).toContain('noted')
  expect(said(await ask('SHOW search_path'))).toContain('public, pg_temp')
  expect(said(await ask('SHOW work_mem'))).toContain('5MB')
  expect(errorsIn(await ask('ROLLBACK TO SAVEPOINT hoop_catalog; RELEASE SAVEPOINT hoop_catalog'))).toEqual([])
  await ask('ROLLBACK')
})

test('nothing of the question reaches the client, and the search path stays what it was', async () => {
  await ask('SET search_path = public, pg_catalog')
  await change()
  const all = await ask('SELECT more, ssn FROM customers')
  expect(all.map(({ type }) => type).join('')).toBe('TDCZ')
  expect(said(await ask('SHOW search_path'))).toContain('public, pg_catalog')
  await ask('COMMIT')
  expect(said(await ask('SHOW search_path'))).toContain('public, pg_catalog')
  await ask('ALTER TABLE customers DROP COLUMN more; RESET search_path')
  await dba.query('ALTER TABLE customers DROP COLUMN IF EXISTS more')
})

test('a temporary table by the name of a catalog stands in for none', async () => {
  await change()
  for (const name of ['pg_class', 'pg_attribute', 'pg_trigger', 'pg_rewrite'])
    expect(errorsIn(await ask(`CREATE TEMP TABLE ${name} (oid oid)`))).toEqual([])
  await ask('SET LOCAL search_path = pg_temp, public, pg_catalog')
  const all = await ask('SELECT more, ssn FROM public.customers')
  expect(errorsIn(all)).toEqual([])
  expect(said(all)).toContain('********')
  await ask('ROLLBACK')
})

test('within a pipeline that no Sync has ended, it is followed as well', async () => {
  await ask('BEGIN')
  const run = (sql: string) => [send.parse(sql), send.bind(), send.execute()]
  client.write(...run('ALTER TABLE customers ADD COLUMN more int'), send.flush())
  await client.untilType('C')
  const all = await client.ask(...run('SELECT more, ssn FROM customers'), send.sync())
  expect(errorsIn(all)).toEqual([])
  expect(said(all)).toContain('********')
  await ask('ROLLBACK')
})

test('a portal that is open goes on, or is refused', async () => {
  await change()
  await client.ask(send.query('DECLARE c CURSOR FOR SELECT id, more, ssn FROM customers'))
  const all = await ask('FETCH c')
  expect(errorsIn(all)).toEqual([])
  expect(said(all)).toContain('********')
  await ask('ROLLBACK')
})

test('under REPEATABLE READ the client is told to commit first', async () => {
  await change('BEGIN ISOLATION LEVEL REPEATABLE READ')
  const [error] = errorsIn(await ask('SELECT ssn FROM customers'))
  expect(error).toMatchObject({ C: '40001', H: expect.stringMatching(/in a transaction of its own/) as string })
  await ask('ROLLBACK')
})

test('what the catalog refuses is decided by the one that the transaction sees', async () => {
  await change()
  const [error] = errorsIn(await ask('SELECT nothing FROM customers'))
  expect(error).toMatchObject({ C: '42703' })
  await ask('ROLLBACK')
})

test('whoever waits for it can cancel, and the session goes on', async () => {
  const own = await WireClient.open(server.port)
  onTestFinished(() => void own.socket.destroy())
  own.socket.write(startupMessage([['user', 'x']], 0))
  const key = (await own.until(1)).find(({ type }) => type === 'K')!.body
  client = own
  await change()
  await dba.query('BEGIN; LOCK TABLE pg_catalog.pg_enum IN ACCESS EXCLUSIVE MODE')
  const answer = ask('SELECT more, ssn FROM customers')
  // A cancel that comes before the question would find nothing to cancel.
  await vi.waitFor(async () => {
    const { rows } = await dba.query('SELECT FROM pg_locks WHERE NOT granted')
    expect(rows.length).toBeGreaterThan(0)
  }, 20_000)
  const canceller = connect(server.port, '127.0.0.1')
  canceller.end(cancelRequest(key.readUInt32BE(0), key.subarray(4)))
  const [error] = errorsIn(await answer)
  expect(error).toMatchObject({ C: '57014' })
  await dba.query('ROLLBACK')
  await ask('ROLLBACK')
  expect(said(await ask('SELECT id, name FROM customers'))).toContain('ada')
})
