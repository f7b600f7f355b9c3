import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Guard } from '../../../../src/policy/decision.js'
import { freshDatabase, type FreshDatabase } from '../../../helpers/database.js'
import { guardOf } from '../policy.js'
import { relayServer, type RelayServer } from '../relay-server.js'

let database: FreshDatabase
let server: RelayServer
let owner: Client
let guard: Guard

const rules = [
  { name: 'no-reading', when: { statement: ['select', 'copy'], reads: ['public.secret'] }, do: 'block' },
  { name: 'no-bulk', when: { reads: ['public.docs'], limit_over: 10 }, do: 'block' },
  { name: 'no-numbers', when: { statement: ['select'], columns: ['public.people.ssn'] }, do: 'block' },
]

beforeAll(async () => {
  database = await freshDatabase()
  owner = await database.client()
  await owner.query(
    'CREATE TABLE secret (k text); CREATE TABLE docs (id int); CREATE TABLE people (name text, ssn text); CREATE SCHEMA app',
  )
  guard = await guardOf(database.url, { rules })
  server = await relayServer({ url: database.url, guard })
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

const refusedBy = (rule: string) => ({ code: '42501', detail: `The rule is ${rule}.` })

test('a table that is renamed stays known to rules, in its transaction and behind it', async () => {
  const [client, other] = [await connected(), await connected()]
  await client.query('BEGIN')
  await client.query('ALTER TABLE secret RENAME TO plain')
  await client.query('SAVEPOINT s')
  for (const text of ['SELECT * FROM plain', 'TABLE public.plain', 'COPY plain TO STDOUT'])
    await expect(client.query(text), text).rejects.toMatchObject(refusedBy('no-reading'))
  await client.query('ROLLBACK TO s')
  await client.query('COMMIT')
  await guard.refresh()
  for (const each of [client, other])
    await expect(each.query('SELECT * FROM plain')).rejects.toMatchObject(refusedBy('no-reading'))
  await client.query('ALTER TABLE plain SET SCHEMA app')
  await client.query('ALTER TABLE app.plain RENAME TO plainer')
  await guard.refresh()
  await client.query('CREATE VIEW through AS TABLE app.plainer').catch(() => undefined)
  await expect(client.query('SELECT * FROM app.plainer')).rejects.toMatchObject(refusedBy('no-reading'))
  await client.end()
  await other.end()
})

test('two statements of one text are no way around it', async () => {
  const client = await connected()
  for (const text of [
    'ALTER TABLE people RENAME TO persons; SELECT ssn FROM persons',
    'DO $$ BEGIN ALTER TABLE people RENAME TO persons; PERFORM ssn FROM persons; END $$',
  ])
    await expect(client.query(text), text).rejects.toMatchObject(refusedBy('no-numbers'))
  await client.end()
})

test('a table that somebody renamed by another way is known once the catalog is read', async () => {
  const client = await connected()
  await owner.query('ALTER TABLE people RENAME TO folk')
  await guard.refresh()
  await expect(client.query('SELECT ssn FROM folk')).rejects.toMatchObject(refusedBy('no-numbers'))
  await expect(client.query('SELECT f FROM folk f')).rejects.toMatchObject(refusedBy('no-numbers'))
  expect((await client.query('SELECT name FROM folk')).rowCount).toBe(0)
  await client.end()
})

test('renaming counts as reading all of it', async () => {
  const client = await connected()
  for (const text of [
    'ALTER TABLE docs RENAME TO papers',
    'ALTER TABLE docs SET SCHEMA app',
    'ALTER SCHEMA public RENAME TO old',
  ])
    await expect(client.query(text), text).rejects.toMatchObject(refusedBy('no-bulk'))
  await client.query('SELECT * FROM docs LIMIT 10')
  await client.end()
})
