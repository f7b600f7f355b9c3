import { writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { Readable, Writable } from 'node:stream'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { Client, type ClientConfig, Pool } from 'pg'
import { from, to } from 'pg-copy-streams'
import Cursor from 'pg-cursor'
import postgres from 'postgres'
import { run, works } from '../../../../e2e/drivers/programs.js'
import { tempFolder } from '../../../../helpers/temp.js'
import { send, WireClient } from '../../wire-client.js'
import { cursor, fails, parameterized, returning, several, statements } from './statements.js'

/** What a client does; what it prints, where it prints what it got as CSV. */
export type Use = (port: number) => Promise<string | void>

const configOf = (port: number): ClientConfig => ({ host: '127.0.0.1', port, user: 'me', database: 'me' })

const withPg = async (port: number, use: (client: Client) => Promise<unknown>): Promise<void> => {
  const client = new Client(configOf(port))
  await client.connect()
  await use(client)
  await client.end()
}

/** Errors are what is to be recorded as well. */
const tried = (asked: Promise<unknown>): Promise<unknown> => asked.catch(() => undefined)

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() })

const pgSimple: Use = (port) =>
  withPg(port, async (client) => {
    for (const text of [...statements, several, returning, ...fails, ';']) await tried(client.query(text))
  })

const pgExtended =
  (binary: boolean): Use =>
  (port) =>
    withPg(port, async (client) => {
      // It takes seconds to read a nested array in binary.
      for (const text of statements.filter((each) => !binary || !each.includes('ARRAY[[')))
        await client.query({ text, binary, queryMode: 'extended' } as { text: string })
      for (const { text, values } of parameterized)
        for (let times = 0; times < 2; times++)
          await tried(client.query({ text, values: [...values], name: text.slice(0, 30), binary } as never))
      for (const text of fails) await tried(client.query({ text, queryMode: 'extended' } as { text: string }))
    })

const pgCursor: Use = (port) =>
  withPg(port, async (client) => {
    const read = client.query(new Cursor('SELECT * FROM people, generate_series(1, 3) n ORDER BY id, n'))
    while ((await read.read(4)).length > 0);
    await read.close()
    for (const text of cursor) await client.query(text)
  })

const pgCopy: Use = (port) =>
  withPg(port, async (client) => {
    await pipeline(client.query(to('COPY people TO STDOUT')), nowhere())
    await pipeline(
      client.query(to(`COPY (SELECT id, email, note FROM people) TO STDOUT (FORMAT csv, HEADER)`)),
      nowhere(),
    )
    await pipeline(client.query(to('COPY shelf TO STDOUT (FORMAT binary)')), nowhere())
    await client.query('CREATE TEMP TABLE copied (id int, note text)')
    await pipeline(Readable.from(['1\tä\n', '2\t\\N\n']), client.query(from('COPY copied FROM STDIN')))
    await client.query('SELECT * FROM copied ORDER BY id')
  })

const withPostgres = async (port: number, use: (db: postgres.Sql) => Promise<unknown>): Promise<void> => {
  const db = postgres({ host: '127.0.0.1', port, user: 'me', database: 'me', max: 1, onnotice: () => undefined })
  await use(db)
  await db.end()
}

const postgresJs: Use = (port) =>
  withPostgres(port, async (db) => {
    for (const text of statements) await db.unsafe(text)
    for (const { text, values } of parameterized) await tried(db.unsafe(text, [...values] as never[]))
    // Pipelined: they are on their way together.
    await Promise.allSettled([
      db.unsafe(statements[0]),
      ...fails.map((text) => db.unsafe(text)),
      db`SELECT ${7}::int AS n`,
    ])
    await tried(db.unsafe(several).simple())
  })

const postgresJsStreams: Use = (port) =>
  withPostgres(port, async (db) => {
    for await (const _ of db`SELECT * FROM people ORDER BY id`.cursor(2));
    await pipeline(await db`COPY people TO STDOUT`.readable(), nowhere())
  })

const kysely: Use = async (port) => {
  const db = new Kysely<{ people: { id: number; email: string; ssn: string } }>({
    dialect: new PostgresDialect({ pool: new Pool({ ...configOf(port), max: 1 }), cursor: Cursor }),
  })
  await db.selectFrom('people').selectAll().where('id', '<', 3).orderBy('id').execute()
  for await (const _ of db.selectFrom('people').select(['email', 'ssn']).stream(1)) void _
  await tried(sql`SELECT 1 / ${0}::int`.execute(db))
  await db.destroy()
}

const everyRow = 'SELECT * FROM people ORDER BY id'

