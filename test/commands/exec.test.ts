import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { guardOf } from '../gateway/relay/policy.js'
import { relayServer } from '../gateway/relay/relay-server.js'
import { type FreshDatabase, freshDatabase } from '../helpers/database.js'
import type { HoopOptions } from '../helpers/command/hoop.js'
import { setStage, type Stage } from './stage.js'

let stage: Stage
let env: Record<string, string>
let database: FreshDatabase
beforeAll(async () => {
  stage = await setStage(inject('databaseUrl'))
  env = await stage.token()
  database = await freshDatabase()
  const admin = await database.client()
  await admin.query('CREATE TABLE notes (id int, note text); GRANT ALL ON notes TO public')
  stage.gateway.database = database.name
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await stage[Symbol.asyncDispose]()
})

const exec = (args: readonly string[], more: Partial<HoopOptions> = {}) =>
  stage.hoop(['exec', 'vectordb', ...args], { env, ...more })

test('a table, with what the server says on stderr', async () => {
  expect(await exec(["SELECT 1 AS id, NULL AS note, 'x' AS t"])).toEqual({
    stdout: 'id  note  t\n1   NULL  x\n',
    stderr: 'SELECT 1\n',
    status: 0,
  })
})

test('values are text exactly as the server sends them', async () => {
  const sql = `SELECT 1.10::numeric n, 12345678901234567890::numeric big, true b, '2026-01-02 03:04:05.678901+00'::timestamptz::text t,
    '{"a": 1}'::json j, '\\x00ff'::bytea x, 'NaN'::float8 f`
  const { stdout } = await exec([sql, '--format', 'json'])
  expect(JSON.parse(stdout)).toEqual([
    {
      n: '1.10',
      big: '12345678901234567890',
      b: 't',
      t: expect.stringContaining('.678901') as string,
      j: '{"a": 1}',
      x: '\\x00ff',
      f: 'NaN',
    },
  ])
})

test('CSV', async () => {
  const { stdout } = await exec([`SELECT 1 a, '' b, NULL c, 'x"y,z' d`, '--format', 'csv'])
  expect(stdout).toBe('a,b,c,d\n1,"",,"x""y,z"\n')
})

test('--json is JSON', async () => {
  expect(JSON.parse((await exec(['SELECT 1 AS id, 2 AS id', '--json'])).stdout)).toEqual([{ id: '1', id_2: '2' }])
})

test('several statements run in order, and none after an error', async () => {
  const sql = "INSERT INTO notes VALUES (1, 'x'); SELECT count(*) FROM notes; SELECT 1/0; SELECT 3"
  const { stdout, stderr, status } = await exec([sql])
  expect([stdout, stderr, status]).toEqual(['count\n1\n', 'INSERT 0 1\nSELECT 1\nERROR 22012: division by zero\n', 1])
  expect((await exec(['SELECT count(*) FROM notes', '--format', 'csv'])).stdout).toBe('count\n0\n') // one transaction
})

test('from a file, from stdin, and from stdin by -f -', async () => {
  const file = join(stage.home, 'query.sql')
  await writeFile(file, '-- a comment\nSELECT 7 AS n;\n')
  const results = [
    await exec(['-f', file, '--format', 'csv']),
    await exec(['--format', 'csv'], { input: 'SELECT 7 AS n' }),
    await exec(['-f', '-', '--format', 'csv'], { input: 'SELECT 7 AS n' }),
  ]
  for (const result of results) expect(result).toEqual({ stdout: 'n\n7\n', stderr: '', status: 0 })
})

test('SQL that begins with a comment is no flag', async () => {
  const sql = '-- how many = one\nSELECT 1 AS n'
  for (const args of [[sql], ['-c', sql], ['--reason', 'x', sql]])
    expect(await exec([...args, '-t'])).toEqual({ stdout: '1\n', stderr: '', status: 0 })
  expect((await exec(['/* a */ SELECT 1 AS n', '-t'])).stdout).toBe('1\n')
})

test('several --command run in order, each in a transaction of its own, until one fails', async () => {
  const args = ['INSERT INTO notes VALUES (9)', 'SELECT id FROM notes WHERE id = 9', 'SELECT 1/0', 'SELECT 3']
  const { stdout, stderr, status } = await exec(args.flatMap((sql) => ['-c', sql]))
  expect([stdout, stderr, status]).toEqual(['id\n9\n', 'INSERT 0 1\nSELECT 1\nERROR 22012: division by zero\n', 1])
  expect((await exec(['DELETE FROM notes WHERE id = 9 RETURNING id', '-t'])).stdout).toBe('9\n')
})

