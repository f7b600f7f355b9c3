import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { guardOf } from './policy.js'
import { relayServer, type RelayServer } from './relay-server.js'
import { errorsIn, send, WireClient } from './wire-client.js'

let database: FreshDatabase
let server: RelayServer
let admin: Client

beforeAll(async () => {
  database = await freshDatabase()
  admin = await database.client()
  await admin.query(`
    CREATE TABLE people (id int PRIMARY KEY, name text); INSERT INTO people SELECT i, 'x' FROM generate_series(1, 9) i;
    CREATE TABLE hidden (id int); CREATE SCHEMA elsewhere;
    CREATE FUNCTION wipe() RETURNS boolean LANGUAGE sql AS 'DELETE FROM people; SELECT true'`)
  const guard = await guardOf(database.url, { packs: ['production'] })
  // What the transaction made is the session's own by what it saw, whatever a reading would show meanwhile.
  server = await relayServer({ url: database.url, guard })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

/** Statements in order, in one session; those with a `!` before them must be refused by the pack, all others run. */
const sessions: Record<string, readonly string[]> = {
  'a temporary table is the session’s own': [
    'CREATE TEMP TABLE t (a int)',
    'INSERT INTO t VALUES (1)',
    'UPDATE t SET a = 2',
    'DELETE FROM t',
    'CREATE INDEX ON t (a)',
    'ALTER TABLE t ALTER COLUMN a TYPE text',
    'TRUNCATE t',
    'LOCK TABLE_t',
    'DROP TABLE t',
    '!DROP TABLE people',
  ],
  'so is one that a query makes, and a view': [
    'CREATE TEMP TABLE t AS SELECT * FROM people',
    'SELECT * INTO TEMP u FROM people',
    'CREATE TEMP VIEW v AS SELECT 1 AS one',
    'DELETE FROM u',
    'DROP VIEW v',
    'DROP TABLE t, pg_temp.u',
  ],
  'in the schema of temporary tables nothing is anybody else’s': ['CREATE TEMP TABLE t (a int)', 'TRUNCATE pg_temp.t'],
  'one that has a table’s name is not, unless its schema is said': [
    'CREATE TEMP TABLE hidden (id int)',
    '!TRUNCATE hidden',
    'TRUNCATE pg_temp.hidden',
    '!DROP TABLE hidden',
    'DROP TABLE pg_temp.hidden',
  ],
  'with others’ in one statement it is not': [
    'CREATE TEMP TABLE t (a int)',
    '!TRUNCATE t, people',
    '!DROP TABLE t, people',
  ],
  'what depends on it may be others’': ['CREATE TEMP TABLE t (a int)', '!DROP TABLE t CASCADE', '!TRUNCATE t CASCADE'],
  'a function in its WHERE does what it does': ['CREATE TEMP TABLE t (a int)', '!DELETE FROM t WHERE wipe()'],
  'a WITH does what it does': [
    'CREATE TEMP TABLE t (a int)',
    '!WITH x AS (DELETE FROM people RETURNING id) DELETE FROM t',
  ],
  'so does a setting': [
    'CREATE TEMP TABLE t (a int)',
    "!DELETE FROM t WHERE set_config('role', 'postgres', false) = ''",
  ],
  'a role is no part of it': ['CREATE TEMP TABLE t (a int)', '!ALTER TABLE t OWNER TO postgres'],
  'what a transaction made is its own until it is over': [
    'BEGIN',
    'CREATE TABLE made (a int)',
    'CREATE INDEX ON made (a)',
    'TRUNCATE made',
    'DROP TABLE made',
    'CREATE TABLE public.made (a int)',
    'DELETE FROM public.made',
    'COMMIT',
    '!DELETE FROM made',
    '!DROP TABLE public.made',
  ],
  'it stays so with constraints, keys of others among them': [
    'BEGIN',
    'CREATE TABLE keyed (a int PRIMARY KEY, b int, c int)',
    'ALTER TABLE keyed ADD CONSTRAINT b FOREIGN KEY (b) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED',
    'ALTER TABLE keyed ADD CONSTRAINT c CHECK (c > 0), ENABLE ROW LEVEL SECURITY',
    'CREATE INDEX ON keyed (b)',
    'ALTER TABLE keyed SET SCHEMA elsewhere',
    '!CREATE INDEX ON keyed (c)',
  ],
  'but not as a part of another table': [
    'BEGIN',
    'CREATE TABLE part (id int)',
    'ALTER TABLE part INHERIT hidden',
    '!TRUNCATE part',
  ],
  'and is not once it was rolled back': [
    'BEGIN',
    'SAVEPOINT s',
    'CREATE TABLE rolled (a int)',
    'CREATE TEMP TABLE t (a int)',
    'ROLLBACK TO s',
    '!DROP TABLE rolled',
  ],
  'a temporary table that was rolled back is not, either': [
    'BEGIN',
    'CREATE TEMP TABLE t (a int)',
    'ROLLBACK',
    '!DROP TABLE t',
    '!TRUNCATE t',
  ],
  'nor one that goes at the end of the transaction': [
    'BEGIN',
    'CREATE TEMP TABLE t (a int) ON COMMIT DROP',
    'TRUNCATE t',
    'COMMIT',
    '!TRUNCATE t',
  ],
  'IF NOT EXISTS makes nothing that is there already': [
    'BEGIN',
    'CREATE TABLE IF NOT EXISTS perhaps (a int)',
    '!DROP TABLE perhaps',
  ],
  'a table under another name is not': ['CREATE TEMP TABLE t (a int)', 'ALTER TABLE t RENAME TO u', '!DROP TABLE t'],
  'within one text': [
    'CREATE TEMP TABLE t (a int); TRUNCATE t; DROP TABLE t',
    'BEGIN; CREATE TABLE within (a int); CREATE INDEX ON within (a); DROP TABLE within; COMMIT',
    'BEGIN; CREATE TABLE keyed (id int REFERENCES people); DROP SEQUENCE IF EXISTS none; CREATE INDEX ON keyed (id); ROLLBACK',
    'BEGIN; CREATE TABLE keyed (id int); ALTER TABLE keyed ADD CHECK (id > 0); CREATE INDEX ON keyed (id); ROLLBACK',
    '!BEGIN; CREATE TABLE keyed (id int); DROP TABLE IF EXISTS keyed; CREATE INDEX ON keyed (id); ROLLBACK',
    '!BEGIN; CREATE TABLE keyed (id int); ALTER TABLE keyed RENAME TO other; CREATE INDEX ON keyed (id); ROLLBACK',
    '!BEGIN; CREATE TABLE within (a int); COMMIT; DROP TABLE within',
    '!DROP TABLE t; CREATE TEMP TABLE t (a int)',
  ],
  'after DISCARD nothing is': ['CREATE TEMP TABLE t (a int)', 'DISCARD TEMP', '!TRUNCATE t'],
}

const modes = {
  simple: (sql: string) => [send.query(sql)],
  extended: (sql: string) => [send.parse(sql), send.bind(), send.execute(), send.sync()],
}

test.for(
  Object.entries(sessions).flatMap(([title, steps]) =>
    Object.entries(modes)
      .filter(([mode]) => mode === 'simple' || !steps.some((step) => step.includes(';')))
      .map(([mode, frames]) => [title, mode, steps, frames] as const),
  ),
)('%s (%s)', async ([, , steps, frames]) => {
  const client = await WireClient.login(server.port)
  for (const step of steps) {
    const sql = step.replace(/^!/, '').replace('TABLE_t', 'TABLE t IN ACCESS SHARE MODE')
    const locks = sql.startsWith('LOCK')
    if (locks) await client.ask(send.query('BEGIN'))
    const [error] = errorsIn(await client.ask(...frames(sql)))
    if (locks) await client.ask(send.query('COMMIT'))
    const refused = error?.M?.startsWith('hoop: the policy forbids this statement') === true
    expect(refused, `${sql}: ${error?.M ?? 'answered'}`).toBe(step.startsWith('!'))
    if (!refused) expect(error?.M, sql).toBeUndefined()
  }
  await client.end()
  await admin.query('DROP TABLE IF EXISTS made, within, perhaps, rolled')
})

test('a trigger may be made with a function of the same transaction, and what it has made runs by its name', async () => {
  await using server = await relayServer({
    url: database.url,
    guard: await guardOf(database.url, { packs: ['production'] }),
  })
  const user = new Client({ host: '127.0.0.1', port: server.port, user: 'x', database: database.name })
  await user.connect()
  await user.query('BEGIN')
  await user.query('CREATE TABLE triggered (a int)')
  await user.query('CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ begin return new; end $$')
  await user.query('CREATE TRIGGER noted BEFORE INSERT ON triggered FOR EACH ROW EXECUTE FUNCTION noted()')
  await user.query('CREATE FUNCTION lower(int) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$')
  expect((await user.query('SELECT lower(1) AS one')).rows).toEqual([{ one: 1 }])
  await user.query('ROLLBACK')
  await user.end()
})
