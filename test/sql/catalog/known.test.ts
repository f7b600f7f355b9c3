import type { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { catalogFor, readCatalog, type Catalog, type KnownName, type Reading } from '../../../src/sql/catalog.js'
import { initParser } from '../../../src/sql/parser.js'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'

const masked = ['public.people.email']

let database: FreshDatabase
let dba: Client
let reader: Client

beforeAll(async () => {
  await initParser()
  database = await freshDatabase()
  dba = await database.client()
  reader = await database.client()
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(() => dba.query('DROP TABLE IF EXISTS people, persons, unrelated; CREATE TABLE people (id int, email text)'))

const read = (): Promise<Reading> =>
  readCatalog(async (sql, parameters) => (await reader.query<Record<string, unknown>>(sql, parameters)).rows)

const maskedColumns = (catalog: Catalog): string[] =>
  [...catalog.relations.values()].flatMap(({ schema, name, columns }) =>
    columns.flatMap((column) => (column.masked ? [`${schema}.${name}.${column.name}`] : [])),
  )

const after = async (sql: string, elsewhere: Partial<KnownName> = {}) => {
  const { known } = catalogFor(await read(), { masked })
  await dba.query(sql)
  return catalogFor(await read(), { masked, remembered: known.map((name) => ({ ...name, ...elsewhere })) })
}

test('a column keeps its mask under another name, and a second one by the old name has it as well', async () => {
  const catalog = await after('ALTER TABLE people RENAME email TO address; ALTER TABLE people ADD email text')
  expect(maskedColumns(catalog)).toEqual(['public.people.address', 'public.people.email'])
  expect(catalog.unknown).toEqual([])
})

test('in another database the name decides, and the last one that the column had there', async () => {
  const [renamed] = (await after('ALTER TABLE people RENAME TO persons')).known
  expect(renamed).toMatchObject({ entry: 'public.people.email', name: 'public.persons.email' })
  await dba.query('CREATE TABLE unrelated (id int, note text)')
  const reading = await read()
  const [relation] = [...reading.rows.values()].flatMap(([oid, , name]) => (name === 'unrelated' ? [oid] : []))
  const remembered = [{ ...renamed!, identity: 'another/1', relation: relation! }]
  const catalog = catalogFor(reading, { masked, remembered })
  expect(maskedColumns(catalog)).toEqual(['public.persons.email'])
  expect(catalog.known).toEqual([{ ...renamed, identity: reading.identity }])
})

test('OIDs that somebody else got never take a mask away', async () => {
  await dba.query('CREATE TABLE unrelated (id int, note text)')
  const reading = await read()
  const relation = reading.byLabel.get('public.unrelated')!
  const remembered = [
    { entry: 'public.people.email', identity: reading.identity, relation, attribute: 2, name: 'x.y.z' },
  ]
  expect(maskedColumns(catalogFor(reading, { masked, remembered }))).toEqual([
    'public.people.email',
    'public.unrelated.note',
  ])
})

test('what the policy no longer masks is not masked because it is remembered', async () => {
  const { known } = catalogFor(await read(), { masked })
  expect(maskedColumns(catalogFor(await read(), { masked: [], remembered: known }))).toEqual([])
})

test('a table that is gone is unknown again, and one of its name is masked', async () => {
  expect((await after('DROP TABLE people')).unknown).toEqual(masked)
  await dba.query('CREATE TABLE people (email text)')
  const catalog = await after('DROP TABLE people; CREATE TABLE people (a int, email text)')
  expect(maskedColumns(catalog)).toEqual(['public.people.email'])
})

test('a definition that is printed while somebody renames what it reads is read again', async () => {
  await dba.query('CREATE TABLE unrelated (id int, email text); CREATE VIEW shown AS SELECT email FROM people')
  let swapped = false
  const reading = await readCatalog(async (sql, parameters) => {
    if (sql.includes('pg_get_viewdef') && !swapped) {
      swapped = true
      await dba.query(`BEGIN; ALTER TABLE people RENAME TO x; ALTER TABLE unrelated RENAME TO people;
        ALTER TABLE x RENAME TO unrelated; COMMIT`)
    }
    return (await reader.query<Record<string, unknown>>(sql, parameters)).rows
  })
  const view = reading.byLabel.get('public.shown')!
  expect(reading.definitions.get(view)).toContain('unrelated')
  expect(reading.byLabel.has('public.unrelated')).toBe(true)
  const [base] = reading.bases.get(view) ?? []
  expect(reading.byLabel.get('public.unrelated')).toBe(base)
  await dba.query('DROP VIEW shown')
})

test('a catalog whose definitions never stand still is given up', async () => {
  let n = 0
  const query = async (sql: string, parameters?: unknown[]) => {
    if (sql.includes('pg_get_viewdef')) await dba.query(`CREATE OR REPLACE VIEW moving AS SELECT ${++n} AS n`)
    return (await reader.query<Record<string, unknown>>(sql, parameters)).rows
  }
  await expect(readCatalog(query)).rejects.toMatchObject({ code: 'CATALOG_UNSETTLED' })
  await dba.query('DROP VIEW moving')
})
