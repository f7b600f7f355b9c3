import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../../../helpers/database.js'
import { guardOf } from '../policy.js'
import { relayServer, type RelayServer } from '../relay-server.js'
import { errorsIn, send, types, WireClient } from '../wire-client.js'

let database: FreshDatabase
let server: RelayServer

const rules = [
  { name: 'at-night', when: { reads: ['public.docs'], outside: { from: '08:00', to: '18:00' } }, do: 'block' },
  { name: 'ask', when: { reads: ['public.papers'] }, do: 'approve', approvers: { groups: ['dba'] } },
]

beforeAll(async () => {
  database = await freshDatabase()
  await (
    await database.client()
  ).query('CREATE TABLE docs (id int); INSERT INTO docs SELECT generate_series(1, 100); CREATE TABLE papers (id int)')
  server = await relayServer({ url: database.url, guard: await guardOf(database.url, { rules }) })
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

afterEach(() => void vi.useRealTimers())

const at = (hour: string): void => void vi.setSystemTime(`2026-11-25T${hour}:00Z`)

/** Somebody who connects by day, and the clock then under the test's hand. */
const byDay = async (): Promise<Client> => {
  const client = new Client({ host: '127.0.0.1', port: server.port, user: 'x', database: database.name })
  await client.connect()
  vi.useFakeTimers({ toFake: ['Date'] })
  at('12:00')
  return client
}

const blocked = { code: '42501', detail: 'The rule is at-night.' }

test('what was prepared within hours can’t be executed after them, in whatever way', async () => {
  const client = await byDay()
  await client.query('PREPARE night AS SELECT * FROM docs')
  await client.query('PREPARE over AS SELECT 1')
  await client.query({ name: 'parsed', text: 'SELECT * FROM docs WHERE id = $1', values: [1] })
  expect((await client.query('EXECUTE night')).rowCount).toBe(100)
  at('18:00')
  for (const text of [
    'EXECUTE night',
    'EXECUTE NIGHT',
    'EXECUTE parsed(1)',
    'SELECT 1; EXECUTE night',
    'EXPLAIN ANALYZE EXECUTE night',
    'CREATE TABLE kept AS EXECUTE night',
  ])
    await expect(client.query(text), text).rejects.toMatchObject(blocked)
  await expect(client.query({ name: 'night', text: '', values: [] }), 'bound by name').rejects.toThrow()
  expect((await client.query('EXECUTE over')).rowCount).toBe(1)
  at('08:00')
  expect((await client.query('EXECUTE night')).rowCount).toBe(100)
  await client.end()
})

test('a statement that SQL prepared is refused after hours where a Bind names it', async () => {
  const client = await WireClient.login(server.port)
  vi.useFakeTimers({ toFake: ['Date'] })
  at('12:00')
  await client.ask(send.query('PREPARE night AS SELECT id FROM docs LIMIT 1'))
  const run = () => client.ask(send.bind([], { name: 'night' }), send.execute(), send.sync())
  expect(types(await run())).toBe('2DCZ')
  at('23:00')
  const answer = await run()
  expect(types(answer)).toBe('EZ')
  expect(errorsIn(answer)).toMatchObject([{ C: '42501', D: 'The rule is at-night.' }])
  await client.end()
})

test('a cursor and a portal that were opened within hours give nothing after them', async () => {
  const client = await WireClient.login(server.port)
  vi.useFakeTimers({ toFake: ['Date'] })
  at('17:59')
  await client.ask(send.query('BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT * FROM docs'))
  expect(types(await client.ask(send.query('FETCH 1 FROM c')))).toBe('TDCZ')
  const open = await client.ask(
    send.parse('SELECT * FROM docs'),
    send.bind([], { portal: 'p' }),
    send.execute('p', 1),
    send.sync(),
  )
  expect(types(open)).toBe('12DsZ')
  at('18:01')
  const more = await client.ask(send.execute('p', 1), send.sync())
  expect(types(more)).toBe('EZ')
  expect(errorsIn(more)).toMatchObject([{ C: '42501', D: 'The rule is at-night.' }])
  await client.ask(send.query('ROLLBACK'))
  at('17:59')
  await client.ask(send.query('BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT * FROM docs'))
  await client.ask(send.parse('SELECT * FROM docs'), send.bind([], { portal: 'p' }), send.sync())
  at('18:01')
  for (const text of ['FETCH ALL FROM c', 'FETCH ALL FROM p', 'MOVE 5 IN c'])
    expect(errorsIn(await client.ask(send.query(`SAVEPOINT s; ${text}`))), text).toMatchObject([{ C: '42501' }])
  await client.end()
})

test('a statement that needs an approval can’t be parsed under a name and then executed by SQL without one', async () => {
  const client = await WireClient.login(server.port)
  await client.ask(send.parse('SELECT * FROM papers', 'sly'), send.sync())
  client.write(send.query('EXECUTE sly'))
  const [notice] = await client.untilType('N')
  expect(notice?.body.toString()).toContain('waits for an approval')
  client.socket.destroy()
})

test('a name means what the server has, however many others it was asked to mean', async () => {
  const client = await byDay()
  await client.query('PREPARE one AS SELECT * FROM docs')
  for (let i = 0; i < 40; i++) await client.query(`PREPARE one AS SELECT ${i} FROM docs`).catch(() => undefined)
  expect((await client.query('EXECUTE one')).rowCount).toBe(100)
  at('20:00')
  await expect(client.query('EXECUTE one')).rejects.toMatchObject(blocked)
  await client.query('DEALLOCATE one')
  await client.query('PREPARE one AS SELECT 1')
  expect((await client.query('EXECUTE one')).rowCount).toBe(1)
  await client.end()
})

test('a name that may mean many statements, since none is answered yet, is run when it is known which', async () => {
  const client = await WireClient.login(server.port)
  const prepare = Array.from({ length: 40 }, (_, i) => send.query(`PREPARE one AS SELECT ${i}`))
  client.write(...prepare, send.query('EXECUTE one'))
  const answer = await client.until(41)
  expect(errorsIn(answer).map(({ C }) => C)).toEqual(Array.from({ length: 39 }, () => '42P05'))
  expect(types(answer)).toMatch(/^CZ(EZ){39}TDCZ$/)
  expect(types(await client.ask(send.query('EXECUTE one')))).toBe('TDCZ')
  await client.end()
})
