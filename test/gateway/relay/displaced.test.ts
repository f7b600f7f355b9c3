import { afterAll, beforeAll, expect, test } from 'vitest'
import { isDisplaced } from '../../../src/gateway/relay/machine/server/displaced.js'
import type { Request } from '../../../src/gateway/relay/machine/requests.js'
import { Played } from '../../../src/gateway/relay/machine/witness/played.js'
import { Backend } from '../../../src/wire/tags.js'
import { freshDatabase } from '../../helpers/database.js'
import { guardOf } from './policy.js'
import { relayServer } from './relay-server.js'
import { errorsIn, rowsIn, send, types, WireClient } from './wire-client.js'

const policy = { rules: [{ name: 'keep-out', when: { reads: ['public.secret'] }, do: 'block' }] }

let database: Awaited<ReturnType<typeof freshDatabase>>
let server: Awaited<ReturnType<typeof relayServer>>

beforeAll(async () => {
  database = await freshDatabase()
  const dba = await database.client()
  await dba.query(
    `CREATE TABLE customers (id int, ssn text); CREATE TABLE secret (k int); CREATE SEQUENCE runs;
     CREATE FUNCTION raises(state text) RETURNS int LANGUAGE plpgsql AS $$
       BEGIN PERFORM nextval('runs'); RAISE EXCEPTION 'its own' USING ERRCODE = state; END $$`,
  )
  server = await relayServer({ url: database.url, guard: await guardOf(database.url, policy) })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const runs = async (): Promise<unknown> =>
  (await (await database.client()).query('SELECT last_value FROM runs')).rows[0]

test.for(['26000', '34000'])(
  'what a statement raises itself as %s is its own error, and it runs once',
  async (state) => {
    const text = `SELECT raises('${state}') FROM (SELECT count(*) FROM customers) c`
    const dba = await database.client()
    await dba.query('ALTER SEQUENCE runs RESTART')
    const client = await WireClient.login(server.port)
    const simple = await client.ask(send.query(text))
    expect(types(simple), JSON.stringify(errorsIn(simple))).toBe('TEZ')
    expect(errorsIn(simple)).toMatchObject([{ C: state }])
    expect(await runs()).toEqual({ last_value: '1' })
    const extended = await client.ask(send.parse(text), send.bind(), send.describe('P'), send.execute(), send.sync())
    expect(types(extended)).toBe('12TEZ')
    expect(errorsIn(extended)).toMatchObject([{ C: state }])
    expect(await runs()).toEqual({ last_value: '2' })
    await client.end()
  },
)

test('EXECUTE, FETCH and CLOSE of what isn’t there say so, at the head of a long text as well', async () => {
  const client = await WireClient.login(server.port)
  const rest = Array.from({ length: 300 }, (_, at) => `SELECT ${at}, ssn FROM customers`).join(';')
  for (const [text, state] of [
    ['EXECUTE missing', '26000'],
    ['DEALLOCATE missing', '26000'],
    ['CLOSE missing', '34000'],
    ['FETCH missing', '34000'],
  ] as const)
    for (const whole of [text, `${text}; SELECT ssn FROM customers`, `${text};${rest}`])
      expect(errorsIn(await client.ask(send.query(whole))), whole.slice(0, 40)).toMatchObject([{ C: state }])
  expect(rowsIn(await client.ask(send.query('SELECT 1')))).toEqual([['1']])
  await client.end()
})

const request = (fields: object): Request => fields as Request
const played = () => new Played(Buffer.from('SELECT 1'), 1, () => undefined)

test('only the handler of a message tells that what is unnamed is gone', () => {
  const bind = request({ kind: 'bind', name: '' })
  const said = { C: '26000', R: 'exec_bind_message' }
  expect(isDisplaced(bind, said)).toBe(true)
  expect(isDisplaced(bind, { ...said, W: 'PL/pgSQL function raises(text)' })).toBe(false)
  expect(isDisplaced(bind, { C: '26000', R: 'FetchPreparedStatement' })).toBe(false)
  expect(isDisplaced(bind, { C: '26000' })).toBe(false)
  expect(isDisplaced(bind, { ...said, C: '22012' })).toBe(false)
  expect(isDisplaced(request({ kind: 'bind', name: 'named' }), said)).toBe(false)
  expect(isDisplaced(request({ kind: 'execute', portal: '' }), { C: '34000', R: 'exec_execute_message' })).toBe(true)
  const describe = (of: 'S' | 'P') => request({ kind: 'describe', of, name: '' })
  expect(isDisplaced(describe('S'), { C: '26000', R: 'exec_describe_statement_message' })).toBe(true)
  expect(isDisplaced(describe('P'), { C: '34000', R: 'exec_describe_portal_message' })).toBe(true)
})

test('of a played query nothing may have gone out', () => {
  const playing = played()
  playing.sent({ before: 0, sent: undefined })
  const query = request({ kind: 'query', played: playing })
  expect(isDisplaced(query, { C: '26000', R: 'exec_bind_message' })).toBe(true)
  for (const tag of [Backend.ParseComplete, Backend.BindComplete]) playing.answer(tag)
  expect(isDisplaced(query, { C: '34000', R: 'exec_execute_message' })).toBe(true)
  playing.answer(Backend.RowDescription)
  expect(isDisplaced(query, { C: '34000', R: 'exec_execute_message' })).toBe(false)
})
