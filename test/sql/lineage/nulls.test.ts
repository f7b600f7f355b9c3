import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import type { Predicates } from '../../../src/sql/lineage/predicates.js'
import { openShop, type Shop } from '../shop.js'

let shop: Shop
beforeAll(async () => void (shop = await openShop()))
afterAll(() => shop[Symbol.asyncDispose]())

const hidden = new Set(['public.customers.ssn'])

const facts = (sql: string, level: Predicates = 'equality') =>
  analyse(sql, shop.catalog, { predicates: { default: level, hiddenNulls: hidden } }).statements[0]

test.for([
  'SELECT id FROM customers WHERE ssn IS NULL',
  'SELECT id FROM customers WHERE ssn IS NOT NULL',
  'SELECT id FROM customers WHERE NOT (ssn IS NULL)',
  "SELECT id FROM customers WHERE ssn <> 'x'",
  "SELECT id FROM customers WHERE NOT (ssn = 'x')",
  "SELECT id FROM customers WHERE id = 1 AND NOT (id = 2 OR ssn = 'x')",
  "SELECT id FROM customers WHERE ssn NOT IN ('x', 'y')",
  "SELECT id FROM customers WHERE NOT ssn IN ('x', 'y')",
  "SELECT id FROM customers WHERE ssn <> ANY ('{x,y}')",
  "SELECT id FROM customers WHERE NOT ssn = ANY ('{x,y}')",
  'SELECT id FROM customers WHERE ssn IS NOT DISTINCT FROM NULL',
  "SELECT id FROM customers WHERE (id, ssn) <> (1, 'x')",
  "SELECT id FROM customers WHERE NOT (id, ssn) = (1, 'x')",
  "SELECT id FROM customers WHERE (id, ssn) NOT IN ((1, 'x'))",
  'SELECT id FROM customers WHERE (id, ssn) IS NOT DISTINCT FROM (1, NULL)',
  'SELECT id FROM customers WHERE (id, ssn) = (id, ssn)',
  'SELECT id FROM customers WHERE NOT ssn',
  "SELECT id FROM customers WHERE ssn IS DISTINCT FROM 'x'",
  'SELECT id FROM customers WHERE ssn = ssn',
  'SELECT c.id FROM customers c JOIN customers d ON c.ssn = d.ssn',
  'SELECT c.id FROM customers c JOIN customers d USING (ssn)',
  'SELECT c.id FROM customers c NATURAL JOIN customers d',
  'SELECT id FROM customers WHERE ssn IN (SELECT ssn FROM customers)',
  'SELECT id FROM customers WHERE ssn IN (SELECT email FROM customers)',
  'SELECT id FROM customers WHERE email IN (SELECT ssn FROM customers)',
  'SELECT 1 FROM customers GROUP BY ssn HAVING ssn IS NULL',
  'DELETE FROM customers WHERE ssn IS NULL',
  "UPDATE customers SET name = 'x' WHERE ssn IS NOT NULL RETURNING id",
  'COPY (SELECT id FROM customers WHERE ssn IS NULL) TO STDOUT',
])('where NULLs are hidden, %s is refused', (sql) => {
  expect(facts(sql)?.unproven).toMatchObject({ code: 'COLUMN_MASKED' })
  expect(facts(sql, 'deny')?.unproven).toBeDefined()
})

test.for([
  'SELECT ssn IS NULL FROM customers',
  'SELECT count(ssn) FROM customers',
  'SELECT count(DISTINCT ssn) FROM customers',
  'SELECT count(*) FILTER (WHERE ssn IS NULL) FROM customers',
  'SELECT count(ssn) OVER () FROM customers',
  'SELECT CASE WHEN ssn IS NULL THEN 1 END FROM customers',
  'SELECT (SELECT ssn IS NOT NULL) FROM customers',
  'SELECT num_nulls(ssn) FROM customers',
  "SELECT coalesce(ssn, 'none') FROM customers",
])('where NULLs are hidden, what comes out of %s is hidden', (sql) => {
  expect(facts(sql)?.unproven).toBeUndefined()
  expect(facts(sql)?.outputs?.[0]).toEqual({ kind: 'derived', columns: ['public.customers.ssn'] })
})

test.for([
  "SELECT id FROM customers WHERE ssn = 'x'",
  "SELECT id FROM customers WHERE ssn = 'x' OR NOT id = 3",
  "SELECT id FROM customers WHERE NOT NOT ssn = 'x'",
  "SELECT id FROM customers WHERE ssn IN ('x', $1)",
  'SELECT id FROM customers WHERE ssn = ANY ($1)',
  "SELECT id FROM customers WHERE (id, ssn) IN ((1, 'x'), (2, $1))",
  'SELECT id FROM customers WHERE ssn OR id = 3',
  'SELECT ssn, count(*) FROM customers GROUP BY ssn',
  'SELECT DISTINCT ssn FROM customers',
  'SELECT ssn FROM customers UNION SELECT ssn FROM customers',
  'SELECT id FROM customers WHERE email IS NULL',
  "SELECT id FROM customers WHERE email <> 'x'",
])('where NULLs are hidden, %s says nothing of them', (sql) => expect(facts(sql)?.unproven).toBeUndefined())

test('where conditions are allowed, they may tell of hidden NULLs', () => {
  expect(facts('SELECT id FROM customers WHERE ssn IS NULL', 'allow')?.unproven).toBeUndefined()
  expect(facts('SELECT ssn IS NULL FROM customers', 'allow')?.outputs?.[0]?.kind).toBe('derived')
})
