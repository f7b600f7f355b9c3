import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../../../helpers/database.js'
import { guardOf } from '../policy.js'
import { relayServer, type RelayServer } from '../relay-server.js'
import { errorsIn, send, types, WireClient, type Message } from '../wire-client.js'

/** Ways past the masks and rules that somebody who knows the protocol would try. */
const canary = '078-05-1120'

let database: FreshDatabase
let server: RelayServer
beforeAll(async () => {
  database = await freshDatabase()
  const admin = await database.client()
  await admin.query(`CREATE TABLE people (id int PRIMARY KEY, name text, ssn text);
    INSERT INTO people VALUES (1, 'Ada', '${canary}');
    CREATE TABLE other (id int, name text, ssn text); INSERT INTO other VALUES (1, 'x', 'not masked');
    CREATE TABLE forbidden (id int); INSERT INTO forbidden VALUES (4711)`)
  const guard = await guardOf(database.url, {
    predicates: { default: 'allow' },
    masks: [{ columns: ['public.people.ssn'], with: { keep_last: 4 } }],
    rules: [{ name: 'keep-out', when: { reads: ['public.forbidden'] }, do: 'block' }],
  })
  server = await relayServer({ url: database.url, guard })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const leaks = (messages: readonly Message[]): string[] =>
  messages.filter(({ body }) => body.includes(canary)).map(({ type, body }) => `${type} ${body.toString('latin1')}`)

/** Sends a script and reads until so many ReadyForQuery have come. */
const attack = async (ready: number, ...frames: Buffer[]): Promise<Message[]> => {
  const client = await WireClient.login(server.port)
  client.write(...frames)
  const reply = await client.until(ready)
  await client.end()
  return reply
}

const run = (text: string): Buffer[] => [send.parse(text), send.bind(), send.execute()]

test('a portal that was described is closed by SQL, and a cursor takes its name', async () => {
  const opened = [
    send.query('BEGIN'),
    send.parse('SELECT name FROM people'),
    send.bind([], { portal: 'p' }),
    send.describe('P', 'p'),
  ]
  const simple = await attack(
    3,
    ...opened,
    send.query('CLOSE p; DECLARE p CURSOR FOR SELECT ssn FROM people'),
    send.execute('p'),
    send.sync(),
  )
  expect(leaks(simple)).toEqual([])
  const extended = await attack(
    2,
    ...opened,
    ...run('CLOSE p'),
    ...run('DECLARE p CURSOR FOR SELECT ssn FROM people'),
    send.execute('p'),
    send.sync(),
  )
  expect(leaks(extended)).toEqual([])
  expect(types(extended)).toContain('D')
})

test.for([
  ['EXECUTE of EXECUTE', ['PREPARE q AS SELECT lower(ssn) FROM people'], 'EXECUTE q', ['EXECUTE p']],
  [
    'EXECUTE of FETCH',
    ['BEGIN; DECLARE c CURSOR FOR SELECT lower(ssn) FROM people'],
    'FETCH ALL FROM c',
    ['EXECUTE p'],
  ],
  ['EXECUTE of itself', [], 'EXECUTE p', ['EXECUTE p', 'SELECT 1']],
] as const)('%s shows nothing that is computed from a masked column', async ([, first, prepared, then]) => {
  const reply = await attack(
    first.length + 1 + then.length,
    ...first.map((text) => send.query(text)),
    send.parse(prepared, 'p'),
    send.sync(),
    ...then.map((text) => send.query(text)),
  )
  expect(leaks(reply)).toEqual([])
})

test('a FETCH that was described reads from another cursor of the same name', async () => {
  const reply = await attack(
    3,
    send.query('BEGIN; DECLARE c CURSOR FOR SELECT name FROM people'),
    send.parse('FETCH ALL FROM c'),
    send.bind([], { portal: 'u' }),
    send.describe('P', 'u'),
    send.query('CLOSE c; DECLARE c CURSOR FOR SELECT ssn FROM people'),
    send.execute('u'),
    send.sync(),
  )
  expect(leaks(reply)).toEqual([])
  expect(types(reply)).toContain('D')
})

test('names that differ behind the 63rd byte are one name to the server', async () => {
  const name = 'n'.repeat(63)
  const reply = await attack(
    2,
    send.parse('COPY other TO STDOUT', `${name}X`),
    send.close('S', `${name}Y`),
    send.parse('COPY people TO STDOUT', `${name}Y`),
    send.bind([], { name: `${name}X` }),
    send.execute(),
    send.sync(),
    send.bind([], { name: `${name}Y`, portal: `${name}1` }),
    send.execute(`${name}2`),
    send.sync(),
  )
  expect(leaks(reply)).toEqual([])
})

test('a name that SQL has prepared anew: its errors keep nothing of masked values', async () => {
  const prepare = 'PREPARE x AS SELECT id FROM people WHERE ssn::int = 1'
  const bound = [send.bind([], { name: 'x' }), send.execute(), send.sync()]
  for (const text of [
    `DEALLOCATE x; ${prepare}`,
    `DO $$ BEGIN DEALLOCATE x; ${prepare}; END $$`,
    `DO $$ BEGIN DEALLOCATE x; ${prepare}; RAISE EXCEPTION 'stop'; END $$`,
  ]) {
    const reply = await attack(3, send.parse('SELECT 1', 'x'), send.sync(), send.query(text), ...bound)
    expect(leaks(reply)).toEqual([])
    expect(errorsIn(reply).length).toBeGreaterThan(0)
  }
})

test('EXPLAIN ANALYZE of CREATE TABLE AS EXECUTE fills no table', async () => {
  const reply = await attack(
    4,
    send.query('PREPARE p AS SELECT ssn FROM people'),
    send.query('EXPLAIN ANALYZE CREATE TEMP TABLE leak AS EXECUTE p'),
    send.query('SELECT * FROM leak'),
    send.query('SELECT 1'),
  )
  expect(leaks(reply)).toEqual([])
})

test.for([
  `SELECT query_to_xml('SELECT * FROM forbidden', true, false, '')`,
  `SELECT table_to_xml('forbidden', true, false, '')`,
  'DO $$ BEGIN PERFORM * FROM forbidden; END $$',
  `DO $$ BEGIN EXECUTE 'SELECT * FROM forbid' || 'den'; END $$`,
  'PREPARE y AS TABLE forbidden',
  'WITH a AS (SELECT * FROM U&"forbi\\0064den") SELECT * FROM a',
  'SELECT/**/*/*x*/FROM"forbidden"',
  'EXPLAIN ANALYZE SELECT * FROM forbidden',
  'COPY forbidden TO STDOUT',
  'DECLARE c CURSOR WITH HOLD FOR SELECT * FROM forbidden',
  'SELECT ARRAY(SELECT id FROM ONLY forbidden)',
])('a rule holds against %s', async (text) => {
  const reply = await attack(1, send.query(text))
  expect(errorsIn(reply)[0]).toMatchObject({ C: '42501' })
})

test.for([
  `SELECT query_to_xml('SELECT * FROM forbidden', true, false, '')`,
  `SELECT "query_to_xml"($$TABLE forbidden$$, true, false, '')`,
  `SELECT table_to_xml('forbidden', true, false, '')`,
  `SELECT schema_to_xml('public', true, false, '')`,
  `SELECT * FROM database_to_xml(true, false, '')`,
  `SELECT ts_stat('SELECT to_tsvector(id::text) FROM forbidden')`,
  `SELECT ts_rewrite('a'::tsquery, 'SELECT id::text::tsquery, id::text::tsquery FROM forbidden')`,
])('a rule holds without masks, too, against %s', async (text) => {
  const guard = await guardOf(database.url, {
    rules: [{ name: 'keep-out', when: { reads: ['public.forbidden'] }, do: 'block' }],
  })
  await using relay = await relayServer({ url: database.url, guard })
  const client = await WireClient.login(relay.port)
  const reply = await client.ask(send.query(text))
  await client.end()
  expect(reply.some(({ body }) => body.includes('4711'))).toBe(false)
  expect(errorsIn(reply)[0]).toMatchObject({ C: '42501' })
})

test.for([
  'SELECT people FROM people',
  'SELECT (people).ssn FROM people',
  'SELECT (p).* FROM people p',
  'SELECT (SELECT ssn) FROM people',
  'SELECT a.x FROM people a(i, n, x)',
  'SELECT x FROM (people JOIN other USING (id)) AS j(x, b, c, d, e)',
  'SELECT c FROM (people JOIN other USING (id)) AS j(x, b, c, d, e)',
  'SELECT max(ssn) OVER () FROM people',
  'TABLE people',
  'SELECT * FROM ONLY (people) TABLESAMPLE SYSTEM (100)',
  'WITH RECURSIVE r AS (SELECT ssn, 1 AS n FROM people UNION ALL SELECT ssn, n + 1 FROM r WHERE n < 2) SELECT * FROM r',
  'WITH r AS MATERIALIZED (SELECT ssn AS other FROM people) SELECT other FROM r, other LIMIT 1',
  'UPDATE people SET name = name RETURNING old.ssn, new.ssn, ssn',
  'UPDATE people SET (name, ssn) = (SELECT ssn, name) RETURNING name',
  'UPDATE people SET name = other.ssn FROM people AS other RETURNING people.name',
  'INSERT INTO people VALUES (2) ON CONFLICT DO NOTHING RETURNING (SELECT ssn FROM people LIMIT 1)',
  'INSERT INTO people VALUES (1) ON CONFLICT (id) DO UPDATE SET name = people.ssn RETURNING name',
  'INSERT INTO people (id, name) SELECT 7, ssn FROM people RETURNING name',
  'MERGE INTO people p USING people q ON p.id = q.id WHEN MATCHED THEN UPDATE SET name = q.ssn RETURNING p.name',
  'DELETE FROM people USING other RETURNING people, other',
  'SELECT * FROM people NATURAL JOIN other',
  'SELECT l.* FROM other o, LATERAL (SELECT ssn AS y FROM people) l',
  'SELECT count(*) FROM people GROUP BY ssn',
  'SELECT x.* FROM people, unnest(ARRAY[ssn]) AS x',
  'SELECT x.* FROM people p, json_each_text(to_json(p)) AS x',
  "SELECT * FROM people, XMLTABLE('/' PASSING xmlelement(name a, ssn) COLUMNS a text PATH '.') t",
  'VALUES ((SELECT ssn FROM people))',
  'SELECT ssn FROM people UNION ALL SELECT ssn FROM people',
  'SELECT id FROM people WHERE ssn::int = 1',
  "SELECT id FROM people WHERE ssn::regclass::text = ''",
  'SELECT id FROM people WHERE (SELECT ssn)::int = 1',
  'SELECT id FROM people WHERE CASE WHEN true THEN ssn::date END IS NULL',
  'CREATE TEMP TABLE t1 AS SELECT * FROM people; SELECT * FROM t1',
  'SELECT * INTO TEMP t2 FROM people; SELECT * FROM t2',
  'CREATE TEMP VIEW v1 AS SELECT * FROM people; SELECT * FROM v1',
  'CREATE TEMP TABLE t3 (LIKE people); INSERT INTO t3 TABLE people; TABLE t3',
  'CREATE TABLE t4 () INHERITS (people); TABLE t4',
  'CREATE TEMP TABLE people (a int, b text, c text); SELECT c FROM public.people',
  'ALTER TABLE people RENAME ssn TO plain; SELECT plain FROM people',
  'ALTER TABLE people RENAME TO persons; SELECT ssn FROM persons',
  'ALTER TABLE people ALTER ssn TYPE text USING ssn; SELECT ssn FROM people',
  'ALTER TABLE people ADD c text GENERATED ALWAYS AS (ssn) STORED; SELECT c FROM people',
  "DO $$ DECLARE r text; BEGIN SELECT ssn INTO r FROM people; RAISE NOTICE '%', r; END $$",
  "DO $$ BEGIN PERFORM pg_notify('a', ssn) FROM people; END $$",
  'CREATE TABLE t5 (ssn text REFERENCES people (ssn))',
  'COPY (SELECT name, ssn FROM people) TO STDOUT (FORMAT csv, FORCE_QUOTE *, DELIMITER $$7$$)',
  "COPY (SELECT name, ssn FROM people) TO STDOUT (FORMAT csv, QUOTE '0', ESCAPE '7')",
  "COPY people TO STDOUT (FORMAT text, NULL '078-05-1120')",
  'COPY people (ssn) TO STDOUT DELIMITERS $$|$$ WITH NULL AS $$x$$',
  'COPY BINARY people TO STDOUT',
  'SELECT * FROM pg_stats',
  'SELECT most_common_vals::text FROM pg_catalog.pg_stats',
  'EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM people',
  'SELECT lo_from_bytea(0, ssn::bytea) FROM people',
  "SELECT set_config('my.x', ssn, false) FROM people; SHOW my.x",
  'FETCH ALL FROM (SELECT 1)',
])('no canary comes out of %s', async (text) => {
  const simple = await attack(2, send.query(text), send.query('ROLLBACK'))
  expect(leaks(simple)).toEqual([])
  const extended = await attack(1, send.parse(text), send.bind([], { results: [1] }), send.execute(), send.sync())
  expect(leaks(extended)).toEqual([])
})

test('nor was it put anywhere that a mask does not reach', async () => {
  const admin = await database.client()
  const { rows } = await admin.query('SELECT name FROM people UNION ALL SELECT name FROM other')
  expect(rows.map((row: { name: string }) => row.name)).not.toContain(canary)
  const { rows: tables } = await admin.query(
    "SELECT attrelid::regclass::text || '.' || attname AS at FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attname IN ('ssn', 'plain', 'c') ORDER BY 1",
  )
  expect(tables.map((row: { at: string }) => row.at)).toEqual(['other.ssn', 'people.ssn'])
})
