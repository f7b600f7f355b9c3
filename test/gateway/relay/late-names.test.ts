import type { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { freshDatabase } from '../../helpers/database.js'
import { guardOf } from './policy.js'
import { relayServer } from './relay-server.js'
import { errorsIn, type Message, send, WireClient } from './wire-client.js'
import { share } from '../../helpers/suite/whole.js'

/*
 * A trigger of a masked table writes to a table that it names without a schema. Somebody else's table by that name must not
 * get what the trigger writes.
 */

const canary = 'CANARY'

const schema = `
  CREATE TABLE customers (id int PRIMARY KEY, name text, ssn text);
  CREATE TABLE parents (id int PRIMARY KEY);
  CREATE TABLE children (id int, parent int REFERENCES parents ON DELETE CASCADE, ssn text);
  CREATE TABLE plain (id int);
  CREATE TABLE audit (ssn text);
  CREATE SCHEMA kept; CREATE TABLE kept.log (ssn text);
  CREATE SCHEMA scratch;
  INSERT INTO customers VALUES (1, 'ada', '${canary}'), (2, 'bob', '${canary}'), (3, 'cyn', '${canary}');
  INSERT INTO parents VALUES (1), (2), (3), (4); INSERT INTO plain VALUES (1);
  INSERT INTO children SELECT id, id, '${canary}' FROM parents;
  CREATE FUNCTION note(text) RETURNS void LANGUAGE sql AS 'INSERT INTO audit VALUES ($1)';
  CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM note(OLD.ssn); RETURN NULL; END $$;
  CREATE TRIGGER noted AFTER UPDATE OR DELETE ON customers FOR EACH ROW EXECUTE FUNCTION noted();
  CREATE TRIGGER noted AFTER DELETE ON children FOR EACH ROW EXECUTE FUNCTION noted();
  CREATE FUNCTION gathered() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO audit SELECT ssn FROM customers WHERE id = 1; RETURN NULL; END $$;
  CREATE TRIGGER gathered AFTER UPDATE ON plain FOR EACH STATEMENT EXECUTE FUNCTION gathered();
`

const ways = {
  simple: (sql: string) => [send.query(sql)],
  extended: (sql: string) => [send.parse(sql), send.bind(), send.execute(), send.sync()],
} as const

let database: Awaited<ReturnType<typeof freshDatabase>>
let dba: Client
let server: Awaited<ReturnType<typeof relayServer>>
let client: WireClient
const ask = (sql: string): Promise<Message[]> => client.ask(send.query(sql))
const all: Message[] = []
const said = (messages: readonly Message[]): string => messages.map(({ body }) => body.toString('latin1')).join('')

beforeAll(async () => {
  database = await freshDatabase()
  dba = await database.client()
  await dba.query(schema)
  const masks = [{ columns: ['public.customers.ssn', 'public.children.ssn'], with: 'redact' }]
  server = await relayServer({ url: database.url, guard: await guardOf(database.url, { masks }) })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
beforeEach(async () => {
  const own = (client = await WireClient.login(server.port))
  onTestFinished(() => void own.socket.destroy())
})

/** What sets a trigger off that writes a masked value to `audit`. */
const changes = {
  update: 'UPDATE customers SET id = id WHERE id = 1',
  delete: 'DELETE FROM customers WHERE id = 2',
  merge: 'MERGE INTO customers c USING (VALUES (3)) v (id) ON c.id = v.id WHEN MATCHED THEN UPDATE SET name = name',
  conflict: "INSERT INTO customers VALUES (1, 'x', 'y') ON CONFLICT (id) DO UPDATE SET name = customers.name",
  cascade: 'DELETE FROM parents WHERE id = 1',
  'of a table without masks': 'UPDATE plain SET id = id',
} as const

/** How a table of one's own comes to be what the trigger means. */
const captures: Readonly<Record<string, readonly string[]>> = {
  'a temporary table': ['CREATE TEMP TABLE audit (ssn text)', 'BEGIN'],
  'a temporary table of the same transaction': ['BEGIN', 'CREATE TEMP TABLE audit (ssn text)'],
  'a temporary table under another name': [
    'CREATE TEMP TABLE mine (ssn text)',
    'ALTER TABLE mine RENAME TO audit',
    'BEGIN',
  ],
  'a temporary table that is renamed meanwhile': [
    'CREATE TEMP TABLE mine (ssn text)',
    'BEGIN',
    'ALTER TABLE mine RENAME TO audit',
  ],
  'a temporary view': ['CREATE TEMP TABLE mine (ssn text)', 'CREATE TEMP VIEW audit AS SELECT * FROM mine', 'BEGIN'],
  'a table of another schema': ['CREATE TABLE scratch.audit (ssn text)', 'SET search_path = scratch, public', 'BEGIN'],
  'a table that goes to another schema': [
    'CREATE TABLE scratch.audit (ssn text)',
    'BEGIN',
    'SET LOCAL search_path = scratch, public',
  ],
}

const cases = Object.entries(captures).flatMap(([capture, steps]) =>
  Object.entries(changes).flatMap(([change, sql]) =>
    share(Object.entries(ways), `${capture} ${change}`, 1).map(
      ([way, messages]) => [capture, change, way, steps, messages(sql)] as const,
    ),
  ),
)

test.for(cases)('%s gets nothing by %s (%s)', async ([, , , steps, messages]) => {
  all.length = 0
  onTestFinished(async () => {
    // Whatever it has locked, it gives back.
    client.socket.destroy()
    await dba.query('DROP TABLE IF EXISTS scratch.audit')
  })
  for (const step of steps) expect(errorsIn(await ask(step))).toEqual([])
  const answer = await client.ask(...messages)
  expect(errorsIn(answer)).toHaveLength(1)
  expect(['42501', '40001']).toContain(errorsIn(answer)[0]?.['C'])
  await ask('ROLLBACK')
  for (const table of ['audit', 'mine', 'scratch.audit']) all.push(...(await ask(`SELECT * FROM ${table}`)))
  expect(said(all)).not.toContain(canary)
})

test.for(Object.entries(changes))(
  'where there is only one table by that name, it gets what the trigger writes: %s',
  async ([, sql]) => {
    await dba.query('TRUNCATE audit')
    await ask('BEGIN')
    expect(errorsIn(await ask(sql))).toEqual([])
    await ask('COMMIT')
    const { rows } = await dba.query('SELECT DISTINCT ssn FROM audit')
    expect(rows).toEqual([{ ssn: canary }])
  },
)

const owned = (table: string, body: string, more = '', path = ''): string => `
  CREATE TABLE ${table} (id int, ssn text); INSERT INTO ${table} VALUES (1, '${canary}');
  CREATE FUNCTION ${table}_noted() RETURNS trigger LANGUAGE plpgsql ${path} AS $$ BEGIN ${body}; RETURN NULL; END $$;
  CREATE TRIGGER noted AFTER UPDATE ON ${table} ${more} EXECUTE FUNCTION ${table}_noted()`

test.for([
  ['with its schema', owned('one', 'INSERT INTO kept.log SELECT ssn FROM public.one', '', '')],
  [
    'by a path of the function’s own',
    owned('one', 'INSERT INTO log SELECT ssn FROM one', '', 'SET search_path = kept, public, pg_temp'),
  ],
  [
    'beside transition tables',
    owned(
      'one',
      'INSERT INTO kept.log SELECT n.ssn FROM was n, will',
      'REFERENCING OLD TABLE AS was NEW TABLE AS will',
    ),
  ],
] as const)('a trigger that names its table %s goes on whatever else has that name', async ([, sql]) => {
  await dba.query(`TRUNCATE kept.log; ${sql}`)
  onTestFinished(async () => void (await dba.query('DROP TABLE one CASCADE; DROP FUNCTION one_noted')))
  const guard = await guardOf(database.url, { masks: [{ columns: ['public.one.ssn'], with: 'redact' }] })
  await using own = await relayServer({ url: database.url, guard })
  client = await WireClient.login(own.port)
  onTestFinished(() => void client.socket.destroy())
  await ask('CREATE TEMP TABLE log (ssn text)')
  expect(errorsIn(await ask('UPDATE one SET id = 2'))).toEqual([])
  expect((await dba.query('SELECT ssn FROM kept.log')).rows).toEqual([{ ssn: canary }])
  expect(said(await ask('SELECT * FROM pg_temp.log'))).not.toContain(canary)
})

test('a path of the function’s own that doesn’t say where temporary tables come has them first', async () => {
  const path = 'SET search_path = kept'
  await dba.query(owned('two', 'INSERT INTO log VALUES (OLD.ssn)', 'FOR EACH ROW', path))
  const guard = await guardOf(database.url, { masks: [{ columns: ['public.two.ssn'], with: 'redact' }] })
  await using own = await relayServer({ url: database.url, guard })
  client = await WireClient.login(own.port)
  onTestFinished(() => void client.socket.destroy())
  await ask('CREATE TEMP TABLE log (ssn text)')
  expect(errorsIn(await ask('UPDATE two SET id = 2'))).toHaveLength(1)
  expect(said(await ask('SELECT * FROM pg_temp.log'))).not.toContain(canary)
})

test.for(['DEFERRABLE INITIALLY DEFERRED', 'DEFERRABLE INITIALLY IMMEDIATE'])(
  'what fires later than its statement is refused, since a name may mean another by then: %s',
  async (deferred) => {
    await dba.query(`CREATE TABLE three (id int, ssn text); INSERT INTO three VALUES (1, '${canary}');
      CREATE FUNCTION three_noted() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO audit VALUES (OLD.ssn); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER noted AFTER UPDATE ON three ${deferred} FOR EACH ROW EXECUTE FUNCTION three_noted()`)
    const guard = await guardOf(database.url, { masks: [{ columns: ['public.three.ssn'], with: 'redact' }] })
    await using own = await relayServer({ url: database.url, guard })
    client = await WireClient.login(own.port)
    onTestFinished(async () => {
      client.socket.destroy()
      await dba.query('DROP TABLE three; DROP FUNCTION three_noted')
    })
    await ask('BEGIN')
    expect(errorsIn(await ask('UPDATE three SET id = 2'))).toMatchObject([{ C: '42501' }])
  },
)
