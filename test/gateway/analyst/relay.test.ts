import { connect } from 'node:net'
import type { Client } from 'pg'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ThreadAnalyst } from '../../../src/gateway/analyst/analyst.js'
import { AnalystMetrics } from '../../../src/gateway/metrics/analyst-metrics.js'
import { HoopError } from '../../../src/lib/errors.js'
import type { Analyst } from '../../../src/policy/texts/text-facts.js'
import { cancelRequest, startupMessage } from '../../../src/wire/startup.js'
import { freshDatabase } from '../../helpers/database.js'
import { guardOf } from '../relay/policy.js'
import { relayServer } from '../relay/relay-server.js'
import { errorsIn, type Message, rowsIn, send, states, types, WireClient } from '../relay/wire-client.js'

const policy = {
  masks: [{ columns: ['public.customers.ssn'], with: 'redact' }],
  rules: [{ name: 'no-drop', when: { statement: ['drop'] }, do: 'block' }],
}

const limits = { time: 60_000, waiting: 100, bytes: 1e9 }
const threadOf = (more = {}): ThreadAnalyst =>
  new ThreadAnalyst({ limits: { ...limits, ...more }, metrics: new AnalystMetrics(), log: pino({ enabled: false }) })

/** A thread whose work begins when somebody lets it. */
class Held implements Analyst {
  readonly thread = threadOf()
  #open = Promise.resolve()
  #let = (): void => undefined
  #asked = Promise.withResolvers<AbortSignal | undefined>()
  reads = 0

  hold(): void {
    this.#open = new Promise((resolve) => (this.#let = resolve))
    this.#asked = Promise.withResolvers()
  }

  /** Resolves when something waits for it: with what says that nobody does any more. */
  get asked(): Promise<AbortSignal | undefined> {
    return this.#asked.promise
  }

  go(): void {
    this.#let()
  }

  async read(...[basis, text, person, signal]: Parameters<Analyst['read']>) {
    this.reads++
    this.#asked.resolve(signal)
    await this.#open
    signal?.throwIfAborted()
    return this.thread.read(basis, text, person, signal)
  }
}

const held = new Held()
let database: Awaited<ReturnType<typeof freshDatabase>>
let dba: Client
let server: Awaited<ReturnType<typeof relayServer>>
let one: WireClient
let other: WireClient

