import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hoopCode } from '../../../../src/wire/hoop-code.js'
import { type FreshDatabase, freshDatabase } from '../../../helpers/database.js'
import { guardOf } from '../policy.js'
import { relayServer, type RelayServer } from '../relay-server.js'
import { ways } from '../every-way/ways.js'
import { errorsIn, type Message, rowsIn, send, types, valuesOf, WireClient } from '../wire-client.js'

const masks = [{ columns: ['public.people.ssn', 'public.people.pay'] }]
const tables = `
  CREATE DOMAIN word AS text CHECK (length(VALUE) > 3);
  CREATE TABLE people (id int PRIMARY KEY, ssn text, pay numeric);
  INSERT INTO people VALUES (1, '078-05-1120', 4711.5), (2, '219-09-9999', 815);
  CREATE VIEW pays AS SELECT id, pay * 12 AS yearly FROM people`

let database: FreshDatabase
let server: RelayServer
const serve = async (policy: object, clear = false) =>
  relayServer({ url: database.url, guard: await guardOf(database.url, { masks, ...policy }, clear) })

beforeAll(async () => {
  database = await freshDatabase()
  await (await database.client()).query(tables)
  server = await serve({})
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const noticesIn = (messages: readonly Message[]) =>
  errorsIn(messages.filter(({ type }) => type === 'N').map(({ body }) => ({ type: 'E', body })))
const hiddenIn = (messages: readonly Message[]) =>
  noticesIn(messages).filter((fields) => hoopCode(fields) === 'COLUMNS_HIDDEN')

const login = () => WireClient.login(server.port)

const one = async (text: string) => {
  const client = await login()
  const answer = await client.ask(send.query(text))
  await client.end()
  return answer
}

const possible = Object.entries(ways).flatMap(([origin, runs]) =>
  Object.entries(runs).flatMap(([run, way]) => (typeof way === 'string' ? [] : [[`${origin} × ${run}`, way] as const])),
)

describe.for(possible)('%s', ([name, way]) => {
  test('what is computed comes out as NULL, and one notice says so however often it runs', async () => {
    const text = `SELECT sum(pay), count(*) FILTER (WHERE pay > 1000) AS rich, min(ssn) AS least FROM people`
    const client = await login()
    const answers: Message[] = []
    for (const frames of way.before(text)) answers.push(...(await client.ask(...frames)))
    client.write(...way.run(text))
    answers.push(...(await client.until(way.ready ?? 1)))
    const copied = answers.filter(({ type }) => type === 'd').map(({ body }) => body.toString())
    const rows = rowsIn(answers).filter((row) => row.length > 1)
    expect(copied.length > 0 ? copied : rows).toEqual(
      name.startsWith('COPY') ? ['\\N\t\\N\t\\N\n'] : [[null, null, '********']],
    )
    expect(hiddenIn(answers).map(({ M }) => M)).toEqual([
      'hoop: hidden, since they are computed from masked columns: sum, rich (public.people.pay); least (public.people.ssn)',
    ])
    await client.end()
  })
})

test.for<[string, (string | null)[]]>([
  ['ssn = $$x$$, ssn IS NULL, pay > 5, NOT (pay > 5), length(ssn)', [null, 'f', null, null, null]],
  ['upper(ssn), ssn::name, ssn::word, ssn::varchar', Array(4).fill('********')],
  ['ARRAY[ssn], ssn::bytea, row_to_json(p), to_jsonb(p), xmlforest(ssn)', [null, null, null, null, null]],
  ['p, ROW(p.*), ROW(id, ssn), (p).pay + 1, int4range(0, pay::int)', [null, null, null, null, null]],
  [
    'pay::text, (SELECT max(pay) FROM people), coalesce(pay, 0), nullif(pay, 1), id',
    ['********', null, null, null, '1'],
  ],
])('SELECT %s', async ([list, expected]) => {
  const [row] = rowsIn(await one(`SELECT ${list} FROM people p ORDER BY id LIMIT 1`))
  expect(row).toEqual(expected)
})

test('text of a bounded type keeps within its bounds', async () => {
  const [row] = rowsIn(await one('SELECT ssn::varchar(3), ssn::char(10) FROM people LIMIT 1'))
  expect(row).toEqual(['***', '********  '])
})

test('in binary results, too', async () => {
  const client = await login()
  const text = 'SELECT sum(pay), bool_or(pay > 5), max(ssn), array_agg(pay), id FROM people GROUP BY id ORDER BY id'
  const answer = await client.ask(send.parse(text), send.bind([], { results: [1] }), send.execute(), send.sync())
  const row = answer.filter(({ type }) => type === 'D').map(({ body }) => valuesOf(body))[0]
  expect(row).toEqual([null, null, Buffer.from('********'), null, Buffer.from([0, 0, 0, 1])])
  await client.end()
})

test('NULL is told from no other value of a computed column', async () => {
  const client = await login()
  await client.ask(send.query('INSERT INTO people VALUES (3, NULL, NULL)'))
  const rows = rowsIn(await client.ask(send.query('SELECT upper(ssn), pay + 1 FROM people ORDER BY id')))
  expect(rows).toEqual(Array(3).fill(['********', null]))
  await client.ask(send.query('DELETE FROM people WHERE id = 3'))
  await client.end()
})

test.for<[text: string, names: string]>([
  ['UPDATE people SET id = id RETURNING pay * 2 AS twice', 'twice (public.people.pay)'],
  ['SELECT pay FROM people UNION ALL SELECT 1', 'pay (public.people.pay)'],
  ['SELECT yearly FROM pays', 'yearly (public.people.pay)'],
  ['WITH x AS (SELECT avg(pay) a FROM people) SELECT a FROM x', 'a (public.people.pay)'],
  [
    'COPY (SELECT id, pay + 1, ssn || $$x$$ AS s FROM people) TO STDOUT',
    'column 2 (public.people.pay); s (public.people.ssn)',
  ],
  ['SELECT pay || ssn AS "a\nNOTICE: b" FROM people', 'a?NOTICE: b (public.people.pay, public.people.ssn)'],
])('%s: the notice names %s', async ([text, names]) => {
  expect(hiddenIn(await one(text)).map(({ M }) => M)).toEqual([expect.stringContaining(`columns: ${names}`)])
})

test('the notice comes before the rows, once for each text of a session', async () => {
  const client = await login()
  const twice = 'SELECT pay + 1 FROM people'
  expect(types(await client.ask(send.query(twice)))).toBe('NTDDCZ')
  expect(types(await client.ask(send.query(twice)))).toBe('TDDCZ')
  expect(types(await client.ask(send.query('SELECT pay + 2 FROM people')))).toBe('NTDDCZ')
  const extended = [send.parse(twice), send.bind(), send.describe(), send.execute(), send.sync()]
  expect(types(await client.ask(...extended))).toBe('12TDDCZ')
  await client.end()
  const other = await login()
  expect(types(await other.ask(...extended))).toBe('12NTDDCZ')
  await other.end()
})

test('a cursor that is read piece by piece is spoken of once', async () => {
  const client = await login()
  await client.ask(send.query('BEGIN'))
  await client.ask(send.query('DECLARE c CURSOR FOR SELECT pay + 1 AS more FROM people'))
  const answers = [
    ...(await client.ask(send.query('FETCH 1 FROM c'))),
    ...(await client.ask(send.query('FETCH NEXT FROM c'))),
  ]
  expect([rowsIn(answers), hiddenIn(answers).length]).toEqual([[[null], [null]], 1])
  await client.end()
})

test('a masked column as it is, and what is clean, are not spoken of', async () => {
  expect(noticesIn(await one('SELECT id, ssn, pay, count(*) FROM people GROUP BY 1, 2, 3'))).toEqual([])
})

test('who sees clear values is told nothing, and gets the sum', async () => {
  await using open = await serve({ derived: 'refuse' }, true)
  const client = await WireClient.login(open.port)
  const answer = await client.ask(send.query('SELECT sum(pay) FROM people'))
  expect([rowsIn(answer), noticesIn(answer)]).toEqual([[['5526.5']], []])
  await client.end()
})

describe('derived: refuse', () => {
  let strict: RelayServer
  beforeAll(async () => void (strict = await serve({ derived: 'refuse' })))
  afterAll(() => strict[Symbol.asyncDispose]())

  test.for(possible)('%s: refused, and nothing comes out', async ([, way]) => {
    const text = 'SELECT pay + 1 FROM people'
    const client = await WireClient.login(strict.port)
    const answers: Message[] = []
    for (const frames of way.before(text)) answers.push(...(await client.ask(...frames)))
    client.write(...way.run(text))
    answers.push(...(await client.until(way.ready ?? 1)))
    expect(errorsIn(answers).some((fields) => hoopCode(fields) === 'COLUMN_DERIVED')).toBe(true)
    expect(answers.some(({ type, body }) => type === 'd' || (type === 'D' && !body.includes('1')))).toBe(false)
    await client.end()
  })

  test('the refusal names the masked columns and says what to do', async () => {
    const client = await WireClient.login(strict.port)
    const [error] = errorsIn(await client.ask(send.query('SELECT sum(pay), pay || ssn FROM people')))
    expect(error).toMatchObject({
      C: '42501',
      M: 'hoop: an output column is computed from masked columns, which the policy refuses: public.people.pay, public.people.ssn',
      H: expect.stringContaining('as they are') as string,
    })
    await client.end()
  })

  test('masked columns as they are, and conditions, are answered', async () => {
    const client = await WireClient.login(strict.port)
    const text = "SELECT id, ssn, pay, count(*) FROM people WHERE ssn = '078-05-1120' GROUP BY 1, 2, 3"
    expect(rowsIn(await client.ask(send.query(text)))).toEqual([['1', '********', '0', '1']])
    await client.end()
  })
})
