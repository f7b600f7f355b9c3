import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Client } from 'pg'
import { freshDatabase } from '../../helpers/database.js'
import { guardOf } from './policy.js'
import { relayServer } from './relay-server.js'
import { errorsIn, send, states, WireClient, type Message } from './wire-client.js'

const ways = {
  simple: (sql: string) => [send.query(sql)],
  extended: (sql: string) => [send.parse(sql), send.bind(), send.execute(), send.sync()],
  described: (sql: string) => [
    ...[
      send.parse(sql, 'named'),
      send.describe('S', 'named'),
      send.bind([], { name: 'named' }),
      send.execute(),
      send.close('S', 'named'),
    ],
    send.sync(),
  ],
} as const

const said = (all: readonly Message[]): string => all.map(({ body }) => body.toString('latin1')).join('')

let database: Awaited<ReturnType<typeof freshDatabase>>
let admin: Client
let server: Awaited<ReturnType<typeof relayServer>>
beforeAll(async () => {
  database = await freshDatabase()
  admin = await database.client()
  const guard = await guardOf(database.url, {
    masks: [{ columns: ['public.customers.ssn'], with: 'redact' }],
  })
  server = await relayServer({ url: database.url, guard })
  await admin.query(`CREATE TABLE customers (id int, name text, ssn text)`)
  await admin.query(`CREATE TABLE plain (id int, note text)`)
  await admin.query(`INSERT INTO customers VALUES (1, 'ada', 'CANARY')`)
  await admin.query(`INSERT INTO plain VALUES (1, 'noted')`)
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

/** Steps of one transaction: what has to be in the answer, or (`!`) in the error; `+` only that it goes through. */
const transactions: Readonly<Record<string, readonly (readonly [sql: string, expected: string])[]>> = {
  'a column is added and filled': [
    ['ALTER TABLE customers ADD COLUMN x int', '+'],
    ['UPDATE customers SET x = 7', '+'],
    ['SELECT id, name, x FROM customers', 'ada'],
    ['SELECT * FROM customers', '********'],
    ['SELECT x, ssn FROM customers', '********'],
  ],
  'a plain table’s columns are renamed, dropped and added': [
    ['ALTER TABLE plain RENAME COLUMN note TO other', '+'],
    ['SELECT other, ssn FROM plain JOIN customers USING (id)', '********'],
    ['ALTER TABLE plain DROP COLUMN other, ADD COLUMN note text', '+'],
    ["UPDATE plain SET note = 'again'", '+'],
    ['SELECT * FROM plain', 'again'],
    ['SELECT plain.*, customers.* FROM plain JOIN customers USING (id)', '********'],
  ],
  'a plain table is renamed, and another takes its name': [
    ['ALTER TABLE plain RENAME TO former', '+'],
    ['CREATE TABLE plain (ssn text, id int)', '+'],
    ["INSERT INTO plain VALUES ('mine', 1)", '+'],
    ['SELECT plain.*, c.ssn FROM plain JOIN customers c USING (id)', '********'],
    ['SELECT former.*, c.ssn FROM former JOIN customers c USING (id)', 'noted'],
  ],
  'views are made, and made otherwise': [
    ['CREATE VIEW names AS SELECT id, note AS name FROM plain', '+'],
    ['SELECT name FROM names', 'noted'],
    ['CREATE OR REPLACE VIEW names AS SELECT id, note AS name, id AS more FROM plain', '+'],
    ['SELECT name, more FROM names', 'noted'],
  ],
  'a savepoint takes it back': [
    ['SAVEPOINT s', '+'],
    ['ALTER TABLE customers ADD COLUMN x int', '+'],
    ['SELECT x, ssn FROM customers', '********'],
    ['ROLLBACK TO s', '+'],
    ['SELECT ssn FROM customers', '********'],
    ['SELECT x FROM customers', '!does not exist'],
  ],
  'a temporary table takes the masked one’s name': [
    ['CREATE TEMP TABLE customers (id int, ssn text)', '+'],
    ["INSERT INTO pg_temp.customers VALUES (4, 'mine')", '+'],
    ['SELECT id FROM pg_temp.customers', '4'],
    ['SELECT ssn FROM public.customers', '********'],
  ],
  'a plain table’s types change, one after the other': [
    ['ALTER TABLE plain ALTER COLUMN note TYPE varchar(50)', '+'],
    ['ALTER TABLE plain ALTER COLUMN note TYPE text', '+'],
    ['SELECT note, ssn FROM plain JOIN customers USING (id)', '********'],
  ],
  'a table that the transaction has made is joined with the masked one': [
    ['CREATE TABLE made (id int, label text)', '+'],
    ["INSERT INTO made VALUES (1, 'labelled')", '+'],
    ['SELECT made.*, c.* FROM made JOIN customers c USING (id)', '********'],
    ['CREATE VIEW labels AS SELECT label FROM made', '+'],
    ['SELECT l.*, c.ssn FROM labels l, customers c', '********'],
  ],
  'the search path is the session’s own': [
    ['SET LOCAL search_path = public, pg_catalog', '+'],
    ['ALTER TABLE customers ADD COLUMN x int', '+'],
    ['SELECT x, ssn FROM customers', '********'],
    ['SHOW search_path', 'public, pg_catalog'],
  ],
}

const cases = Object.entries(transactions).flatMap(([title, steps]) =>
  Object.entries(ways).map(([way, frames]) => [title, way, steps, frames] as const),
)

test.for(cases)('a transaction goes on where %s (%s)', async ([, , steps, frames]) => {
  const client = await WireClient.login(server.port)
  onTestFinished(() => void client.socket.destroy())
  expect(states(await client.ask(send.query('BEGIN')))).toBe('T')
  for (const [sql, expected] of steps) {
    const all = await client.ask(...frames(sql))
    const [error] = errorsIn(all)
    const bytes = said(all)
    expect(bytes, sql).not.toMatch(/CANARY/)
    if (expected.startsWith('!')) {
      expect(`${error?.M} ${error?.D}`, sql).toContain(expected.slice(1))
      break
    }
    expect(error && `${error.C} ${error.M}`, sql).toBeUndefined()
    if (expected !== '+') expect(bytes, sql).toContain(expected)
  }
  await client.ask(send.query('ROLLBACK'))
  await client.ask(send.query('DISCARD ALL'))
  expect(errorsIn(await client.ask(send.query('SELECT id, name FROM customers')))).toEqual([])
  await client.end()
})

test('what was committed is known to the next transaction, and what was rolled back to none', async () => {
  const client = await WireClient.login(server.port)
  const ask = (sql: string): Promise<readonly Message[]> => client.ask(send.query(sql))
  for (const end of ['ROLLBACK', 'COMMIT']) {
    await ask('BEGIN')
    await ask('ALTER TABLE customers ADD COLUMN more int')
    expect(errorsIn(await ask('SELECT more, ssn FROM customers'))).toEqual([])
    await ask(end)
    for (const sql of ['BEGIN', 'SELECT more FROM customers', 'ROLLBACK', 'SELECT * FROM customers']) {
      const all = await ask(sql)
      const fails = end === 'ROLLBACK' && sql.includes('more')
      expect(
        errorsIn(all).map(({ C }) => C),
        sql,
      ).toEqual(fails ? ['42703'] : [])
      expect(said(all)).not.toContain('CANARY')
    }
  }
  await client.end()
})

test('rules follow what the transaction has renamed and retyped', async () => {
  await using other = await freshDatabase()
  await (await other.client()).query(`CREATE TABLE plain (id int PRIMARY KEY, note text, n int)`)
  const guard = await guardOf(other.url, { packs: ['production'] })
  await using ruled = await relayServer({ url: other.url, guard })
  const client = await WireClient.login(ruled.port)
  const rule = async (sql: string): Promise<string | undefined> => {
    const [error] = errorsIn(await client.ask(send.query(sql)))
    return error && (/The rule is ([\w-]+)/.exec(error.D ?? '')?.[1] ?? `${error.C} ${error.M}`)
  }
  for (const sql of [
    ...['BEGIN', 'ALTER TABLE plain RENAME TO notes', 'ALTER INDEX plain_pkey RENAME TO notes_pkey'],
    ...['ALTER TABLE notes RENAME COLUMN note TO remark', 'ALTER TABLE notes ALTER COLUMN remark TYPE varchar'],
    ...['ALTER TABLE notes ALTER COLUMN remark TYPE text', 'SELECT remark FROM notes'],
  ])
    expect(await rule(sql), sql).toBeUndefined()
  await rule('SAVEPOINT s')
  expect(await rule('ALTER TABLE notes ALTER COLUMN n TYPE bigint')).toMatch(/rewrite/)
  await rule('ROLLBACK TO s')
  await rule('ROLLBACK')
  await client.end()
})
