import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { BudgetsConfig } from '../../../../src/policy/config/schema.js'
import type { Guard } from '../../../../src/policy/decision.js'
import { type FreshDatabase, freshDatabase } from '../../../helpers/database.js'
import { guardOf } from '../policy.js'
import { relayServer } from '../relay-server.js'
import { errorsIn, type Message, send, states, types, WireClient } from '../wire-client.js'

const LIMIT = 10_000
const ROWS = 1_000_000

let database: FreshDatabase
let guard: Guard
let admin: Client

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'))
  admin = await database.client()
  await admin.query(
    `CREATE UNLOGGED TABLE documents AS SELECT i AS id, 'text ' || i AS body FROM generate_series(1, ${ROWS}) i`,
  )
  await admin.query('CREATE TABLE notes (a int)')
  guard = await guardOf(database.url, {})
})

afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

const serve = (budgets: BudgetsConfig) => relayServer({ url: database.url, guard, budgets })

const binary = { results: [1] }
const extended = (text: string, rows = 0, options = {}) => [
  send.parse(text),
  send.bind([], options),
  send.execute('', rows),
]
const all = 'SELECT * FROM documents'
const everyWay: readonly [mode: string, frames: readonly Buffer[], ready: number][] = [
  ['a simple query', [send.query(all)], 1],
  ['a multi-statement query', [send.query('SELECT * FROM documents LIMIT 9000; TABLE documents; SELECT 1')], 1],
  ['the extended protocol', [...extended(all), send.sync()], 1],
  ['binary results', [...extended(all, 0, binary), send.sync()], 1],
  ['COPY as text', [send.query('COPY documents TO STDOUT')], 1],
  ['COPY as csv with a header', [send.query('COPY (SELECT * FROM documents) TO STDOUT (FORMAT csv, HEADER)')], 1],
  ['COPY in binary', [send.query('COPY documents TO STDOUT (FORMAT binary)')], 1],
  ['COPY by the extended protocol', [...extended('COPY documents TO STDOUT'), send.sync()], 1],
  [
    'a portal in pieces',
    [
      send.query('BEGIN'),
      send.parse(all),
      send.bind([], { portal: 'p' }),
      ...Array.from({ length: 20 }, () => send.execute('p', 900)),
      send.execute('p'),
      send.sync(),
    ],
    2,
  ],
  [
    'a cursor of SQL',
    [
      send.query('BEGIN'),
      send.query(`DECLARE c CURSOR FOR ${all}`),
      ...Array.from({ length: 12 }, () => send.query('FETCH 900 FROM c')),
    ],
    14,
  ],
  [
    'FETCH ALL of a cursor in binary',
    [send.query('BEGIN'), send.query(`DECLARE c BINARY CURSOR FOR ${all}`), send.query('FETCH ALL FROM c')],
    3,
  ],
  ['a pipeline with one Sync', [...extended(all), ...extended(all), send.sync()], 1],
  [
    'writing that returns',
    [send.query("INSERT INTO notes SELECT i FROM generate_series(1, 100000) i RETURNING a, 'x'")],
    1,
  ],
  ['notices', [send.query("DO $$ BEGIN FOR i IN 1..300000 LOOP RAISE NOTICE 'row %', i; END LOOP; END $$")], 1],
]

/** Rows, lines of a COPY and notices of the server. */
const leaked = (messages: readonly Message[]): number =>
  messages.filter(({ type, body }) => type === 'D' || type === 'd' || (type === 'N' && !body.includes('hoop:'))).length

const idle = async (): Promise<void> => {
  for (let tries = 0; tries < 100; tries++) {
    const { rows } = await admin.query<{ query: string }>(
      `SELECT query FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'`,
    )
    if (rows.length === 0) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the server is still at work')
}

test.for(everyWay)(
  '%s: no more rows than the budget, an error, and the session goes on',
  async ([mode, frames, ready]) => {
    await using server = await serve({ statement: { rows: LIMIT } })
    const client = await WireClient.login(server.port)
    client.write(...frames)
    const messages = await client.until(ready)
    await idle()
    expect(leaked(messages)).toBeLessThanOrEqual(mode.includes('header') ? LIMIT + 1 : LIMIT)
    expect(leaked(messages)).toBeGreaterThanOrEqual(LIMIT - 900)
    const errors = errorsIn(messages)
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatchObject({
      S: 'ERROR',
      C: '53400',
      M: expect.stringMatching(/^hoop: .*statement budget, 10,000 rows/) as string,
    })
    expect(errors[0]!['D']).toMatch(/Counted so far: (9,\d{3}|10,000) rows/)
    expect(states(messages)).toMatch(ready === 1 ? /^I$/ : /^T+E?$/)
    expect(types(await client.ask(send.query('ROLLBACK')))).toMatch(/^N?CZ$/)
    expect(types(await client.ask(send.query('SELECT 1')))).toBe('TDCZ')
    expect(types(await client.ask(...extended('SELECT 2'), send.sync()))).toBe('12DCZ')
    await client.end()
  },
)
