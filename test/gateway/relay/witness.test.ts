import { Client } from 'pg'
import { beforeEach, expect, test } from 'vitest'
import { parameters, plainParameters } from '../../../src/sql/witness/parameters.js'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { guardOf } from './policy.js'
import { relayServer, type RelayServer } from './relay-server.js'
import { rowsIn, send, types, WireClient } from './wire-client.js'
import { share } from '../../helpers/suite/whole.js'

let database: FreshDatabase
let server: RelayServer
let dba: Client
let user: Client

const policy = { masks: [{ columns: ['public.customers.ssn'], with: 'redact' }] }

const seed = `
  CREATE TABLE customers (id int, name text, ssn text);
  INSERT INTO customers VALUES (1, 'ada', 'CANARY');
  CREATE TABLE pub (id int, title text);
  INSERT INTO pub VALUES (1, 'title');
  CREATE VIEW v AS SELECT id, name AS x FROM customers`

const swaps: Readonly<Record<string, string>> = {
  'a view that is replaced': 'CREATE OR REPLACE VIEW v AS SELECT id, ssn AS x FROM customers',
  'a view that another is renamed to': `CREATE VIEW v2 AS SELECT id, ssn AS x FROM customers;
    ALTER VIEW v RENAME TO v3; ALTER VIEW v2 RENAME TO v; DROP VIEW v3`,
  'a column that gets the name of another': `ALTER TABLE customers RENAME ssn TO s; ALTER TABLE customers RENAME name TO n;
    DROP VIEW v; CREATE VIEW v AS SELECT id, s AS x FROM customers`,
}

beforeEach(async () => {
  database = await freshDatabase()
  dba = await database.client()
  await dba.query(seed)
  server = await relayServer({ url: database.url, guard: await guardOf(database.url, policy) })
  user = new Client({ host: '127.0.0.1', port: server.port, user: 'x', database: database.name })
  await user.connect()
  return async () => {
    await user.end()
    await server[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  }
})

type Read = () => Promise<unknown>

const plain = 'SELECT id, x FROM v'

/** Ways to read the view: what is done before it changes, and what after. */
const ways: Readonly<Record<string, (client: Client) => Promise<Read>>> = {
  'a simple query': async (client) => () => client.query(plain),
  'a text of several statements': async (client) => () => client.query(`SELECT 1; ${plain}`),
  'an extended query': async (client) => () => client.query(`${plain} WHERE id = $1`, [1]),
  'a statement that was prepared before': async (client) => {
    const named = { name: 'earlier', text: `${plain} WHERE id = $1`, values: [1] }
    await client.query(named)
    return () => client.query(named)
  },
  'a statement that SQL prepared before': async (client) => {
    await client.query(`PREPARE p AS ${plain}`)
    await client.query('EXECUTE p')
    return () => client.query('EXECUTE p')
  },
  'CREATE TABLE AS': async (client) => async () => {
    await client.query(`CREATE TEMP TABLE taken AS ${plain}`)
    return client.query('SELECT * FROM taken')
  },
  'a cursor': async (client) => async () => {
    await client.query('BEGIN')
    try {
      await client.query(`DECLARE c CURSOR FOR ${plain}`)
      return await client.query('FETCH ALL FROM c')
    } finally {
      await client.query('ROLLBACK')
    }
  },
}

const outcome = async (read: Read): Promise<string> => {
  try {
    return JSON.stringify(((await read()) as { rows: unknown }).rows ?? (await read()))
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    return `${code} ${message}`
  }
}

for (const [swap, ddl] of Object.entries(swaps))
  for (const [way, prepare] of share(Object.entries(ways), swap, 2))
    test(`${swap} shows nothing masked to ${way}`, async () => {
      const read = await prepare(user)
      // Often enough that its snapshot is asked for in place of the catalog.
      for (let i = 0; i < 7; i++) {
        expect(await outcome(read)).toContain('ada')
        if (way === 'CREATE TABLE AS') await user.query('DROP TABLE taken')
      }
      await dba.query(ddl)
      expect(await outcome(read)).not.toContain('CANARY')
      expect(await outcome(() => user.query('SELECT 1 AS alive'))).toContain('alive')
    })

test('a statement whose view was replaced runs as if nothing had happened', async () => {
  expect((await user.query('SELECT x FROM v')).rows).toEqual([{ x: 'ada' }])
  await dba.query('CREATE OR REPLACE VIEW v AS SELECT id, upper(name) AS x FROM customers')
  expect((await user.query('SELECT x FROM v')).rows).toEqual([{ x: 'ADA' }])
  await dba.query('CREATE OR REPLACE VIEW v AS SELECT id, name AS x FROM customers')
  expect((await user.query('SELECT x FROM v WHERE id = $1', [1])).rows).toEqual([{ x: 'ada' }])
})

test('inside of a transaction the client is told to run it again', async () => {
  await user.query('BEGIN')
  await user.query('SELECT x FROM v WHERE id = 2')
  await user.query('COMMIT')
  await user.query('BEGIN')
  await dba.query('CREATE OR REPLACE VIEW v AS SELECT id, ssn AS x FROM customers')
  await expect(user.query('SELECT x FROM v')).rejects.toMatchObject({ code: '40001' })
  await user.query('ROLLBACK')
  expect((await user.query('SELECT x FROM v')).rows).not.toEqual([{ x: 'CANARY' }])
})

test('positions of errors count from the beginning of the text', async () => {
  await expect(user.query('SELECT x FROM v; SELECT é FROM v; SELECT wrong FROM pub')).rejects.toThrow()
  await expect(user.query('SELECT id FROM pub; SELECT id, 1/0 FROM pub')).rejects.toMatchObject({ code: '22012' })
  await expect(user.query('SELECT $1::int FROM pub')).rejects.toMatchObject({ code: '42P02' })
})

test('names of one’s own are one’s own', async () => {
  await user.query('BEGIN')
  await user.query('CREATE TEMP TABLE mine (a int)')
  await user.query('INSERT INTO mine VALUES (1)')
  expect((await user.query('SELECT a FROM mine')).rows).toEqual([{ a: 1 }])
  await user.query('COMMIT')
  expect((await user.query('SELECT a FROM mine')).rows).toEqual([{ a: 1 }])
  await user.query('CREATE TABLE also (b int); INSERT INTO also VALUES (2); SELECT b FROM also')
  expect((await user.query('SELECT b FROM also')).rows).toEqual([{ b: 2 }])
  await user.query('DROP TABLE also')
})

test('a statement that takes the place of the session’s own check does not testify for it', async () => {
  const forged = (name: string): string => {
    const all = name.endsWith('_plain') ? plainParameters : parameters.length
    return `SELECT 1 WHERE false AND ${Array.from({ length: all }, (_, i) => `$${i + 1}::text IS NULL`).join(' AND ')}`
  }
  const prepared = async (): Promise<string[]> =>
    (await user.query<{ name: string }>(`SELECT name FROM pg_prepared_statements WHERE name LIKE 'hoop%'`)).rows.map(
      ({ name }) => name,
    )
  await user.query('SELECT x FROM v')
  const names = await prepared()
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) {
    await user.query(`DEALLOCATE "${name}"`)
    await user.query(`PREPARE "${name}" AS ${forged(name)}`)
  }
  await dba.query(swaps['a view that is replaced']!)
  expect(await outcome(() => user.query('SELECT x FROM v'))).not.toContain('CANARY')

  const raw = await WireClient.login(server.port)
  await dba.query('CREATE OR REPLACE VIEW v AS SELECT id, name AS x FROM customers')
  await raw.ask(send.query('SELECT x FROM v'))
  for (const name of names) await raw.ask(send.close('S', name), send.parse(forged(name), name), send.sync())
  await dba.query(swaps['a view that is replaced']!)
  expect(JSON.stringify(rowsIn(await raw.ask(send.query('SELECT x FROM v'))))).not.toContain('CANARY')
  await raw.end()
})

