import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { guardOf } from './policy.js'
import { relayServer, type RelayServer } from './relay-server.js'
import { errorsIn, rowsIn, send, states, types, WireClient, type Message } from './wire-client.js'

const seed = `
  CREATE TABLE customers (id int, name text, ssn text);
  CREATE TABLE orders (id int, customer_id int);
  INSERT INTO customers VALUES (1, 'ada', '842-61-9751');
  CREATE FUNCTION holds(int) RETURNS bool LANGUAGE plpgsql AS $$
    DECLARE found text; BEGIN
      SELECT ssn INTO found FROM customers;
      RAISE NOTICE 'a notice of %', found;
      RAISE EXCEPTION 'an error of %', found USING ERRCODE = '42703';
    END $$;
  CREATE DOMAIN checked AS int CHECK (holds(VALUE));`

let database: FreshDatabase
let sides: readonly RelayServer[]
let direct: WireClient
let masked: WireClient

beforeAll(async () => {
  database = await freshDatabase()
  await (await database.client()).query(seed)
  const masks = [{ columns: ['public.customers.ssn'], with: 'redact' }]
  const guard = await guardOf(database.url, { masks, predicates: { default: 'deny' } })
  sides = [await relayServer({ url: database.url }), await relayServer({ url: database.url, guard })]
  direct = await WireClient.login(sides[0]!.port)
  masked = await WireClient.login(sides[1]!.port)
})

