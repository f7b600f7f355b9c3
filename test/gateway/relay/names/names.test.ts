import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../../helpers/database.js'
import { guardOf } from '../policy.js'
import { relayServer, type RelayServerOptions } from '../relay-server.js'
import { errorsIn, send, states, types, WireClient } from '../wire-client.js'

let database: FreshDatabase

beforeAll(async () => {
  database = await freshDatabase()
  await (await database.client()).query('CREATE TABLE docs (id int); INSERT INTO docs SELECT generate_series(1, 9)')
})

afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

const serve = async (names: RelayServerOptions['names'], guarded = true) =>
  relayServer({
    url: database.url,
    ...(names && { names }),
    ...(guarded && {
      guard: await guardOf(database.url, { rules: [{ name: 'x', when: { reads: ['public.x'] }, do: 'block' }] }),
    }),
  })

const full = { C: '53400', R: 'hoop/NAMES_EXHAUSTED' }

const ways: readonly (readonly [string, (name: string) => readonly Buffer[]])[] = [
  ['Parse', (name) => [send.parse('SELECT 1', name), send.sync()]],
  ['Bind', (name) => [send.parse('SELECT 1'), send.bind([], { portal: name }), send.sync()]],
  ['PREPARE', (name) => [send.query(`PREPARE ${name} AS SELECT 1`)]],
  ['DECLARE', (name) => [send.query(`DECLARE ${name} CURSOR FOR SELECT 1`)]],
  [
    'PREPARE by the extended query',
    (name) => [send.parse(`PREPARE ${name} AS SELECT 1`), send.bind(), send.execute(), send.sync()],
  ],
]

test.for(ways)('one name too many by %s is refused by name, and the session goes on', async ([, frames]) => {
  await using server = await serve({ count: 5, bytes: 1 << 20 })
  const client = await WireClient.login(server.port)
  await client.ask(send.query('BEGIN'))
  for (let n = 0; n < 5; n++) expect(errorsIn(await client.ask(...frames(`n${n}`))), `name ${n}`).toEqual([])
  const refused = await client.ask(...frames('n5'))
  expect(errorsIn(refused)).toMatchObject([full])
  expect(states(refused)).toBe('E')
  expect(types(await client.ask(send.query('ROLLBACK')))).toBe('CZ')
  expect(types(await client.ask(send.query('SELECT 1')))).toBe('TDCZ')
  await client.end()
})

const endings: readonly (readonly [string, (name: string) => readonly Buffer[]])[] = [
  ['Close', (name) => [send.close('S', name), send.sync()]],
  ['DEALLOCATE', (name) => [send.query(`DEALLOCATE ${name}`)]],
  ['DEALLOCATE ALL', () => [send.query('DEALLOCATE ALL')]],
  ['DISCARD ALL', () => [send.query('DISCARD ALL')]],
]

const guardedOrNot = [true, false].flatMap((guarded) => endings.map(([name, end]) => [name, guarded, end] as const))

test.for(guardedOrNot)(
  '%s ends a name (guarded: %s), so that 5,000 of them leave nothing behind',
  async ([, guarded, end]) => {
    await using server = await serve({ count: 200, bytes: 1 << 20 }, guarded)
    const client = await WireClient.login(server.port)
    const before = server.budget.held
    for (let round = 0; round < 50; round++) {
      client.write(
        ...Array.from({ length: 100 }, (_, n) => [
          send.parse('SELECT 1', `p${n}`),
          send.sync(),
          ...end(`p${n}`),
        ]).flat(),
      )
      expect(errorsIn(await client.until(200))).toEqual([])
    }
    expect(server.budget.held).toBe(before)
    await client.end()
  },
)

test('cursors and portals end with their transaction, those WITH HOLD by CLOSE', async () => {
  await using server = await serve({ count: 2, bytes: 1 << 20 })
  const client = await WireClient.login(server.port)
  const before = server.budget.held
  for (let n = 0; n < 20; n++) {
    await client.ask(send.query(`BEGIN; DECLARE c${n} CURSOR FOR SELECT 1`))
    await client.ask(send.parse('SELECT 1'), send.bind([], { portal: `p${n}` }), send.sync())
    expect(errorsIn(await client.ask(send.query('COMMIT')))).toEqual([])
  }
  for (let n = 0; n < 20; n++) {
    expect(errorsIn(await client.ask(send.query(`DECLARE h${n} CURSOR WITH HOLD FOR SELECT 1`)))).toEqual([])
    expect(types(await client.ask(send.query(`FETCH ALL FROM h${n}`)))).toBe('TDCZ')
    await client.ask(send.query(`CLOSE h${n}`))
  }
  await client.ask(send.query('DISCARD ALL'))
  expect(server.budget.held).toBeLessThanOrEqual(before + 512)
  await client.end()
})

test.for([true, false])('2,000 portals of 100 KB are refused by name beyond 32 MB (guarded: %s)', async (guarded) => {
  await using server = await serve(undefined, guarded)
  const client = await WireClient.login(server.port)
  await client.ask(send.query('BEGIN'))
  const text = `SELECT 1 -- ${'x'.repeat(100_000)}`
  let refused: ReturnType<typeof errorsIn> = []
  let opened = 0
  for (; opened < 2000 && refused.length === 0; opened++)
    refused = errorsIn(await client.ask(send.parse(text), send.bind([], { portal: `p${opened}` }), send.sync()))
  expect(refused).toMatchObject([full])
  expect(opened).toBeLessThan(340)
  expect(server.budget.held).toBeLessThanOrEqual(34 << 20)
  await client.end()
  await server.registry.idle()
  expect(server.budget.held).toBe(0)
})

test('100,000 Parse of one name leave one meaning', async () => {
  await using server = await serve({ count: 10, bytes: 1 << 20 })
  const client = await WireClient.login(server.port)
  for (let round = 0; round < 100; round++) {
    const frames = Array.from({ length: 1000 }, () => [send.close('S', 'p'), send.parse('SELECT 1', 'p')]).flat()
    // A name that is asked for again and again counts until it is answered: in pieces that fit.
    for (let at = 0; at < frames.length; at += 10) client.write(...frames.slice(at, at + 10), send.sync())
    expect(errorsIn(await client.until(200)).filter(({ C }) => C !== '53400')).toEqual([])
  }
  await client.ask(send.close('S', 'p'), send.sync())
  expect(server.budget.held).toBeLessThan(2048)
  await client.end()
})