test('what is sent behind the end of a COPY, before its answer, has its witness as well', async () => {
  const raw = await WireClient.login(server.port)
  await raw.ask(send.query('SELECT x FROM v'))
  raw.write(send.query('COPY pub FROM STDIN'))
  await raw.untilType('G')
  await dba.query(swaps['a view that is replaced']!)
  raw.write(send.copyDone(), send.query('SELECT x FROM v'))
  expect(JSON.stringify(rowsIn(await raw.until(2)))).not.toContain('CANARY')
  await raw.end()
})

test('what waits behind a statement whose witness fails is answered, too', async () => {
  const raw = await WireClient.login(server.port)
  await raw.ask(send.query('SELECT x FROM v'))
  await dba.query(swaps['a view that is replaced']!)
  raw.write(send.query('SELECT x FROM v'), send.query('COPY (SELECT title FROM pub) TO STDOUT'))
  const answers = await raw.until(2)
  expect(types(answers)).toMatch(/Z.*Hdc?CZ$|Z.*HdcCZ$/)
  expect(JSON.stringify(rowsIn(answers))).not.toContain('CANARY')
  await raw.end()
})

test('played again, each message has one answer, also where the planner is asked in between', async () => {
  const rules = [{ name: 'many', when: { rows_over: 100_000 }, do: 'block' }]
  await using asking = await relayServer({
    url: database.url,
    guard: await guardOf(database.url, { ...policy, rules }),
  })
  const raw = await WireClient.login(asking.port)
  const read = [send.parse('SELECT x FROM v'), send.bind(), send.describe(), send.execute(), send.sync()]
  const before = types(await raw.ask(...read))
  await dba.query('CREATE OR REPLACE VIEW v AS SELECT id, upper(name) AS x FROM customers')
  const after = await raw.ask(...read)
  expect(types(after)).toBe(before)
  expect(rowsIn(after)).toEqual([['ADA']])
  await raw.end()
})