afterAll(async () => {
  for (const client of [direct, masked]) await client.end()
  for (const side of sides) await side[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

/** Statements that the server rejects by themselves. */
const queries = [
  'SELECT nme FROM customers',
  'SELECT c.nme FROM customers c JOIN orders o ON o.customer_id = c.id',
  'SELECT nosuch(1), id FROM customers',
  'SELECT id FROM customers ORDER BY nme',
  'SELECT id::nosuch FROM customers',
  'SELECT id + true FROM customers',
  'SELECT id FROM customers c JOIN orders o ON o.customer_id = c.id',
  'SELECT name, max(ssn) FROM customers',
  'SELECT c.* FROM customers',
  'SELECT d.* FROM customers',
  'SELECT id FROM customers WHERE ssn > 5',
  'SELECT id FROM custmers WHERE nme = 1',
  'SELECT c.nme, o.* FROM customers c JOIN ordrs o ON true',
  'SELECT (SELECT x.y FROM nosuch x), ssn FROM customers WHERE ssn LIKE 1',
  'SELECT id FROM nosuch.customers, customers c WHERE c.nme = 1',
  `SELECT nme FROM customers WHERE name = 'ä€😀' AND nosuch(1)`,
  `SELECT ssn LIKE 'x', 'x'::int FROM customers`,
  `SELECT ssn LIKE 'x', 99999999999::int, '99999999999'::int FROM customers`,
  `WITH q AS (SELECT nme FROM customers) SELECT * FROM q`,
  'SELECT ssn FROM customers UNION SELECT id, name FROM customers',
]
const changes = [
  "INSERT INTO customers(nme) VALUES ('x')",
  'UPDATE customers SET nme = 1 RETURNING ssn',
  'DELETE FROM customers WHERE nme = 1',
  "INSERT INTO customers VALUES (1, 'x', 'y', 'too many')",
]

type Ask = (client: WireClient, sql: string) => Promise<Message[]>

const simple: Ask = (client, sql) => client.ask(send.query(sql))
const parsed = (name: string): Ask => {
  return (client, sql) =>
    client.ask(send.parse(sql, name), send.describe('S', name), send.bind([], { name }), send.execute(), send.sync())
}
const within =
  (ask: Ask): Ask =>
  async (client, sql) => [
    ...(await simple(client, 'BEGIN; SAVEPOINT s')),
    ...(await ask(client, sql)),
    ...(await ask(client, sql)),
    ...(await simple(client, 'ROLLBACK TO s')),
    ...(await simple(client, 'COMMIT')),
  ]
const as =
  (words: string, rest = ''): Ask =>
  (client, sql) =>
    simple(client, `${words}${sql}${rest}`)

const ways: Readonly<Record<string, Ask>> = {
  'simple query': simple,
  'extended query': parsed(''),
  'named statement': parsed('p'),
  'simple query in a transaction': within(simple),
  'extended query in a transaction': within(parsed('')),
  'named statement in a transaction': within(parsed('p')),
  'behind something that was run in the same pipeline': (client, sql) =>
    client.ask(
      ...[send.parse('SELECT 1'), send.bind(), send.execute(), send.parse(sql), send.bind(), send.execute()],
      send.sync(),
    ),
}
const few = { 'simple query': simple, 'named statement': parsed('p') }
const forQueries: Readonly<Record<string, Ask>> = {
  DECLARE: within(as('DECLARE c CURSOR FOR ')),
  EXPLAIN: as('EXPLAIN (COSTS off) '),
  COPY: as('/* ä */ COPY (', '\n) TO STDOUT'),
  PREPARE: as('PREPARE q AS ', ';'),
  'CREATE VIEW': as('CREATE OR REPLACE VIEW a_view AS'.concat('\n')),
  'CREATE TABLE AS': as('CREATE TEMP TABLE made AS '),
}

/** What a client sees of an error, where in the server's source it comes from aside. */
const seen = (messages: readonly Message[]) => ({
  types: types(messages).replaceAll('N', ''),
  states: states(messages),
  errors: errorsIn(messages).map(({ C, M, D, H, P, W }) => ({ C, M, D, H, P, W })),
})

const kept = async (client: WireClient): Promise<readonly unknown[]> =>
  rowsIn(await client.ask(send.query(`SELECT name FROM pg_prepared_statements WHERE name NOT LIKE 'hoop_witness%'`)))

const each = (list: readonly string[], by: Readonly<Record<string, Ask>>): [string, string, Ask][] =>
  list.flatMap((sql) => Object.entries(by).map(([name, ask]): [string, string, Ask] => [sql, name, ask]))

describe('a statement that the proof refuses, and that is mistaken', () => {
  const one = ['SELECT nme FROM customers', `SELECT c.ssn FROM customers c JOIN orders o ON 'ä€😀' <> nosuch(c.nme)`]
  test.for([...each([...queries, ...changes], few), ...each(one, { ...ways, ...forQueries })])(
    'gets what PostgreSQL says of it: %s, as a %s',
    async ([sql, , ask]) => {
      const own = seen(await ask(direct, sql))
      expect(seen(await ask(masked, sql))).toEqual(own)
      expect(own.errors.length).toBeGreaterThan(0)
      // Nothing is left behind, and the session goes on.
      expect(await kept(masked)).toEqual(await kept(direct))
    },
  )
})

describe('what the server says of a statement that is refused', () => {
  const typo = 'SELECT nme FROM customers'
  const alike: Readonly<Record<string, (client: WireClient) => Promise<Message[]>>> = {
    'counts from the start of a text of several statements': (client) =>
      client.ask(send.query(`BEGIN; SELECT 'ä😀'; SELECT id FROM orders; ${typo}; COMMIT`)),
    'is the first mistake of the text': (client) => client.ask(send.query(`SELECT nosuch FROM orders; ${typo}`)),
    'leaves no unnamed statement to be bound': async (client) => [
      ...(await client.ask(send.parse('SELECT 1'), send.sync())),
      ...(await client.ask(send.parse(typo), send.sync())),
      ...(await client.ask(send.bind(), send.execute(), send.sync())),
    ],
    'leaves a name that is taken as it is': async (client) => [
      ...(await client.ask(send.parse('SELECT 1', 'taken'), send.sync())),
      ...(await client.ask(send.parse(typo, 'taken'), send.sync())),
      ...(await client.ask(send.bind([], { name: 'taken' }), send.execute(), send.sync())),
      ...(await client.ask(send.close('S', 'taken'), send.sync())),
    ],
    'stands at its place in a pipeline of several': async (client) => {
      const run = (sql: string) => [send.parse(sql), send.bind(), send.execute(), send.sync()]
      client.write(...run('SELECT 1'), ...run(typo), ...run('SELECT 2'), send.query(typo), send.query('SELECT 3'))
      return client.until(5)
    },
    'comes not at all where the server skips': (client) =>
      client.ask(send.parse('SELECT no such'), send.query(typo), send.parse(typo), send.sync()),
  }

  test.for(Object.entries(alike))('%s', async ([, use]) => {
    const rows = (messages: readonly Message[]) => {
      const { errors, ...rest } = seen(messages)
      return { ...rest, errors: errors.map(({ C, M, P }) => ({ C, M, P })), rows: rowsIn(messages) }
    }
    const own = rows(await use(direct))
    const told = rows(await use(masked))
    // A text is refused as a whole: what stands in front of the mistake has not run, and so gives no rows.
    const whole = own.types.endsWith('EZ') && own.rows.length > 0 ? { ...own, types: 'EZ', rows: [], states: 'I' } : own
    expect(told).toEqual(whole)
    if (states(await masked.ask(send.query('ROLLBACK'))) !== 'I') throw new Error('a transaction is open')
    await direct.ask(send.query('ROLLBACK'))
  })

  const ours = async (sql: string): Promise<string | undefined> => {
    for (const ask of [simple, parsed('p'), parsed('')]) {
      const answer = await ask(masked, sql)
      const bytes = answer.map(({ body }) => body.toString('latin1')).join('\n')
      expect(bytes).not.toContain('842-61-9751')
      expect(types(answer)).toBe('EZ')
      const [error] = errorsIn(answer)
      if (error?.R !== 'hoop/COLUMN_MASKED' && error?.R !== 'hoop/STATEMENT_UNPROVEN') return error?.M
    }
    return undefined
  }

  test.for([
    ['finds no mistake', `SELECT id FROM customers WHERE ssn LIKE '8%'`],
    ['runs a function for a literal, and it raises', `SELECT id, '{1}'::checked[] FROM customers WHERE ssn LIKE '8%'`],
  ] as const)('is the refusal where it %s', async ([, sql]) => {
    expect(await ours(sql)).toBeUndefined()
  })

  test('is the refusal where the text itself may change what names mean', async () => {
    const [error] = errorsIn(
      await masked.ask(send.query('CREATE TEMP TABLE t (a int); SELECT c.nme FROM t, customers c')),
    )
    expect(error?.R).toBe('hoop/STATEMENT_UNPROVEN')
  })

  test('stands in the recording as the server’s, and a refusal as one', async () => {
    const number = sides[1]!.sessions.length
    const client = await WireClient.login(sides[1]!.port)
    await simple(client, typo)
    await client.ask(send.parse(typo, 'p'), send.sync())
    await simple(client, `SELECT id FROM customers WHERE ssn LIKE '8%'`)
    await client.end()
    for (const last of [masked, direct]) await last.end()
    const events = await sides[1]!.recording(number)
    const told = events.flatMap((event) => {
      if (event.type === 'statement') return [['statement', event.n, event.via, event.text, event.checked]]
      if (event.type === 'result') return [['result', event.n, event.sqlstate, event.message]]
      return event.type === 'refusal' ? [['refusal', event.n, event.code]] : []
    })
    const message = 'column "nme" does not exist'
    expect(told).toEqual([
      ['statement', 1, 'simple', typo, true],
      ['result', 1, '42703', message],
      ['statement', 2, 'extended', typo, true],
      ['result', 2, '42703', message],
      ['refusal', 3, 'COLUMN_MASKED'],
    ])
  })
})