test('a variable is a value, whatever it says', async () => {
  const evil = "x'; DROP TABLE notes; --"
  const sql =
    "SELECT :said AS said, :'said'::text = 'a' AS eq, ':said'::text AS no /* :said */, (ARRAY[1,2,3])[:n:2] AS s"
  const { stdout, stderr } = await exec(['--set', `said=${evil}`, '-v', 'n=2', sql, '--format', 'jsonl'])
  expect([JSON.parse(stdout), stderr]).toEqual([{ said: evil, eq: 'f', no: ':said', s: '{2}' }, ''])
})

test.for([
  ['a variable that isn’t named', ['--set', 'a=1', 'SELECT 1'], 64, 'the SQL has no :a'],
  ['one given twice', ['--set', 'a=1', '--set', 'a=2', 'SELECT :a'], 64, '--set gives a twice'],
  ['no name', ['--set', '1a=1', 'SELECT :a'], 64, '--set 1a is no name=value'],
  ['a name in place of a value', ['--set', 'a=1', 'SELECT 1 AS :"a"'], 64, 'only values can be variables'],
  ['two texts', ['--set', 'a=1', '-c', 'SELECT :a', '-c', 'SELECT :a'], 64, '--set goes with one text of SQL'],
  ['a parameter beside', ['--set', 'a=1', 'SELECT :a, $1'], 64, 'the SQL has $1 beside variables'],
  ['a quote that doesn’t end', ['--set', 'a=1', "SELECT :a, 'x"], 64, 'can’t be taken apart'],
  ['a value of the wrong type', ['--set', 'a=x', 'SELECT :a::int'], 1, 'invalid input syntax for type integer: "x"'],
  ['two statements', ['--set', 'a=1', 'SELECT :a; SELECT 2'], 1, 'cannot insert multiple commands'],
] as const)('%s: an error that says so', async ([, args, status, words]) => {
  const result = await exec([...args])
  expect([result.stderr, result.status]).toEqual([expect.stringContaining(words), status])
})

test('PGOPTIONS goes along', async () => {
  const result = await exec(['SHOW work_mem', '-t'], { env: { ...env, PGOPTIONS: '-c work_mem=7MB' } })
  expect(result.stdout).toBe('7MB\n')
})

test('--timeout cancels what runs: 75', async () => {
  const mark = `/* ${Math.random()} */`
  const { stderr, status } = await exec([`SELECT pg_sleep(60) ${mark}`, '--timeout', '1.5s'])
  expect([stderr, status]).toEqual([expect.stringContaining('1.5s have passed'), 75])
  const running = `SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%${mark}' AND query LIKE 'SELECT pg_sleep%'`
  await expect
    .poll(async () => (await (await database.client()).query<{ count: string }>(running)).rows)
    .toEqual([{ count: '0' }])
})

test('an error of a statement: SQLSTATE, the line at fault, hint, 1', async () => {
  const { stderr, status } = await exec(['SET work_mem = 4096;\nSELECT nope FROM pg_class'])
  expect([stderr, status]).toEqual([
    'SET\nERROR 42703: column "nope" does not exist\nLINE 2: SELECT nope FROM pg_class\n               ^\n',
    1,
  ])
})

test('an error with --json: code, SQLSTATE, position', async () => {
  const { stdout, status } = await exec(['SELEKT 1', '--json'])
  expect([JSON.parse(stdout), status]).toEqual([
    { error: expect.objectContaining({ code: 'STATEMENT_FAILED', sqlstate: '42601', position: 1 }) as object },
    1,
  ])
})

test('an error in the middle of a result leaves JSON that can be read', async () => {
  const { stdout, status } = await exec(['SELECT 1/(3-n) AS q FROM generate_series(1,5) n', '--format', 'json'])
  expect([JSON.parse(stdout), status]).toEqual([[{ q: '0' }, { q: '1' }], 1])
})

test('SQL that speaks in hoop’s words is the server’s all the same', async () => {
  const sql = `DO $$BEGIN RAISE EXCEPTION SQLSTATE '42501' USING MESSAGE = 'hoop: the policy forbids this statement: rule no-drop'; END$$`
  const { stderr, status } = await exec([sql])
  expect([stderr, status]).toEqual([
    expect.stringMatching(/^ERROR 42501: hoop: the policy forbids this statement: rule no-drop\n/),
    1,
  ])
})

