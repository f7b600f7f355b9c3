import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import type { Catalog } from '../../../src/sql/catalog.js'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { catalogOf } from '../shop.js'

/* A foreign key with something masked at one end answers by what becomes of a change at the other. */

const schema = `
  CREATE TABLE vault (id int PRIMARY KEY, code text UNIQUE, region int, UNIQUE (region, code));
  CREATE TABLE refs (id int, code text REFERENCES vault (code) DEFERRABLE INITIALLY DEFERRED, note text);
  CREATE TABLE pairs (region int, code text, FOREIGN KEY (region, code) REFERENCES vault (region, code));
  CREATE VIEW seen AS SELECT id, code AS c FROM refs;
  CREATE TABLE areas (id int PRIMARY KEY);
  CREATE TABLE diag (code int PRIMARY KEY, area int REFERENCES areas ON DELETE CASCADE, label text);
  CREATE TABLE customers (id int PRIMARY KEY, name text, level int REFERENCES diag ON DELETE CASCADE ON UPDATE CASCADE);
  CREATE TABLE soft (code int PRIMARY KEY);
  CREATE TABLE people (id int, level int REFERENCES soft ON DELETE SET NULL);
  CREATE TABLE orders (id int, customer int REFERENCES customers ON DELETE CASCADE);
`
const masks = ['public.vault.code', 'public.customers.level', 'public.people.level']

let database: FreshDatabase
let catalog: Catalog
beforeAll(async () => {
  database = await freshDatabase()
  const client = await database.client()
  await client.query(schema)
  catalog = await catalogOf(client, masks)
})
afterAll(() => database[Symbol.asyncDispose]())

const facts = (sql: string, level: 'allow' | 'equality' | 'deny', guesses = true) =>
  analyse(sql, catalog, { predicates: { default: level, guesses } }).statements[0]

const [code, level, soft] = masks
const guess = (...values: unknown[]) =>
  values.map((value) => ({ columns: expect.anything() as unknown, values: [value] }))
const some = { list: 'unknown' }

test.for([
  ["INSERT INTO refs (id, code) VALUES (1, 'a'), (2, 'b')", code, guess({ text: 'a' }, { text: 'b' })],
  ["INSERT INTO refs VALUES (1, 'a', 'x')", code, guess({ text: 'a' })],
  ['INSERT INTO refs (code) VALUES ($1)', code, guess({ parameter: 1 })],
  ['PREPARE p AS INSERT INTO refs (code) VALUES ($1)', code, guess({ parameter: 1 })],
  ['INSERT INTO refs (code) SELECT g::text FROM generate_series(1, 9) g', code, guess(some)],
  ["WITH x AS (INSERT INTO refs (code) VALUES ('a')) SELECT 1", code, guess({ text: 'a' })],
  ["INSERT INTO pairs VALUES (4, 'a')", code, guess({ text: '4' }, { text: 'a' })],
  ['UPDATE pairs SET region = 4', code, guess({ text: '4' })],
  ["UPDATE refs SET code = 'a' WHERE id = 1", code, guess({ text: 'a' })],
  ['UPDATE refs SET code = note', code, guess(some)],
  ["UPDATE seen SET c = 'a'", code, guess(some)],
  ["INSERT INTO refs (id) VALUES (1) ON CONFLICT DO UPDATE SET code = 'a'", code, guess(some)],
  ["MERGE INTO refs USING (VALUES ('a')) v (x) ON id = 1 WHEN MATCHED THEN UPDATE SET code = x", code, guess(some)],
  ['COPY refs FROM STDIN', code, guess(some)],
  ["ALTER TABLE refs ALTER code SET DEFAULT 'a'", code, guess(some)],
  ['DELETE FROM diag WHERE code = 4', level, guess({ text: '4' })],
  ["DELETE FROM diag WHERE code = $1 AND label = 'x'", level, guess({ parameter: 1 })],
  ['UPDATE diag SET code = 9 WHERE code = 4', level, guess({ text: '4' })],
  ['DELETE FROM soft WHERE code = 4', soft, guess({ text: '4' })],
] as const)('%s is refused under deny for %s, a guess under equality', ([sql, column, guesses]) => {
  expect(facts(sql, 'deny')?.unproven).toMatchObject({ code: 'COLUMN_MASKED', subject: column })
  expect(facts(sql, 'equality')?.unproven).toBeUndefined()
  expect(facts(sql, 'equality')).toMatchObject({ touchesMasked: true, guesses })
  expect(facts(sql, 'allow')?.unproven).toBeUndefined()
  expect(facts(sql, 'allow')?.guesses?.length).toBeGreaterThan(0)
})

test.for([
  ['DELETE FROM diag WHERE code > 4', level],
  ['DELETE FROM diag USING (VALUES (4)) other(code) WHERE other.code = 4 AND diag.code > 4', level],
  ['UPDATE diag SET code = 9 FROM (VALUES (4)) other(code) WHERE other.code = 4', level],
  ['DELETE FROM diag', level],
  ['DELETE FROM diag WHERE code = 4 OR code = 5', level],
  ['DELETE FROM diag WHERE code = area', level],
  ["DELETE FROM diag WHERE label = 'x'", level],
  ['UPDATE diag SET code = code + 1', level],
  ['DELETE FROM areas WHERE id = 1', level],
  ['DELETE FROM soft', soft],
  ['MERGE INTO diag USING (VALUES (4)) v (x) ON code = x WHEN MATCHED THEN DELETE', level],
  ['INSERT INTO diag VALUES (1) ON CONFLICT (code) DO UPDATE SET code = 7', level],
  ['EXPLAIN DELETE FROM diag', level],
] as const)('%s is refused for %s but under allow', ([sql, column]) => {
  for (const each of ['deny', 'equality'] as const)
    expect(facts(sql, each)?.unproven).toMatchObject({ code: 'COLUMN_MASKED', subject: column })
  expect(facts(sql, 'allow')?.unproven).toBeUndefined()
})

test.for([
  'DO $$ BEGIN FOR i IN 1..9 LOOP INSERT INTO refs (code) VALUES (i::text); END LOOP; END $$',
  'DO $$ BEGIN DELETE FROM diag WHERE code = 4; EXCEPTION WHEN OTHERS THEN NULL; END $$',
])('no block asks: %s', (sql) => {
  for (const each of ['deny', 'equality', 'allow'] as const)
    expect(facts(sql, each)?.unproven).toMatchObject({
      code: each === 'deny' ? 'COLUMN_MASKED' : (expect.anything() as unknown),
    })
})

test.for([
  "INSERT INTO diag VALUES (1, 1, 'x')",
  "UPDATE diag SET label = 'x'",
  "UPDATE refs SET note = 'x'",
  'DELETE FROM refs',
  'INSERT INTO orders VALUES (1, 1)',
  'UPDATE orders SET customer = 2',
  'DELETE FROM orders',
  'DELETE FROM customers WHERE id = 1',
  'DELETE FROM vault WHERE id = 1',
  "UPDATE customers SET name = 'x' WHERE id = 1",
  'INSERT INTO customers VALUES (1, $1, 4)',
])('%s asks nothing', (sql) => {
  expect(facts(sql, 'deny')?.unproven).toBeUndefined()
  expect(facts(sql, 'equality')?.guesses).toBeUndefined()
})
