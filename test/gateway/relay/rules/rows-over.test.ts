import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../../../helpers/database.js'
import { guardOf } from '../policy.js'
import { relayServer, type RelayServer } from '../relay-server.js'
import { errorsIn, send, states, types, WireClient } from '../wire-client.js'

const ROWS = 50_000

let database: FreshDatabase
let server: RelayServer
let owner: Client

const rules = [{ name: 'many', when: { rows_over: 1000 }, do: 'block' }]

beforeAll(async () => {
  database = await freshDatabase()
  owner = await database.client()
  await owner.query(`
    CREATE TABLE big (id int PRIMARY KEY, body text); INSERT INTO big SELECT i, 'b' || i FROM generate_series(1, ${ROWS}) i;
    CREATE TABLE small (id int); INSERT INTO small SELECT generate_series(1, 10);
    CREATE SEQUENCE counter;
    CREATE FUNCTION counts(n int) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS
      $$ BEGIN RETURN nextval('counter') + n; END $$;
    CREATE FUNCTION counted(n int, m int) RETURNS bool IMMUTABLE LANGUAGE plpgsql AS
      $$ BEGIN RETURN nextval('counter') > n + m; END $$;
    CREATE OPERATOR ### (leftarg = int, rightarg = int, function = counted);
    CREATE VIEW through AS SELECT * FROM small WHERE counts(1) > id;
    ANALYZE big; ANALYZE small`)
  server = await relayServer({ url: database.url, guard: await guardOf(database.url, { rules }) })
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const connected = async (): Promise<Client> => {
  const client = new Client({ host: '127.0.0.1', port: server.port, user: 'x', database: database.name })
  await client.connect()
  return client
}

const many = (about: string) => ({
  code: '42501',
  message: expect.stringMatching(about) as string,
  detail: 'The rule is many.',
})

const refused: readonly (readonly [text: string, about: string])[] = [
  ['SELECT * FROM big', 'about 50,000 rows'],
  ['TABLE big;', 'about 50,000 rows'],
  ['/* ; */ SELECT id FROM big WHERE body <> $$;$$ -- all', 'about 4\\d,\\d{3} rows|about 50,000 rows'],
  ['SELECT * FROM generate_series(1, 90000)', 'about 90,000 rows'],
  ['SELECT b.id FROM big b, small s', 'about 500,000 rows'],
  ['SELECT array_agg(id) FROM big', 'about 50,000 rows'],
  ['UPDATE big SET body = body', 'about 50,000 rows'],
  ['DELETE FROM big WHERE id > 10', 'about 49,\\d{3} rows'],
  ['WITH gone AS (DELETE FROM big RETURNING id) SELECT count(*) FROM gone', 'about 50,000 rows'],
  ['INSERT INTO small SELECT id FROM big', 'about 50,000 rows'],
  ['MERGE INTO small s USING big b ON s.id = b.id WHEN NOT MATCHED THEN INSERT VALUES (b.id)', 'about'],
  ['CREATE TABLE copied AS SELECT * FROM big', 'about 50,000 rows'],
  ['SELECT * INTO copied FROM big', 'about 50,000 rows'],
  ['COPY big TO STDOUT', 'about 50,000 rows'],
  ["COPY (SELECT id, ')' FROM big WHERE (id > 0)) TO STDOUT (FORMAT csv)", 'about 50,000 rows'],
  ['EXPLAIN ANALYZE SELECT * FROM big', 'about 50,000 rows'],
  ['EXPLAIN (COSTS off, ANALYZE) SELECT * FROM big', 'about 50,000 rows'],
  ['SELECT counts(1)', 'not known, since it calls public.counts'],
  ['SELECT 1 WHERE 1 ### 2', 'not known, since it '],
  ['SELECT * FROM through', 'not known, since it calls public.counts'],
  ["DO $$ BEGIN EXECUTE 'SELECT 1'; END $$", 'not known, since'],
  ['SELECT 1; SELECT 2', 'not known, since it comes with other statements'],
  ['PREPARE twice AS SELECT * FROM big; EXECUTE twice', 'not known'],
]

test.for(refused)('%s is refused by the planner’s estimate, or for want of one', async ([text, about]) => {
  const client = await connected()
  await expect(client.query(text)).rejects.toMatchObject(many(about))
  if (!text.includes('; ')) {
    // The extended protocol.
    const query = client.query({ text, values: [], queryMode: 'extended' } as never)
    await expect(query).rejects.toMatchObject(many(about))
  }
  expect((await client.query('SELECT 1')).rowCount).toBe(1)
  await client.end()
})

test('nothing was run to find that out', async () => {
  const { rows } = await owner.query('SELECT is_called FROM counter')
  expect(rows).toEqual([{ is_called: false }])
  expect((await owner.query('SELECT 1 FROM big')).rowCount).toBe(ROWS)
})

test.for([
  'SELECT * FROM small',
  'SELECT * FROM big LIMIT 10',
  'SELECT count(*) FROM big',
  'SELECT * FROM big WHERE id = 7',
  'EXPLAIN SELECT * FROM big',
  'COPY (SELECT * FROM small) TO STDOUT',
  'SET search_path TO public',
  'SELECT lower(body) FROM big ORDER BY id LIMIT 3',
  'UPDATE small SET id = id',
  'CREATE VIEW v AS SELECT * FROM big',
  'DROP VIEW v',
])('%s runs', async (text) => {
  const client = await connected()
  await client.query(text)
  await client.end()
})

test('a bound parameter counts as what it is bound to', async () => {
  const client = await connected()
  const upTo = (id: number) => client.query('SELECT * FROM big WHERE id < $1', [id])
  expect((await upTo(100)).rowCount).toBe(99)
  await expect(upTo(40_000)).rejects.toMatchObject(many('about (39|40),\\d{3} rows'))
  expect((await client.query('SELECT * FROM big ORDER BY id LIMIT $1', [5])).rowCount).toBe(5)
  await expect(client.query('SELECT * FROM big LIMIT $1', [5000])).rejects.toMatchObject(many('about 5,000 rows'))
  await client.end()
})

test('the session’s own tables, settings and open transaction count', async () => {
  const client = await connected()
  await client.query('BEGIN')
  await client.query('CREATE TEMPORARY TABLE own (id int)')
  for (let i = 0; i < 12; i++) await client.query(`INSERT INTO own SELECT ${i} FROM generate_series(1, 500)`)
  await client.query('ANALYZE own')
  await expect(client.query('SELECT * FROM own')).rejects.toMatchObject(many('about 6,000 rows'))
  await client.query('ROLLBACK')
  await client.query('CREATE SCHEMA IF NOT EXISTS mine')
  await client.query('CREATE TABLE mine.big (id int)')
  await client.query('SET search_path TO mine')
  await client.query('ANALYZE mine.big')
  await client.query('SELECT * FROM big LIMIT 1')
  await client.query('DROP SCHEMA mine CASCADE')
  await client.end()
})

test('EXECUTE is counted with its arguments, and by whatever way its statement got its name', async () => {
  const client = await connected()
  await client.query('PREPARE chosen (int) AS SELECT * FROM big WHERE id < $1')
  expect((await client.query('EXECUTE chosen(10)')).rowCount).toBe(9)
  await expect(client.query('EXECUTE chosen(40000)')).rejects.toMatchObject(many('about (39|40),\\d{3} rows'))
  await expect(client.query('EXECUTE chosen(counts(1)::int)')).rejects.toMatchObject(many('can’t be planned'))
  await expect(client.query('EXPLAIN ANALYZE EXECUTE chosen(1)')).rejects.toMatchObject(many('what it runs has a name'))
  await expect(client.query('CREATE TABLE t AS EXECUTE chosen(1)')).rejects.toMatchObject(
    many('what it runs has a name'),
  )
  await client.query({ name: 'parsed', text: 'SELECT * FROM big WHERE id < $1', values: [10] })
  await expect(client.query('EXECUTE parsed(40000)')).rejects.toMatchObject(many('rows'))
  expect((await client.query('EXECUTE parsed(10)')).rowCount).toBe(9)
  await client.query('BEGIN')
  await expect(client.query('DECLARE c CURSOR FOR SELECT * FROM big')).rejects.toMatchObject(many('50,000 rows'))
  await client.query('ROLLBACK; BEGIN')
  await client.query('DECLARE c CURSOR FOR SELECT * FROM big WHERE id < 100')
  expect((await client.query('FETCH ALL FROM c')).rowCount).toBe(99)
  await client.end()
})

const piece = (text: string) => [send.parse(text), send.bind(), send.execute()]

test('in a pipeline what went before stays in its order, and commits only with all of it', async () => {
  const client = await WireClient.login(server.port)
  const write = piece('INSERT INTO small VALUES (4711)')
  const blocked = await client.ask(...write, ...piece('SELECT * FROM big'), send.sync())
  expect(types(blocked)).toBe('12C1EZ')
  expect(errorsIn(blocked)).toMatchObject([{ C: '42501' }])
  // The server’s own error at planning ends the client’s pipeline as it would have.
  const failed = await client.ask(...write, ...piece('SELECT * FROM nowhere'), ...piece('SELECT 1'), send.sync())
  expect(types(failed)).toBe('12CEZ')
  expect(types(await client.ask(...write, ...piece('SELECT * FROM small LIMIT 1'), send.sync()))).toBe('12C12DCZ')
  expect((await owner.query('DELETE FROM small WHERE id = 4711')).rowCount).toBe(1)
  expect(types(await client.ask(...piece('SELECT 1'), send.sync(), send.query('SELECT 2')))).toBe('12DCZ')
  expect(types(await client.until(1))).toBe('TDCZ')
  await client.end()
})

test('an error at planning leaves an open transaction as the statement itself would have', async () => {
  const client = await WireClient.login(server.port)
  await client.ask(send.query('BEGIN'))
  const answer = await client.ask(send.query('SELECT nothing FROM small'))
  expect(errorsIn(answer)[0]?.['M']).toContain('since column "nothing" does not exist')
  expect(states(answer)).toBe('E')
  expect(types(await client.ask(send.query('SELECT 1')))).toBe('EZ')
  expect(types(await client.ask(send.query('ROLLBACK')))).toBe('CZ')
  await client.end()
})

test('a client that cancels while the planner waits for a lock gets its error, and the session goes on', async () => {
  const client = await connected()
  const blocker = await database.client()
  await blocker.query('BEGIN')
  await blocker.query('LOCK TABLE small IN ACCESS EXCLUSIVE MODE')
  const waiting = expect(client.query('SELECT * FROM small')).rejects.toMatchObject({ code: '57014' })
  await expect
    .poll(async () => {
      const { rows } = await owner.query(
        `SELECT 1 FROM pg_stat_activity WHERE query LIKE 'EXPLAIN%small' AND wait_event_type = 'Lock'`,
      )
      return rows.length
    })
    .toBe(1)
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number }
  const secret = Buffer.alloc(4)
  secret.writeInt32BE(secretKey)
  await server.registry.byKey(processID, secret, 'ada')?.cancel()
  await waiting
  await blocker.query('ROLLBACK')
  expect((await client.query('SELECT * FROM small')).rowCount).toBe(10)
  await client.end()
})

test('the recording has the estimate of what ran', async () => {
  const index = server.sessions.length
  const client = await connected()
  await client.query('SELECT * FROM small')
  await client.end()
  const events = await server.recording(index)
  expect(events.find(({ type }) => type === 'statement')).toMatchObject({ text: 'SELECT * FROM small', estimate: 10 })
})
