import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import { refused } from './cases/refused.js'
import { openShop, type Shop } from '../shop.js'

let shop: Shop
beforeAll(async () => void (shop = await openShop()))
afterAll(() => shop[Symbol.asyncDispose]())

const email = 'public.customers.email'

test.for(refused)('%s is refused for %s', ([sql, subject]) => {
  const { statements, syntax } = analyse(sql, shop.catalog, { predicates: 'equality' })
  expect(syntax).toBeUndefined()
  expect(statements[0]?.unproven?.subject).toBe(subject)
  expect(statements[0]?.unproven?.why).toMatch(/\w+ \w+/)
  expect(statements[0]?.outputs).toBeUndefined()
  const masked = /is masked|computed from a masked/.test(statements[0]?.unproven?.why ?? '')
  expect(statements[0]?.unproven?.code).toBe(masked ? 'COLUMN_MASKED' : 'STATEMENT_UNPROVEN')
})

test('deny refuses every condition on a masked column, allow takes any that stays in the query', () => {
  const why = (sql: string, predicates: 'allow' | 'deny') =>
    analyse(sql, shop.catalog, { predicates }).statements[0]?.unproven?.subject
  const equal = "SELECT id FROM customers WHERE email = 'x'"
  const like = "SELECT id FROM customers WHERE lower(email) LIKE 'a%' AND id > 3"
  const joined =
    'SELECT c.id FROM customers c JOIN staging s ON s.email = c.email WHERE s.id IN (SELECT id FROM customers WHERE email > s.name)'
  expect(why(equal, 'deny')).toBe(email)
  expect(why('INSERT INTO customers (id) VALUES (1) ON CONFLICT (email) DO NOTHING', 'deny')).toBe(email)
  expect([why(equal, 'allow'), why(like, 'allow'), why(joined, 'allow')]).toEqual([undefined, undefined, undefined])
  expect(why("SELECT id FROM customers WHERE set_config('a.b', email, false) = ''", 'allow')).toBe(email)
  expect(why("SELECT id FROM customers WHERE pg_notify('a', email) IS NULL", 'allow')).toBe(email)
  expect(why("SELECT id FROM customers c WHERE c::text LIKE '%a%'", 'allow')).toBeUndefined()
  expect(why('CREATE TABLE x AS SELECT lower(email) FROM customers', 'allow')).toBe(email)
})

test('without masks nothing is refused', () => {
  const bare = { ...shop.catalog, masked: new Map() }
  for (const [sql] of refused) {
    expect(analyse(sql, bare, { predicates: 'deny' }).statements[0]?.unproven).toBeUndefined()
    expect(analyse(sql, undefined, { predicates: 'deny' }).statements[0]?.unproven).toBeUndefined()
  }
})

test.for<[string, RegExp]>([
  ['SELECT id FROM customers ORDER BY email', /^Sort by a column that isn’t masked/],
  ["SELECT id FROM customers WHERE email LIKE 'a%'", /^Compare it with = or IN/],
  ['SELECT lower(email) FROM customers GROUP BY 1', /^Group by the masked column as it is/],
  ['INSERT INTO staging (email) SELECT email FROM customers', /^Leave the column out of what is stored/],
  ['UPDATE staging SET email = c.email FROM customers c', /^Leave the column out of what is stored/],
  ["SELECT pg_notify('c', email) FROM customers", /^Call the function without/],
  ["SELECT *, email FROM customers, json_each('{}')", /^Name the columns one by one/],
  ['SELECT normal_rand(1, 0, 1)', /functions: pure/],
  ['EXPLAIN ANALYZE SELECT email FROM customers', /without ANALYZE/],
  ['CREATE VIEW v AS SELECT email FROM customers', /ask an administrator/],
  ['SELECT nme FROM customers', /spelled/],
  ['SELECT c.nme FROM customers c', /spelled/],
])('%s is refused with a hint that helps', ([sql, hint]) =>
  expect(analyse(sql, shop.catalog, { predicates: 'equality' }).statements[0]?.unproven?.hint).toMatch(hint),
)

test('a name in a schema that has none such may be a view made since: it is unknown, and its columns are', () => {
  const facts = (sql: string) => analyse(sql, shop.catalog, { predicates: 'equality' }).statements[0]
  expect(facts('SELECT id FROM crm.orders')?.unknown).toEqual(['crm.orders'])
  expect(facts('SELECT id FROM public.orders')?.unknown).toBeUndefined()
  expect(facts('SELECT id FROM orders')?.unknown).toBeUndefined()
  expect(facts('UPDATE crm.orders SET id = 1')?.unknown).toEqual(['crm.orders'])
  expect(facts('SELECT o.*, c.email FROM crm.orders o, customers c')?.unproven?.subject).toBe(email)
  expect(facts('SELECT * FROM crm.customers')?.unproven?.subject).toBe(email)
})
