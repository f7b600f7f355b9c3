import { Client } from 'pg'
import { beforeEach, describe, expect, test } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { guardOf } from './policy.js'
import { relayServer, type RelayServer } from './relay-server.js'
import { errorsIn, send, WireClient } from './wire-client.js'
import { share } from '../../helpers/suite/whole.js'

let database: FreshDatabase
let server: RelayServer
let dba: Client

const policy = {
  masks: [{ columns: ['public.people.ssn'], with: 'redact' }],
  rules: [{ name: 'kept', when: { writes: ['public.kept'] }, do: 'block' }],
}

const seed = `
  CREATE TABLE people (id int, ssn text); INSERT INTO people VALUES (1, 'CANARY');
  CREATE TABLE anchor (id int);
  CREATE TABLE kept (id int); INSERT INTO kept VALUES (1);
  CREATE TABLE plain (id int, x text); INSERT INTO plain VALUES (1, 'plain');
  CREATE TABLE base (id int, ssn text); CREATE TABLE first_child () INHERITS (base);
  INSERT INTO first_child VALUES (0, 'child');
  CREATE TABLE parts (id int, ssn text) PARTITION BY LIST (id);
  CREATE TABLE part_0 PARTITION OF parts FOR VALUES IN (0); INSERT INTO part_0 VALUES (0, 'part');
  CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
  CREATE TRIGGER quiet BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION quiet();
  CREATE RULE noted AS ON UPDATE TO plain DO ALSO NOTIFY noted;
  CREATE FUNCTION deletes() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN DELETE FROM public.kept; RETURN NEW; END$$;
  CREATE FUNCTION f(bigint) RETURNS text LANGUAGE sql STABLE AS $$SELECT 'f ' || $1$$`

/** What somebody else adds, beside what was there before, while the transaction is open; and what would then show it. */
const additions: Readonly<Record<string, readonly [change: string, statement: string]>> = {
  'a second child of a table': ['ALTER TABLE people INHERIT base', `SELECT ssn || '' AS x FROM base`],
  'a second partition': [
    `ALTER TABLE parts ATTACH PARTITION people FOR VALUES IN (1)`,
    `SELECT ssn || '' AS x FROM parts`,
  ],
  'a second trigger': [
    'CREATE TRIGGER tells BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION deletes()',
    `INSERT INTO plain VALUES (2, 'new') RETURNING x`,
  ],
  'a second rule': ['CREATE RULE tells AS ON UPDATE TO plain DO ALSO DELETE FROM kept', `UPDATE plain SET x = 'other'`],
  'a function by the same name': [
    `CREATE FUNCTION f(int) RETURNS text LANGUAGE sql STABLE AS $$SELECT ssn FROM public.people WHERE id = $1$$`,
    'SELECT f(id) AS x FROM plain',
  ],
}

/** How it is sent, in one transaction. */
const ways: Readonly<Record<string, (client: WireClient, statement: string) => Promise<string>>> = {
  'a simple query': async (client, sql) => said(await client.ask(send.query(sql))),
  'a text of several statements': async (client, sql) => said(await client.ask(send.query(`SELECT 1; ${sql}`))),
  'an extended query': async (client, sql) =>
    said(await client.ask(send.parse(sql), send.bind(), send.describe(), send.execute(), send.sync())),
  'a portal that was bound a while ago': async (client, sql) =>
    [
      said(await client.ask(send.parse(sql, 'p'), send.bind([], { name: 'p', portal: 'q' }), send.sync())),
      said(await client.ask(send.execute('q'), send.sync())),
    ].join(' '),
  EXECUTE: async (client, sql) =>
    [said(await client.ask(send.query(`PREPARE e AS ${sql}`))), said(await client.ask(send.query('EXECUTE e')))].join(
      ' ',
    ),
}

type Messages = Awaited<ReturnType<WireClient['ask']>>

const said = (messages: Messages): string =>
  [
    ...errorsIn(messages).map(({ C, M }) => `${C} ${M}`),
    ...messages.filter(({ type }) => type === 'D').map(({ body }) => body.toString('latin1')),
  ].join(' ')

