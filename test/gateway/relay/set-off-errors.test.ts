import type { Client } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { freshDatabase } from '../../helpers/database.js'
import { guardOf } from './policy.js'
import { relayServer } from './relay-server.js'
import { errorsIn, type Message, send, WireClient } from './wire-client.js'

/*
 * A statement names no masked table and sets something off on one: by a foreign key, or by a trigger. What the server says of
 * that may quote a masked value.
 */

const canary = 'CANARY'

const schema = `
  CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1);
  CREATE TABLE kids_null (id int, parent int NOT NULL REFERENCES a ON DELETE SET NULL, ssn text);
  INSERT INTO kids_null VALUES (1, 1, '${canary}');
  CREATE TABLE b (id int PRIMARY KEY); INSERT INTO b VALUES (1);
  CREATE TABLE kids_chk (id int, parent int CHECK (parent < 1000) REFERENCES b ON UPDATE CASCADE, ssn text);
  INSERT INTO kids_chk VALUES (1, 1, '${canary}');
  CREATE TABLE c (id int PRIMARY KEY); INSERT INTO c VALUES (1);
  CREATE TABLE kids_ref (ssn text PRIMARY KEY, parent int REFERENCES c ON DELETE CASCADE);
  INSERT INTO kids_ref VALUES ('${canary}', 1);
  CREATE TABLE grand (v text REFERENCES kids_ref); INSERT INTO grand VALUES ('${canary}');
  CREATE TABLE late_ref (v text REFERENCES kids_ref DEFERRABLE INITIALLY DEFERRED);
  CREATE TABLE d (id int PRIMARY KEY); INSERT INTO d VALUES (1);
  CREATE TABLE kids_note (parent int REFERENCES d ON DELETE CASCADE, ssn text);
  INSERT INTO kids_note VALUES (1, '${canary}');
  CREATE FUNCTION gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'gone: %', OLD.ssn; RETURN OLD; END $$;
  CREATE TRIGGER gone BEFORE DELETE ON kids_note FOR EACH ROW EXECUTE FUNCTION gone();
  CREATE TABLE people (id int, ssn text, orders int CHECK (orders < 1)); INSERT INTO people VALUES (1, '${canary}', 0);
  CREATE TABLE orders (id int);
  CREATE FUNCTION counted() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN UPDATE public.people SET orders = orders + 1; RETURN NULL; END $$;
  CREATE TRIGGER counted AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION counted();
  CREATE TABLE loud (id int); INSERT INTO loud VALUES (1);
  CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE NOTICE 'it is %', (SELECT ssn FROM public.people); RETURN NULL; END $$;
  CREATE TRIGGER told AFTER UPDATE ON loud FOR EACH ROW EXECUTE FUNCTION told();
  CREATE TABLE failing (id int); INSERT INTO failing VALUES (1);
  CREATE FUNCTION failed() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'it is %', (SELECT ssn FROM public.people); END $$;
  CREATE TRIGGER failed AFTER UPDATE ON failing FOR EACH ROW EXECUTE FUNCTION failed();
`

const masked = ['kids_null', 'kids_chk', 'kids_ref', 'kids_note', 'people'].map((table) => `public.${table}.ssn`)

const ways = {
  simple: (sql: string) => [send.query(sql)],
  'several statements': (sql: string) => [send.query(`SELECT 1; ${sql}`)],
  extended: (sql: string) => [send.parse(sql), send.bind(), send.execute(), send.sync()],
} as const

const said = (messages: readonly Message[]): string => messages.map(({ body }) => body.toString('latin1')).join('')

let database: Awaited<ReturnType<typeof freshDatabase>>
let dba: Client
let server: Awaited<ReturnType<typeof relayServer>>
beforeAll(async () => {
  database = await freshDatabase()
  dba = await database.client()
  await dba.query(schema)
  const guard = await guardOf(database.url, { masks: [{ columns: masked, with: 'redact' }] })
  server = await relayServer({ url: database.url, guard })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const statements = {
  'a column that may not become NULL': 'DELETE FROM a',
  'a condition of the table that refers': 'UPDATE b SET id = 5000',
  'a key that is still referred to': 'DELETE FROM c',
  'a trigger’s notice, by a cascade': 'DELETE FROM d',
  'a condition of the table that a trigger writes to': 'INSERT INTO orders VALUES (1)',
  'a trigger’s notice': 'UPDATE loud SET id = 2',
  'a trigger’s error': 'UPDATE failing SET id = 2',
} as const

const cases = Object.entries(statements).flatMap(([what, sql]) =>
  Object.entries(ways).map(([way, messages]) => [what, way, messages(sql), sql] as const),
)

test.for(cases)('%s quotes nothing masked (%s)', async ([, , messages, sql]) => {
  const client = await WireClient.login(server.port)
  onTestFinished(() => void client.socket.destroy())
  await client.ask(send.query('BEGIN'))
  const answer = await client.ask(...messages)
  expect(answer.some(({ type }) => type === 'E' || type === 'N')).toBe(true)
  expect(said(answer)).not.toContain(canary)
  await client.ask(send.query('ROLLBACK'))
  // By itself the server does quote it.
  const spoken: string[] = []
  const notice = ({ message = '', detail = '' }: { message?: string | undefined; detail?: string | undefined }) =>
    void spoken.push(message, detail)
  dba.on('notice', notice)
  await dba.query('BEGIN')
  await dba.query(sql).catch(notice)
  await dba.query('ROLLBACK')
  dba.off('notice', notice)
  expect(spoken.join(' ')).toContain(canary)
})

test('a mistake that has nothing to do with it keeps the server’s words', async () => {
  const client = await WireClient.login(server.port)
  onTestFinished(() => void client.socket.destroy())
  expect(errorsIn(await client.ask(send.query('DELETE FROM a WHERE nothing = 1')))).toMatchObject([
    { C: '42703', M: 'column "nothing" does not exist' },
  ])
})

test.for([
  ['INSERT INTO grand VALUES ($$none$$)'],
  ['UPDATE grand SET v = $$none$$'],
  ['BEGIN', 'INSERT INTO late_ref VALUES ($$none$$)', 'COMMIT'],
  ['BEGIN', 'INSERT INTO late_ref VALUES ($$none$$)', 'SET CONSTRAINTS ALL IMMEDIATE'],
])('that a masked value isn’t there is no more than an error among others, and counts as one: %s', async (steps) => {
  const masks = [{ columns: masked, with: 'redact' }]
  const guard = await guardOf(database.url, { masks, masked_errors: 1 })
  await using own = await relayServer({ url: database.url, guard })
  const client = await WireClient.login(own.port)
  onTestFinished(() => void client.socket.destroy())
  const errors = async (sql: string) => errorsIn(await client.ask(send.query(sql)))
  let last: Awaited<ReturnType<typeof errors>> = []
  for (const step of steps) last = await errors(step)
  expect(last).toMatchObject([{ C: '23503', M: expect.stringContaining('withheld') as string }])
  await client.ask(send.query('ROLLBACK'))
  expect(await errors(`INSERT INTO grand VALUES ('${canary}')`)).toMatchObject([{ R: 'hoop/MASKED_ERRORS' }])
})
