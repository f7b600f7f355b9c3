import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tempFolder } from '../../helpers/temp.js'
import { relayServer, type RelayServer } from '../../gateway/relay/relay-server.js'
import { run, works } from './programs.js'

describe.skipIf(!works('psql', '--version'))('psql', () => {
  let server: RelayServer
  beforeAll(async () => {
    server = await relayServer()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const psql = (input: string, ...args: string[]) => run('psql', ['-X', ...args], server.port, { input })

  test('the forgetful command line: any user, a defaulted database', async () => {
    expect((await psql('SELECT 1', '-At')).stdout).toBe('1\n')
    expect((await psql('SELECT 1', '-At', 'vectordb')).stdout).toBe('1\n')
    expect((await psql('SELECT 1', 'somewhere')).stderr).toContain('does not lead to that database')
  })

  test('\\d and its family, \\timing, \\gdesc, \\watch', async () => {
    const { stdout, stderr, status } = await psql(
      `CREATE TABLE psql_family (id int PRIMARY KEY, name text DEFAULT 'x' CHECK (name <> ''));
       \\d psql_family
       \\d+ psql_family
       \\dt *.*
       \\df pg_sleep
       \\du
       \\dn
       \\dx
       \\timing on
       SELECT 42 AS answer;
       SELECT 1 AS a, 'x'::text AS b \\gdesc
       DROP TABLE psql_family;`,
      '-v',
      'ON_ERROR_STOP=1',
    )
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toContain('"psql_family_pkey" PRIMARY KEY')
    expect(stdout).toMatch(/Time: [\d.]+ ms/)
  })

  test('\\copy out and in, and COPY through a pipe', async () => {
    await using folder = await tempFolder()
    const file = folder.file('out.csv')
    const { stdout, stderr } = await psql(
      `\\copy (SELECT i, 'v' || i FROM generate_series(1, 10000) i) TO '${file}' CSV
       CREATE TEMP TABLE t (i int, v text);
       \\copy t FROM '${file}' CSV
       SELECT count(*), max(i) FROM t;
       COPY (SELECT 'done') TO STDOUT;`,
      '-At',
    )
    expect(stderr).toBe('')
    expect(stdout).toBe('COPY 10000\nCREATE TABLE\nCOPY 10000\n10000|10000\ndone\n')
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(10_001)
  })

  test('errors show line and position as on the server', async () => {
    const { stderr } = await psql('SELECT 1\n  FROM nowhere;')
    expect(stderr).toContain('relation "nowhere" does not exist\nLINE 2:   FROM nowhere;\n               ^')
  })

  test('several statements in one query, cursors, a transaction block', async () => {
    const { stdout } = await psql(
      'BEGIN; DECLARE c CURSOR FOR SELECT generate_series(1,3); FETCH 2 FROM c; FETCH ALL FROM c; COMMIT;',
      '-At',
    )
    expect(stdout).toBe('BEGIN\nDECLARE CURSOR\n1\n2\n3\nCOMMIT\n')
    expect((await run('psql', ['-XAt', '-c', 'SELECT 1; SELECT 2'], server.port)).stdout).toBe('1\n2\n')
  })
})

test.skipIf(!works('pgbench', '--version'))('pgbench in all its modes, pipelined too', async () => {
  await using server = await relayServer()
  await using folder = await tempFolder()
  const script = folder.file('pipeline.sql')
  const { writeFile } = await import('node:fs/promises')
  await writeFile(script, '\\startpipeline\nSELECT 1;\nSELECT 2;\nSELECT 3;\n\\endpipeline\n')
  for (const args of [
    ['-M', 'simple', '-f', script.replace('pipeline', 'plain')],
    ['-M', 'extended', '-f', script],
    ['-M', 'prepared', '-f', script],
  ]) {
    await writeFile(script.replace('pipeline', 'plain'), 'SELECT 1;\n')
    const { status, stdout, stderr } = await run('pgbench', ['-n', '-c', '4', '-t', '50', ...args], server.port)
    expect(stderr.replace(/^pgbench \(.*\n/m, '')).toBe('')
    expect(status).toBe(0)
    expect(stdout).toContain('number of transactions actually processed: 200/200')
  }
})
