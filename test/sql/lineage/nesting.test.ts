import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import { openShop, type Shop } from '../shop.js'

/*
 * Texts that would take twice as long to analyse with each level of nesting: without a bound these would take hours, and a test
 * that hangs has found one.
 */

let shop: Shop
beforeAll(async () => void (shop = await openShop()))
afterAll(() => shop[Symbol.asyncDispose]())

const nested = (innermost: string, around: (inside: string) => string, depth = 40): string =>
  Array.from({ length: depth }).reduce((inside: string) => around(inside), innermost)

const texts = {
  'FILTER in FILTER': nested(
    '(SELECT count(*) FROM customers)',
    (inside) => `(SELECT count(*) FILTER (WHERE ${inside} > 1 AND email > 'a') FROM customers)`,
  ),
  'IN in the list': nested(
    'email',
    (inside) => `(email IN (SELECT email FROM customers WHERE (${inside})::text = 'a'))`,
  ),
  'IN in WHERE': nested("email = 'a'", (inside) => `email IN (SELECT email FROM customers WHERE ${inside})`),
  'CASE in CASE': nested(
    "email = 'a'",
    (inside) => `CASE WHEN ${inside} THEN (SELECT true FROM orders LIMIT 1) ELSE email = 'b' END`,
  ),
} as const

test.for(Object.entries(texts))('%s is analysed, or refused as nested too deeply', ([, expression]) => {
  const [facts] = analyse(`SELECT ${expression} FROM customers`, shop.catalog, { predicates: 'equality' }).statements
  expect(facts).toBeDefined()
  if (facts?.unproven?.code === 'STATEMENT_UNPROVEN') expect(facts.unproven.why).toBe('it is nested too deeply')
})

test('WITH RECURSIVE in the right arm of itself is analysed, or refused as nested too deeply', () => {
  const text = nested(
    'SELECT email FROM customers',
    (inside) =>
      `WITH RECURSIVE r AS (SELECT email FROM customers UNION ALL SELECT q.email FROM r, LATERAL (${inside}) q) SELECT email FROM r`,
  )
  const [facts] = analyse(text, shop.catalog, { predicates: 'equality' }).statements
  expect(facts?.unproven?.why ?? '').toMatch(/^$|nested too deeply/)
})

test('what is long and not nested is analysed, however long', () => {
  const list = Array.from({ length: 20_000 }, (_, id) => `email = 'x${id}' OR id = ${id}`).join(' OR ')
  const [facts] = analyse(`SELECT email FROM customers WHERE ${list}`, shop.catalog, {
    predicates: 'equality',
  }).statements
  expect(facts?.unproven).toBeUndefined()
})