/** Each value in another format than the one before it, portals that are read in part, pipelines with an error in the middle. */
const bytes: Use = async (port) => {
  const client = await WireClient.login(port)
  const mixed = { results: [1, 0, 1, 0, 1, 0] }
  for (const text of statements)
    await client.ask(send.parse(text), send.bind([], { results: [1] }), send.describe(), send.execute(), send.sync())
  await client.ask(
    send.parse('SELECT id, email, ssn, note, secret, flags FROM people ORDER BY id'),
    send.bind([], mixed),
    send.describe(),
    send.execute('', 1),
    send.execute('', 1),
    send.execute(),
    send.sync(),
  )
  await client.ask(
    ...[send.parse('SELECT 1 AS one'), send.bind(), send.describe(), send.execute()],
    ...[send.parse('SELECT 1 / 0'), send.bind(), send.describe(), send.execute()],
    ...[send.parse(everyRow), send.bind(), send.describe(), send.execute(), send.sync()],
  )
  // Described once, and then run without.
  await client.ask(send.parse(everyRow, 's'), send.describe('S', 's'), send.sync())
  for (const results of [[0], [1]]) await client.ask(send.bind([], { name: 's', results }), send.execute(), send.sync())
  await client.end()
}

const psqlText = [
  ...statements.map((text) => `${text};`),
  ...cursor.map((text) => `${text};`),
  ...fails.map((text) => `${text};`),
]

const psql =
  (...args: string[]): Use =>
  async (port) =>
    (await run('psql', ['-X', '-q', ...args], port, { input: psqlText.join('\n') })).stdout

const psqlOthers: Use = async (port) => {
  await run('psql', ['-X', '-c', several, '-c', returning], port)
  const input = `\\set FETCH_COUNT 2\n${everyRow};\n\\set FETCH_COUNT 0\n${everyRow} \\gdesc\n${everyRow} \\gx
COPY people TO STDOUT;\nSELECT 'SELECT ' || id FROM people \\gexec\n\\d people\n`
  await run('psql', ['-X'], port, { input })
}

const pgbench =
  (mode: string): Use =>
  async (port) => {
    await using folder = await tempFolder()
    const script = folder.file('script.sql')
    await writeFile(script, `\\set id 2\n${everyRow};\nSELECT email, ssn FROM people WHERE id = :id;\n`)
    await run('pgbench', ['-n', '-t', '2', '-M', mode, '-f', script, 'me'], port)
  }

const pgDump: Use = async (port) => {
  await run('pg_dump', ['--data-only', '--table', 'shelf', 'me'], port)
}

const psycopg = `
import psycopg
with psycopg.connect("dbname=me") as conn:
    for binary in (False, True):
        with conn.cursor(binary=binary) as cur:
            cur.execute("${everyRow}")
            cur.fetchall()
    with conn.cursor(name="c") as cur:
        cur.execute("${everyRow}")
        cur.fetchmany(2)
    with conn.cursor().copy("COPY people TO STDOUT") as copy:
        for row in copy.rows(): pass
`

const python = ['/usr/bin/python3', 'python3'].find((command) => works(command, '-c', 'import psycopg'))

const psycopgs: Use = async (port) => void (await run(python!, ['-'], port, { input: psycopg }))

interface Matrix {
  readonly client: string
  readonly use: Use
  readonly isHere: boolean
  /** It prints what it gets as CSV. */
  readonly prints?: true
}

const [hasPsql, hasPgbench, hasDump] = ['psql', 'pgbench', 'pg_dump'].map((command) => works(command, '--version'))

/** Every client in the project's tests that can be given rows. */
export const clients: readonly Matrix[] = [
  { client: 'psql', use: psql(), isHere: hasPsql! },
  { client: 'psql --csv', use: psql('--csv'), isHere: hasPsql!, prints: true },
  {
    client: 'psql: cursors of its own, \\gdesc, \\gexec, \\d, COPY, several statements',
    use: psqlOthers,
    isHere: hasPsql!,
  },
  ...['simple', 'extended', 'prepared'].map((mode) => ({
    client: `pgbench -M ${mode}`,
    use: pgbench(mode),
    isHere: hasPgbench!,
  })),
  { client: 'pg_dump', use: pgDump, isHere: hasDump! },
  { client: 'psycopg', use: psycopgs, isHere: python !== undefined },
  { client: 'node-postgres, simple', use: pgSimple, isHere: true },
  { client: 'node-postgres, extended', use: pgExtended(false), isHere: true },
  { client: 'node-postgres, binary', use: pgExtended(true), isHere: true },
  { client: 'pg-cursor', use: pgCursor, isHere: true },
  { client: 'pg-copy-streams', use: pgCopy, isHere: true },
  { client: 'postgres.js', use: postgresJs, isHere: true },
  { client: 'postgres.js: cursor, COPY', use: postgresJsStreams, isHere: true },
  { client: 'kysely', use: kysely, isHere: true },
  { client: 'bytes of our own: mixed formats, portals, pipelines', use: bytes, isHere: true },
]