/** How a transaction gets a level at which it sees an old state. */
const levels: Readonly<Record<string, { session?: string; begin: readonly string[] }>> = {
  'REPEATABLE READ': { begin: ['BEGIN ISOLATION LEVEL REPEATABLE READ'] },
  SERIALIZABLE: { begin: ['START TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ WRITE'] },
  'SET TRANSACTION': { begin: ['BEGIN', 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ'] },
  'SET LOCAL': { begin: ['BEGIN', `SET LOCAL transaction_isolation = 'Repeatable Read'`] },
  'SESSION CHARACTERISTICS': {
    session: 'SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE',
    begin: ['BEGIN'],
  },
  'the default': { session: `SET default_transaction_isolation TO 'repeatable read'`, begin: ['BEGIN'] },
  'COMMIT AND CHAIN': { begin: ['BEGIN ISOLATION LEVEL REPEATABLE READ', 'COMMIT AND CHAIN'] },
}

beforeEach(async () => {
  database = await freshDatabase()
  dba = await database.client()
  await dba.query(seed)
  server = await relayServer({ url: database.url, guard: await guardOf(database.url, policy) })
  return async () => {
    await server[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  }
})

const login = () => WireClient.login(server.port, { user: 'x', database: database.name })

/** Nothing masked came out, and nothing was deleted that a rule keeps. */
const held = async (answers: string): Promise<void> => {
  expect(answers).not.toContain('CANARY')
  expect((await dba.query('SELECT id FROM kept')).rows).toHaveLength(1)
}

describe.for(Object.entries(additions))(
  '%s, that was added since the transaction began',
  ([added, [change, statement]]) => {
    test.for(share(Object.entries(ways), added, 1))('shows nothing to %s', async ([, way]) => {
      const client = await login()
      for (const text of ['BEGIN ISOLATION LEVEL REPEATABLE READ', 'SELECT 1 FROM anchor'])
        expect(errorsIn(await client.ask(send.query(text)))).toEqual([])
      await dba.query(change)
      const answers = await way(client, statement)
      await client.ask(send.query('COMMIT'))
      await held(answers)
      expect(said(await client.ask(send.query('SELECT id FROM plain')))).toContain('1')
      await client.end()
    })
  },
)

test.for(Object.entries(levels))('by %s', async ([, { session, begin }]) => {
  const client = await login()
  for (const text of [...(session === undefined ? [] : [session]), ...begin, 'SELECT 1 FROM anchor'])
    expect(errorsIn(await client.ask(send.query(text)))).toEqual([])
  await dba.query(additions['a second child of a table']![0])
  await held(said(await client.ask(send.query(`SELECT ssn || '' AS x FROM base`))))
  await client.end()
})

test('a level that nobody told hoop of is found out: the transaction fails, and the next one is known', async () => {
  await dba.query(`ALTER DATABASE ${database.name} SET default_transaction_isolation = 'repeatable read'`)
  const client = await login()
  await client.ask(send.query('BEGIN'))
  expect(said(await client.ask(send.query('SELECT id FROM plain')))).toMatch(/^40001 .*transaction_isolation/)
  await client.ask(send.query('ROLLBACK'))
  await client.ask(send.query('BEGIN'))
  expect(said(await client.ask(send.query('SELECT id FROM plain')))).toContain('1')
  await dba.query(additions['a second child of a table']![0])
  await held(said(await client.ask(send.query(`SELECT ssn || '' AS x FROM base`))))
  await client.ask(send.query('ROLLBACK'))
  // Outside of a transaction block nobody notices.
  const other = await login()
  expect(said(await other.ask(send.query('SELECT id FROM plain')))).toContain('1')
  expect(said(await other.ask(send.parse('SELECT id FROM plain'), send.bind(), send.execute(), send.sync()))).toContain(
    '1',
  )
  await Promise.all([client.end(), other.end()])
})

test('while nobody changes anything all goes on, and what is masked stays so', async () => {
  const client = await login()
  await client.ask(send.query('BEGIN ISOLATION LEVEL SERIALIZABLE'))
  for (const way of Object.values(ways).slice(0, 3)) {
    expect(await way(client, `SELECT ssn FROM base`)).toContain('child')
    expect(await way(client, 'SELECT id, ssn FROM people')).toContain('********')
  }
  const [first, rest] = [send.execute('', 1), send.execute('')]
  const pieces = await client.ask(
    send.parse('SELECT id FROM base UNION ALL SELECT 7'),
    send.bind(),
    first,
    rest,
    send.sync(),
  )
  expect(errorsIn(pieces)).toEqual([])
  await client.ask(send.query('COMMIT'))
  await client.end()
})

test('where the gateway can’t look, the statement is refused', async () => {
  const guard = await guardOf(database.url, policy)
  const blind = new Proxy(guard, {
    get: (target, key) => {
      if (key === 'renew') return () => Promise.reject(new Error('away'))
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  await using other = await relayServer({ url: database.url, guard: blind })
  for (const way of Object.values(ways).slice(0, 3)) {
    const client = await WireClient.login(other.port, { user: 'x', database: database.name })
    await client.ask(send.query('BEGIN ISOLATION LEVEL REPEATABLE READ'))
    expect(await way(client, 'SELECT id FROM plain')).toMatch(
      /^57014 hoop: the database’s catalog can’t be read in time/,
    )
    await client.ask(send.query('ROLLBACK'))
    expect(await way(client, 'SELECT id FROM plain')).toContain('1')
    await client.end()
  }
})
