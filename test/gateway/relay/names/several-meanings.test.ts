import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { budgets as budgetsSection } from '../../../../src/policy/config/policy/budgets.js'
import { type FreshDatabase, freshDatabase } from '../../../helpers/database.js'
import { approvalStage } from '../../approvals/stage.js'
import { guardOf } from '../policy.js'
import { relayServer } from '../relay-server.js'
import { errorsIn, type Message, send, types as allTypes, WireClient } from '../wire-client.js'

const secret = 'ada@hidden'

let database: FreshDatabase

beforeAll(async () => {
  database = await freshDatabase()
  await (
    await database.client()
  ).query(
    `CREATE TABLE people (id int, mail text); INSERT INTO people VALUES (1, '${secret}');
     CREATE TABLE docs (id int); INSERT INTO docs SELECT generate_series(1, 9); ANALYZE docs;
     CREATE TABLE papers (id int)`,
  )
})

afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

afterEach(() => void vi.useRealTimers())

const masks = [{ columns: ['public.people.mail'], with: 'redact' }]
const hidden = "SELECT lower(mail) || '' AS m FROM people"
const open = "SELECT 'x' || id AS m FROM people"

const serve = async (policy: object) => relayServer({ url: database.url, guard: await guardOf(database.url, policy) })

const run = (name: string) => [send.bind([], { name }), send.execute(), send.sync()]

/** Of what was computed from masked columns a NOTICE tells beside. */
const types = (messages: readonly Message[]): string => allTypes(messages).replaceAll('N', '')

const shown = (messages: readonly Message[]): string => Buffer.concat(messages.map(({ body }) => body)).toString()

/** A Parse that the server skips, and one of the same name behind it that it takes: neither is answered yet. */
const skipped = (name: string, not: string, but: string) => [
  ...[send.parse('nonsense'), send.parse(not, name), send.sync()],
  ...[send.parse(but, name), send.sync()],
]

test.for([
  ['PREPARE', (query: string) => `PREPARE x AS ${query}`, 'EXECUTE x'],
  ['DECLARE', (query: string) => `DECLARE x CURSOR WITH HOLD FOR ${query}`, 'FETCH ALL FROM x'],
] as const)('%s under a name that is not answered yet gives its own masks', async ([, naming, read]) => {
  await using server = await serve({ masks })
  const client = await WireClient.login(server.port)
  client.write(...skipped('p', naming(open), naming(hidden)), ...run('p'))
  expect(errorsIn(await client.until(3))).toMatchObject([{ C: '42601' }])
  const answer = await client.ask(send.query(read))
  expect(types(answer)).toBe('TDCZ')
  expect(shown(answer)).not.toContain(secret)
  await client.end()
})

test('what SQL gives a name to is not taken for another statement’s while none is answered', async () => {
  await using server = await serve({ masks })
  const client = await WireClient.login(server.port)
  client.write(
    ...skipped('p', `PREPARE x AS ${open}`, `PREPARE x AS ${hidden}`),
    ...[...run('p'), send.query('EXECUTE x'), ...run('x')],
  )
  const answer = await client.until(5)
  expect(types(answer)).toBe('EZ1Z2CZTDCZ2DCZ')
  expect(shown(answer)).not.toContain(secret)
  await client.end()
})

test.for([
  ['EXECUTE', 'night'],
  ['EXECUTE of EXECUTE', 'twice'],
  ['EXECUTE of EXECUTE of EXECUTE', 'thrice'],
] as const)('%s is blocked after hours as what it runs in the end is', async ([, name]) => {
  const rules = [{ name: 'at-night', when: { reads: ['public.docs'], outside: { from: '08:00', to: '18:00' } } }]
  await using server = await serve({ rules: rules.map((rule) => ({ ...rule, do: 'block' })) })
  const client = await WireClient.login(server.port)
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime('2026-11-25T12:00:00Z')
  await client.ask(send.query('PREPARE night AS SELECT id FROM docs LIMIT 1'))
  await client.ask(send.parse('EXECUTE night', 'twice'), send.parse('EXECUTE twice', 'thrice'), send.sync())
  for (const by of [[send.query(`EXECUTE ${name}`)], run(name)])
    expect(types(await client.ask(...by))).toMatch(/^[T2]DCZ$/)
  vi.setSystemTime('2026-11-25T20:00:00Z')
  for (const by of [[send.query(`EXECUTE ${name}`)], run(name)])
    expect(errorsIn(await client.ask(...by))).toMatchObject([{ C: '42501', D: 'The rule is at-night.' }])
  await client.end()
})

