import type { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { freshDatabase } from '../../helpers/database.js'
import { guardOf } from './policy.js'
import { relayServer } from './relay-server.js'
import { errorsIn, type Message, send, WireClient } from './wire-client.js'

/*
 * What a trigger's function names without a schema beside tables: types, sequences and functions. One of somebody's own in
 * their place would ask of masked values whether they meet a condition, or hold them.
 */

const read = '(SELECT ssn FROM public.customers WHERE id = 1)'

/** Functions of triggers, each of a table by its name. */
const bodies = {
  typed: `DECLARE x customers.ssn%TYPE; BEGIN x := ${read}; RETURN NEW; END`,
  rowed: 'DECLARE x customers%ROWTYPE; BEGIN SELECT * INTO x FROM public.customers WHERE id = 1; RETURN NEW; END',
  tagged: `DECLARE x tag; BEGIN x := ${read}; RETURN NEW; END`,
  tags: `DECLARE x tag[]; BEGIN x := ARRAY[${read}]; RETURN NEW; END`,
  plainly: `DECLARE x text; BEGIN x := ${read}; RETURN NEW; END`,
  casting: `BEGIN NEW.n := length(${read}::tag); RETURN NEW; END`,
  counting: `BEGIN PERFORM setval('sq', (SELECT pin FROM public.customers WHERE id = 1)); RETURN NEW; END`,
  counting_oid: `BEGIN PERFORM setval('sq'::regclass, (SELECT pin FROM public.customers WHERE id = 1)); RETURN NEW; END`,
  helped: `BEGIN PERFORM help(${read}); RETURN NEW; END`,
} as const

const schema = `
  CREATE TABLE customers (id int PRIMARY KEY, ssn text, pin int); INSERT INTO customers VALUES (1, '7', 4711);
  CREATE DOMAIN tag AS text; CREATE SEQUENCE sq; CREATE TABLE mine (said text); CREATE SCHEMA scratch;
  CREATE FUNCTION help(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
  CREATE VIEW high AS SELECT id FROM customers WHERE ssn::int > 5;
  ${Object.entries(bodies)
    .map(
      ([table, body]) => `CREATE TABLE ${table} (n int); INSERT INTO ${table} VALUES (1);
        CREATE FUNCTION ${table}() RETURNS trigger LANGUAGE plpgsql AS $$ ${body} $$;
        CREATE TRIGGER t BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${table}();`,
    )
    .join('\n')}
`

let database: Awaited<ReturnType<typeof freshDatabase>>
let dba: Client
let server: Awaited<ReturnType<typeof relayServer>>
let client: WireClient
const ask = (sql: string): Promise<Message[]> => client.ask(send.query(sql))
const codes = async (sql: string) => errorsIn(await ask(sql)).map(({ C }) => C)

beforeAll(async () => {
  database = await freshDatabase()
  dba = await database.client()
  await dba.query(schema)
  const masks = [{ columns: ['public.customers.ssn', 'public.customers.pin'], with: 'redact' }]
  const guard = await guardOf(database.url, { masks, masked_errors: 1, predicates: { default: 'deny' } })
  server = await relayServer({ url: database.url, guard })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
beforeEach(async () => {
  const own = (client = await WireClient.login(server.port))
  onTestFinished(() => void own.socket.destroy())
})

type Table = keyof typeof bodies

const captures: readonly (readonly [table: Table, ...steps: string[]])[] = [
  ['typed', 'CREATE TEMP TABLE customers (ssn tag)'],
  ['rowed', 'CREATE TEMP TABLE customers (id int, ssn tag, pin int)'],
  ['tagged', "CREATE DOMAIN pg_temp.tag AS text CHECK (VALUE > '6')"],
  ['tags', "CREATE DOMAIN pg_temp.tag AS text CHECK (VALUE > '6')"],
  ['plainly', "CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (VALUE > '6')"],
  ['tagged', "CREATE DOMAIN scratch.tag AS text CHECK (VALUE > '6')", 'SET search_path = scratch, public'],
  ['tagged', "CREATE TYPE pg_temp.tag AS ENUM ('6')"],
  ['tagged', 'CREATE TYPE pg_temp.tag AS (a int)'],
  ['tagged', 'CREATE TEMP TABLE tag (a int)'],
  ['casting', "CREATE DOMAIN pg_temp.tag AS text CHECK (VALUE > '6')"],
  ['counting', 'CREATE TEMP SEQUENCE sq'],
  ['counting_oid', 'CREATE TEMP SEQUENCE sq'],
]

const cases = captures.flatMap(([table, ...steps]) =>
  (['committed', 'of the same transaction'] as const).map((when) => [table, when, steps] as const),
)

test.for(cases)('%s: one of somebody’s own, %s, is not what a trigger means: %s', async ([table, when, steps]) => {
  onTestFinished(async () => {
    client.socket.destroy()
    await dba.query('DROP DOMAIN IF EXISTS scratch.tag')
  })
  await ask(when === 'committed' ? 'SELECT 1' : 'BEGIN')
  for (const step of steps) expect(await codes(step)).toEqual([])
  const [code] = await codes(`UPDATE ${table} SET n = 2`)
  expect(['42501', '40001']).toContain(code)
  await ask('ROLLBACK')
  expect(await codes('SELECT last_value FROM pg_temp.sq WHERE last_value > 1')).not.toContain('4711')
})

test.for(Object.keys(bodies))('%s goes on where each name means one thing', async (table) => {
  await ask('CREATE TEMP TABLE other (n int)')
  expect(errorsIn(await ask(`UPDATE ${table} SET n = 3`))).toEqual([])
})

test('a function that is there twice may be either', async () => {
  await dba.query(`CREATE FUNCTION scratch.help(text) RETURNS text LANGUAGE sql AS 'SELECT $1 || $1'`)
  onTestFinished(async () => void (await dba.query('DROP FUNCTION scratch.help')))
  expect(await codes('UPDATE helped SET n = 4')).toEqual(['42501'])
})

test.for([
  'UPDATE typed SET n = 3',
  'PERFORM count(*) FROM high',
  'SET CONSTRAINTS ALL IMMEDIATE',
  'BEGIN UPDATE typed SET n = 3; EXCEPTION WHEN check_violation THEN NULL; END',
])('no block handles errors that may depend on masked values: %s', async (statement) => {
  const block = (body: string) => `DO $$ BEGIN ${body} END $$`
  const handled = `${statement}; INSERT INTO mine VALUES ('greater'); EXCEPTION WHEN OTHERS THEN INSERT INTO mine VALUES ('less');`
  expect(await codes(block(handled))).toEqual(['42501'])
  expect((await dba.query('SELECT * FROM mine')).rows).toEqual([])
})

test('other blocks handle what they like, and without handlers what is set off runs', async () => {
  expect(await codes(`DO $$ BEGIN PERFORM 1 / 0; EXCEPTION WHEN OTHERS THEN NULL; END $$`)).toEqual([])
  expect(await codes('DO $$ BEGIN UPDATE typed SET n = 5; END $$')).toEqual([])
})
