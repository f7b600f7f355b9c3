import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import type { Catalog } from '../../../src/sql/catalog.js'
import { catalogOf, masks, openShop, type Shop } from '../shop.js'

let shop: Shop
let catalog: Catalog
beforeAll(async () => {
  shop = await openShop()
  await shop.client.query(`CREATE FUNCTION paired(text) RETURNS pair LANGUAGE plpgsql AS
    $$ BEGIN EXECUTE 'SELECT 1'; RETURN ROW(1, $1); END $$`)
  await shop.client.query('CREATE CAST (text AS pair) WITH FUNCTION paired(text)')
  catalog = await catalogOf(shop.client, masks)
})
afterAll(() => shop[Symbol.asyncDispose]())

const subject = (sql: string): string | undefined =>
  analyse(sql, catalog, { predicates: 'equality' }).statements[0]?.unproven?.subject

test.for([
  'CREATE TABLE plain (a text, b pair)',
  "CREATE TABLE plain (a text DEFAULT 'x' NOT NULL, b text[])",
  'ALTER TABLE orders ADD COLUMN note text',
  "CREATE TABLE plain (id int GENERATED ALWAYS AS IDENTITY, note text DEFAULT 'x')",
])('a cast that can’t be read is nobody’s in %s', (sql) => {
  expect(subject(sql)).toBeUndefined()
})

test.for([
  ['SELECT name::text::pair FROM orders, active', 'text'],
  ["SELECT 'x'::pair", 'pair'],
  ["CREATE TABLE plain (a pair DEFAULT lower('x'))", 'pair'],
  ["CREATE TABLE plain (a pair GENERATED ALWAYS AS (lower('x')) STORED)", 'pair'],
  ['ALTER TABLE orders ALTER COLUMN placed TYPE pair', 'pair'],
  ["CREATE TABLE plain (a int CHECK ('x'::pair IS NOT NULL))", 'pair'],
] as const)('%s is refused for what the cast to %s does', ([sql, type]) => {
  expect(subject(sql)).toBe(type)
})