test.for([
  ['gives a name', 'DECLARE c CURSOR WITH HOLD FOR SELECT 1'],
  ['ends one', 'CLOSE c'],
] as const)('EXECUTE of what %s is refused', async ([, text]) => {
  await using server = await serve({ masks })
  const client = await WireClient.login(server.port)
  await client.ask(send.query(`DECLARE c CURSOR WITH HOLD FOR ${open}`))
  await client.ask(send.parse(text, 'p'), send.parse(`DECLARE c CURSOR WITH HOLD FOR ${hidden}`, 'd'), send.sync())
  for (const name of ['p', 'd'])
    expect(errorsIn(await client.ask(send.query(`EXECUTE ${name}`)))).toMatchObject([
      { C: '42501', M: expect.stringContaining('gives or ends a name') as string },
    ])
  expect(shown(await client.ask(send.query('FETCH ALL FROM c')))).toContain('x1')
  await client.end()
})

test('the planner is asked about the statement that a name turns out to mean', async () => {
  await using server = await serve({ rules: [{ name: 'many', when: { rows_over: 5 }, do: 'block' }] })
  const client = await WireClient.login(server.port)
  client.write(...skipped('p', 'SELECT id FROM docs LIMIT 1', 'SELECT id FROM docs'), ...run('p'))
  expect(errorsIn(await client.until(3))).toMatchObject([{ C: '42601' }, { C: '42501', D: 'The rule is many.' }])
  await client.end()
})

/** A name that is taken, and a Parse that fails since it is: what runs is the older one. */
const taken = (text: string, not: string) => ({
  before: [send.parse(text, 'p'), send.sync()],
  then: [send.parse(not, 'p'), send.sync(), ...run('p')],
})

test('an approval is asked for what a name turns out to mean', async () => {
  const rules = [{ name: 'ask', when: { reads: ['public.docs'] }, do: 'approve', approvers: { groups: ['dba'] } }]
  await using stage = await approvalStage({
    tables: 'CREATE TABLE docs (id int)',
    guardOf: (url) => guardOf(url, { rules }),
  })
  const client = await WireClient.login(stage.relay.port)
  const { before, then } = taken('SELECT id FROM docs', 'SELECT id FROM docs LIMIT 1')
  await client.ask(...before)
  client.write(...then)
  const [request] = await stage.open()
  expect(request).toMatchObject({ text: 'SELECT id FROM docs' })
  await stage.approve(request!.id)
  expect(errorsIn(await client.until(2))).toMatchObject([{ C: '42P05' }])
  await client.end()
})

test('a raise is not for another statement that a name might have meant', async () => {
  const asking = { on_exceed: 'approve', approvers: { groups: ['dba'] }, raised: { rows: 50 } }
  await using stage = await approvalStage({
    budgets: budgetsSection.parse({ statement: { rows: 10, ...asking } }),
    guardOf: (url) => guardOf(url, {}),
  })
  const client = await WireClient.login(stage.relay.port)
  const [small, large] = ['SELECT generate_series(1, 20)', 'SELECT generate_series(1, 40)']
  const direct = [send.parse(small), ...run('')]
  await client.ask(...direct)
  client.write(...direct)
  await stage.approve((await stage.open())[0]!.id)
  expect(errorsIn(await client.until(1))).toEqual([])
  const { before, then } = taken(large, small)
  await client.ask(...before)
  client.write(...then)
  const answer = await client.until(2)
  expect(errorsIn(answer)).toMatchObject([{ C: '42P05' }, { C: '53400' }])
  expect(types(answer).split('D').length - 1).toBeLessThanOrEqual(10)
  await client.end()
})

test('a portal that is bound anew while the last is not answered goes on as what it is', async () => {
  await using server = await serve({ masks })
  const client = await WireClient.login(server.port)
  await client.ask(send.query('BEGIN'))
  client.write(
    ...[send.parse(open), send.bind([], { portal: 'q' }), send.sync()],
    ...[send.close('P', 'q'), send.parse(hidden), send.bind([], { portal: 'q' }), send.sync()],
    ...[send.execute('q', 1), send.sync(), send.query('FETCH ALL FROM q')],
  )
  const answer = await client.until(4)
  expect(types(answer)).toBe('12Z312ZDsZTCZ')
  expect(shown(answer)).not.toContain(secret)
  await client.end()
})

test('a portal that SQL declares behind a Close, in one pipeline, is known by then', async () => {
  await using server = await serve({ masks })
  const client = await WireClient.login(server.port)
  await client.ask(send.query('BEGIN'))
  client.write(
    ...[send.parse(`DECLARE q CURSOR FOR ${hidden}`, 'd'), send.bind([], { name: 'd', portal: 'd' })],
    ...[send.parse('CLOSE q', 'c'), send.bind([], { name: 'c', portal: 'c' })],
    ...[send.parse(open), send.bind([], { portal: 'q' })],
    ...[send.execute('c'), send.execute('d'), send.execute('q'), send.sync()],
  )
  const answer = await client.until(1)
  expect(types(answer)).toBe('121212CCDCZ')
  expect(shown(answer)).not.toContain(secret)
  await client.end()
})
