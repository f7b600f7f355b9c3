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