test('columns that are hidden since they are computed are one line on stderr, with --json as well', async () => {
  await (await database.client()).query('CREATE TABLE people (pay numeric)')
  const guard = await guardOf(database.url, { masks: [{ columns: ['public.people.pay'] }] })
  await using relay = await relayServer({ url: database.url, guard })
  await using masked = await setStage(`postgres://127.0.0.1:${relay.port}/${database.name}`)
  masked.gateway.database = database.name
  const own = await masked.token()
  const sql = 'SELECT sum(pay), count(*) AS n, max(pay) FROM people'
  const line = 'NOTICE: hoop: hidden, since they are computed from masked columns: sum, max (public.people.pay)\n'
  const json = await masked.hoop(['exec', 'vectordb', sql, '--json'], { env: own })
  expect([JSON.parse(json.stdout), json.stderr]).toEqual([[{ sum: null, n: '0', max: null }], line])
  expect((await masked.hoop(['exec', 'vectordb', sql], { env: own })).stderr).toBe(`${line}SELECT 1\n`)
})

test('notices are shown', async () => {
  expect((await exec([`DO $$BEGIN RAISE NOTICE 'hello'; END$$`])).stderr).toBe('NOTICE: hello\nDO\n')
})

test('COPY in and out', async () => {
  const input = 'id,note\n1,one\n2,"t,wo"\n'
  expect((await exec(['COPY notes FROM STDIN (FORMAT csv, HEADER)'], { input })).stderr).toBe('COPY 2\n')
  expect((await exec(['COPY (SELECT * FROM notes ORDER BY id) TO STDOUT (FORMAT csv, HEADER)'])).stdout).toBe(input)
})

test('a large result comes as it is read, in little memory', async () => {
  const rows = 200_000
  await using running = stage.start(
    ['exec', 'vectordb', `SELECT n, repeat('x', 500) FROM generate_series(1, ${rows}) n`, '--format', 'csv'],
    { env: { ...env, NODE_OPTIONS: '--max-old-space-size=64' } },
  )
  running.process.stdout.setEncoding('utf8')
  const { stdout, status } = await running.ended
  expect([status, stdout.split('\n').length]).toEqual([0, rows + 2])
})

test('a reader that leaves ends it quietly', async () => {
  await using running = stage.start(['exec', 'vectordb', 'SELECT generate_series(1, 10000000)', '--format', 'csv'], {
    env,
  })
  await running.until(/\n1000\n/)
  running.process.stdout.destroy()
  const [status] = await new Promise<[number | null]>((resolve) =>
    running.process.once('exit', (code) => resolve([code])),
  )
  expect([status, running.stderr]).toEqual([0, ''])
})

test('Ctrl-C cancels the statement at the server, 130', async () => {
  const mark = `/* ${Math.random()} */`
  const admin = new Client({ connectionString: inject('databaseUrl') })
  await admin.connect()
  const active = async (): Promise<number> =>
    (
      await admin.query(
        `SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%' || $1`,
        [mark],
      )
    ).rowCount ?? 0
  await using running = stage.start(['exec', 'vectordb', `SELECT pg_sleep(60) ${mark}`], { env })
  await expect.poll(active, { timeout: 10_000 }).toBe(1)
  running.process.kill('SIGINT')
  expect(await running.ended).toMatchObject({ status: 130 })
  await expect.poll(active, { timeout: 2_000 }).toBe(0)
  await admin.end()
})

test.for([
  ['no SQL', [], ''],
  ['only blanks', ['  '], ''],
  ['SQL twice', ['SELECT 1', '-f', 'x.sql'], ''],
  ['SQL by argument and by --command', ['SELECT 1', '-c', 'SELECT 2'], ''],
  ['a time that is none', ['SELECT 1', '--timeout', 'soon'], ''],
  ['a file that isn’t there', ['-f', 'none.sql'], ''],
  ['an unknown format', ['SELECT 1', '--format', 'xml'], ''],
] as const)('%s: 64', async ([, args, input]) => {
  expect((await exec([...args], { input })).status).toBe(64)
})

test('a connection that is refused: the gateway’s words', async () => {
  await using own = await setStage(inject('databaseUrl'))
  own.gateway.refuse('/v1/grants', 403, {
    code: 'ACCESS_DENIED',
    message: 'you may not do this: vectordb',
    hint: 'Ask.',
  })
  const result = await own.hoop(['exec', 'vectordb', 'SELECT 1'], { env: await own.token() })
  expect(result).toEqual({ stdout: '', stderr: 'hoop: you may not do this: vectordb\nhint: Ask.\n', status: 77 })
})
