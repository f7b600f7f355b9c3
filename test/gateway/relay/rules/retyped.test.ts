import { Client, type DatabaseError } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../../../helpers/database.js'
import { guardOf } from '../policy.js'
import { relayServer, type RelayServer } from '../relay-server.js'

let database: FreshDatabase
let server: RelayServer
let owner: Client
let user: Client

beforeAll(async () => {
  database = await freshDatabase()
  owner = await database.client()
  const guard = await guardOf(database.url, { packs: ['production'] })
  server = await relayServer({ url: database.url, guard })
  user = new Client({ host: '127.0.0.1', port: server.port, user: 'x', database: database.name })
  await user.connect()
})
afterAll(async () => {
  await user.end()
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

beforeEach(() => owner.query('DROP TABLE IF EXISTS notes; CREATE TABLE notes (id int, title varchar(20), body text)'))

const refused = async (statement: string): Promise<string | undefined> => {
  try {
    await user.query(statement)
    return undefined
  } catch (error) {
    await user.query('ROLLBACK')
    return (error as DatabaseError).message
  }
}

const lengthen = 'ALTER TABLE notes ALTER COLUMN title TYPE varchar(80)'
const byRule = /it rewrites the table under an exclusive lock/

test('a column is lengthened under the pack, and not shortened', async () => {
  expect(await refused(lengthen)).toBeUndefined()
  expect(await refused('ALTER TABLE notes ALTER COLUMN title TYPE varchar(20)')).toMatch(byRule)
})

test('one of which somebody else has changed the type is not, whatever was decided before', async () => {
  expect(await refused(lengthen)).toBeUndefined()
  await owner.query('ALTER TABLE notes ALTER COLUMN title TYPE text')
  expect(await refused(lengthen)).toMatch(byRule)
})

test('one that a transaction or a text has given the name of another is not', async () => {
  const swap = 'ALTER TABLE notes RENAME title TO old; ALTER TABLE notes RENAME body TO title'
  expect(await refused(`BEGIN; ${swap}; ${lengthen}; COMMIT`)).toMatch(
    /what the statement names has changed|it rewrites the table/,
  )
  await user.query('BEGIN')
  await user.query(swap)
  expect(await refused(lengthen)).toMatch(/what the statement names has changed|it rewrites the table/)
  const { rows } = await owner.query(
    `SELECT atttypmod FROM pg_attribute WHERE attrelid = 'notes'::regclass AND attname = 'title'`,
  )
  expect(rows).toEqual([{ atttypmod: 24 }])
})

test('behind changes in its transaction it is, and by the type that it has there', async () => {
  await user.query('BEGIN; ALTER TABLE notes ADD COLUMN more text, ALTER COLUMN body SET NOT NULL')
  expect(await refused(lengthen)).toBeUndefined()
  expect(await refused(lengthen.replace('80', '90'))).toBeUndefined()
  expect(await refused('ALTER TABLE notes ALTER COLUMN title TYPE varchar(20)')).toMatch(byRule)
})

test('one that another migration has just made and committed is lengthened in the next one’s transaction', async () => {
  await user.query('BEGIN; CREATE TABLE made (id serial PRIMARY KEY, name varchar(20) NOT NULL UNIQUE); COMMIT')
  expect(await refused('BEGIN')).toBeUndefined()
  expect(await refused('ALTER TABLE "made" ALTER "name" SET DATA TYPE varchar(80)')).toBeUndefined()
  expect(await refused('COMMIT')).toBeUndefined()
})
