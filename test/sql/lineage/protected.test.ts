import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import { catalogOf, openShop, type Shop } from '../shop.js'
import type { Catalog } from '../../../src/sql/catalog.js'

let shop: Shop
let withoutMasks: Catalog
beforeAll(async () => {
  shop = await openShop()
  await shop.client.query(`CREATE VIEW settings AS SELECT name, setting FROM pg_settings;
    CREATE VIEW settings_again AS SELECT * FROM settings; CREATE VIEW tables AS SELECT oid, relname FROM pg_class;
    CREATE TABLE columns (id int)`)
  shop = { ...shop, catalog: await catalogOf(shop.client, ['public.customers.ssn']) }
  withoutMasks = await catalogOf(shop.client, [])
})
afterAll(() => shop[Symbol.asyncDispose]())

const codes = (sql: string) =>
  [shop.catalog, withoutMasks].map(
    (catalog) => analyse(sql, catalog, { predicates: 'deny' }).statements[0]?.unproven?.code,
  )

test.for([
  "UPDATE settings SET setting = 'off' WHERE name = 'standard_conforming_strings'",
  "UPDATE settings_again SET setting = 'off'",
  "WITH x AS (UPDATE public.settings SET setting = 'off' RETURNING 1) SELECT * FROM x",
  "UPDATE tables SET relname = 'c9' WHERE relname = 'customers'",
  'CREATE TEMP VIEW more AS SELECT * FROM settings_again',
  'CREATE OR REPLACE TEMP VIEW more AS SELECT relname FROM pg_catalog.pg_class WHERE relkind = $$r$$',
  "UPDATE pg_class SET relname = 'c9' WHERE relname = 'customers'",
  'DELETE FROM pg_catalog.pg_rewrite',
  'INSERT INTO pg_depend DEFAULT VALUES',
  'COPY pg_catalog.pg_attribute FROM STDIN',
  "DO $$ BEGIN UPDATE settings SET setting = 'off'; END $$",
])('under masks or rules, %s changes no catalog, however it is reached', (sql) =>
  expect(codes(sql)).toEqual([sql.startsWith('DO') ? expect.any(String) : 'CATALOG_PROTECTED', 'CATALOG_PROTECTED']),
)

test.for([
  'ALTER TYPE pair RENAME ATTRIBUTE first TO x CASCADE',
  'ALTER TYPE pair ADD ATTRIBUTE third int CASCADE',
  'ALTER TYPE pair DROP ATTRIBUTE first CASCADE',
  'ALTER TYPE pair ALTER ATTRIBUTE first TYPE text CASCADE',
  'ALTER TYPE pair ADD ATTRIBUTE a int, DROP ATTRIBUTE first CASCADE',
])('%s would change tables that it doesn’t name', (sql) =>
  expect(codes(sql)).toEqual(['CATALOG_PROTECTED', 'CATALOG_PROTECTED']),
)

test.for([
  'ALTER TYPE pair RENAME ATTRIBUTE first TO x',
  'CREATE VIEW more AS SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace',
  'INSERT INTO columns VALUES (1)',
  'SELECT name, setting FROM settings',
  'CREATE TABLE copied AS SELECT * FROM settings',
  "SET work_mem = '10MB'",
  'ANALYZE pg_class',
])('%s leaves catalogs as they are', (sql) => expect(codes(sql)).toEqual([undefined, undefined]))