beforeAll(async () => {
  database = await freshDatabase()
  dba = await database.client()
  await dba.query(
    `CREATE TABLE customers (id int, name text, ssn text); INSERT INTO customers VALUES (1, 'ada', 'CANARY')`,
  )
  await dba.query('CREATE VIEW v AS SELECT id, name AS x FROM customers')
  server = await relayServer({ url: database.url, guard: await guardOf(database.url, policy, false, held) })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await held.thread[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
beforeEach(async () => {
  ;[one, other] = await Promise.all([WireClient.login(server.port), WireClient.login(server.port)])
})
afterEach(() => {
  held.go()
  for (const each of [one, other]) each.socket.destroy()
})

/** Over what is read on the event loop. No two are the same, so that none is known. */
let texts = 0
const long = (text: string, bytes = 66_000): string => `${text} /* ${++texts} ${'-'.repeat(bytes)} */`
const said = (all: readonly Message[]): string => all.map(({ body }) => body.toString('latin1')).join('')
const select = 'SELECT id, ssn FROM customers'

test('a text of 5 MB is masked, and others go on while it is read', async () => {
  const none = Array.from({ length: 30_000 }, (_, at) => -at - 1).join(', ')
  one.write(send.query(long(`${select} WHERE id NOT IN (${none})`, 4e6)))
  for (let asked = 0; asked < 30; asked++)
    expect(rowsIn(await other.ask(send.query('SELECT id FROM customers')))).toEqual([['1']])
  expect(one.messages).toEqual([])
  const answer = await one.until(1)
  expect(rowsIn(answer)).toEqual([['1', '********']])
})

test('of hundreds of statements in one text each has its answer, in their order', async () => {
  const text = Array.from({ length: 500 }, (_, at) => `SELECT ${at}, ssn FROM customers WHERE id = 1`).join(';')
  one.write(send.query(text))
  for (let asked = 0; asked < 10; asked++) await other.ask(send.query('SELECT id FROM customers'))
  const rows = rowsIn(await one.until(1))
  expect(rows.map(([number]) => Number(number))).toEqual(Array.from({ length: 500 }, (_, at) => at))
  expect(new Set(rows.map(([, ssn]) => ssn))).toEqual(new Set(['********']))
})

test('what is sent before and behind a long text is answered before and behind it', async () => {
  held.hold()
  const text = long(select)
  one.write(send.query("SELECT 'before'"), send.parse(text), send.bind(), send.execute(), send.parse("SELECT 'behind'"))
  one.write(send.bind(), send.execute(), send.sync(), send.query(long("SELECT 'last'")))
  await held.asked
  expect(rowsIn(await one.until(1))).toEqual([['before']])
  expect(one.messages).toEqual([])
  expect(rowsIn(await other.ask(send.query(select)))).toEqual([['1', '********']])
  held.go()
  const answer = await one.until(2)
  expect(types(answer)).toBe('12DC12DCZTDCZ')
  expect(rowsIn(answer)).toEqual([['1', '********'], ['behind'], ['last']])
})

test('a long text in a transaction keeps it, and a refused one fails it', async () => {
  await one.ask(send.query('BEGIN'))
  expect(rowsIn(await one.ask(send.query(long(select))))).toEqual([['1', '********']])
  const refused = await one.ask(send.query(long('DROP TABLE customers')))
  expect(errorsIn(refused)).toMatchObject([{ C: '42501', R: 'hoop/STATEMENT_BLOCKED' }])
  expect(states(refused)).toBe('E')
  expect(states(await one.ask(send.query('ROLLBACK')))).toBe('I')
})

test('a mistake in a long text is told by the server, with its position', async () => {
  const text = long('SELECT id, nam FROM customers')
  expect(errorsIn(await one.ask(send.query(text)))).toMatchObject([{ C: '42703', P: '12' }])
})

test('what a long text was prepared as is read again where the catalog has changed since', async () => {
  await one.ask(send.parse(long('SELECT x FROM v'), 'long'), send.sync())
  const run = [send.bind([], { name: 'long' }), send.execute(), send.sync()]
  expect(rowsIn(await one.ask(...run))).toEqual([['ada']])
  const reads = held.reads
  expect(rowsIn(await one.ask(...run))).toEqual([['ada']])
  expect(held.reads).toBe(reads)
  await dba.query('CREATE OR REPLACE VIEW v AS SELECT id, ssn AS x FROM customers')
  expect(rowsIn(await one.ask(...run))).toEqual([['********']])
  expect(held.reads).toBeGreaterThan(reads)
  expect(said(await one.ask(send.query('EXECUTE long')))).toContain('********')
  await dba.query('CREATE OR REPLACE VIEW v AS SELECT id, name AS x FROM customers')
  expect(rowsIn(await one.ask(send.query('EXECUTE long')))).toEqual([['ada']])
})

test('what changes while a text is read is seen before it runs', async () => {
  held.hold()
  one.write(send.query(long('SELECT x FROM v')))
  await held.asked
  await dba.query('CREATE OR REPLACE VIEW v AS SELECT id, ssn AS x FROM customers')
  held.go()
  const answer = await one.until(1)
  expect(said(answer)).not.toContain('CANARY')
  expect(rowsIn(answer)).toEqual([['********']])
  await dba.query('CREATE OR REPLACE VIEW v AS SELECT id, name AS x FROM customers')
})

const cancel = async (greeting: readonly Message[]): Promise<void> => {
  const key = greeting.find(({ type }) => type === 'K')!.body
  connect({ host: '127.0.0.1', port: server.port }).end(cancelRequest(key.readInt32BE(0), key.subarray(4)))
}

test('who cancels is told at once, and the session goes on', async () => {
  const client = await WireClient.open(server.port)
  client.write(startupMessage([['user', 'x']]))
  const greeting = await client.until(1)
  held.hold()
  client.write(send.query(long(select)), send.query("SELECT 'behind'"))
  const signal = await held.asked
  await cancel(greeting)
  const answer = await client.until(2)
  expect(errorsIn(answer)).toMatchObject([{ C: '57014', R: 'hoop/ANALYSIS_WITHDRAWN' }])
  expect(rowsIn(answer)).toEqual([['behind']])
  expect(signal?.aborted).toBe(true)
  await client.end()
})

test('who takes leave, goes away or is sent away meanwhile leaves nothing behind', async () => {
  const leaves: ((client: WireClient) => void)[] = [
    (client) => client.write(send.terminate()),
    (client) => client.socket.destroy(),
    (client) => client.socket.end(),
    () => void server.registry.end(() => true, { error: new HoopError('SESSION_KILLED', 'stolen'), end: 'killed' }),
  ]
  other.socket.destroy()
  for (const leave of leaves) {
    const client = await WireClient.login(server.port)
    held.hold()
    client.write(send.query(long(select)))
    const signal = await held.asked
    leave(client)
    await new Promise((resolve) => (signal!.aborted ? resolve(undefined) : signal!.addEventListener('abort', resolve)))
    held.go()
    client.socket.destroy()
  }
  one.socket.destroy()
  await server.registry.idle()
  expect(server.budget.held).toBe(0)
})

test('a text that takes too long is refused with a reason, and its session and others go on', async () => {
  await using thread = threadOf({ time: 1_000 })
  await using late = await relayServer({ url: database.url, guard: await guardOf(database.url, policy, false, thread) })
  const client = await WireClient.login(late.port)
  const columns = (from: number): string =>
    Array.from({ length: 50_000 }, (_, at) => `id + ${at} AS c${from + at}`).join()
  const hard = Array.from({ length: 8 }, (_, at) => `SELECT ${columns(at)} FROM customers`).join(';')
  const answer = await client.ask(send.query(hard))
  expect(errorsIn(answer)).toMatchObject([{ C: '54001', R: 'hoop/ANALYSIS_LATE' }])
  expect(rowsIn(await client.ask(send.query(select)))).toEqual([['1', '********']])
  expect(errorsIn(await client.ask(send.parse(hard), send.sync()))).toMatchObject([{ R: 'hoop/ANALYSIS_LATE' }])
  await client.end()
})

test('two policies have the same thread, and each decides by its own', async () => {
  const strict = { ...policy, rules: [{ name: 'no-select', when: { statement: ['select'] }, do: 'block' }] }
  await using second = await relayServer({ url: database.url, guard: await guardOf(database.url, strict, false, held) })
  const client = await WireClient.login(second.port)
  held.hold()
  const text = long(select)
  one.write(send.query(text))
  client.write(send.query(text))
  await held.asked
  held.go()
  expect(rowsIn(await one.until(1))).toEqual([['1', '********']])
  expect(errorsIn(await client.until(1))).toMatchObject([{ R: 'hoop/STATEMENT_BLOCKED' }])
  await client.end()
})

test('a short statement that takes long is read in the thread too, and others are not', async () => {
  const list = Array.from({ length: 1_500 }, (_, at) => at + 1).join()
  const nested = Array.from({ length: 150 }).reduce<string>(
    (inside) => `CASE WHEN $1 THEN ${inside} ELSE false END`,
    `concat(${list})::bool`,
  )
  const text = `DELETE FROM customers WHERE ${nested}`
  expect(text.length).toBeLessThan(16_384)
  const reads = held.reads
  await other.ask(send.query(select))
  expect(held.reads).toBe(reads)
  // The server has a word about so many arguments, once it gets to see them.
  expect(errorsIn(await one.ask(send.parse(text), send.sync()))).toMatchObject([{ C: '54023' }])
  expect(held.reads).toBe(reads + 1)
})
