import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import type { PredicatePolicy } from '../../../src/sql/lineage/predicates.js'
import { openShop, type Shop } from '../shop.js'

let shop: Shop
beforeAll(async () => void (shop = await openShop()))
afterAll(() => shop[Symbol.asyncDispose]())

const email = 'public.customers.email'
const phone = 'crm.people.phone'
const levels = ['deny', 'equality', 'allow'] as const

const why = (sql: string, predicates: PredicatePolicy | 'allow' | 'equality' | 'deny') =>
  analyse(sql, shop.catalog, { predicates }).statements[0]?.unproven?.subject

test.for([
  ['CREATE INDEX ON customers (email)', email, undefined, undefined],
  ['CREATE INDEX ON customers USING hash (email)', email, undefined, undefined],
  ['CREATE INDEX ON customers (id, email DESC NULLS LAST)', email, undefined, undefined],
  ['CREATE INDEX ON customers (id) INCLUDE (email)', email, undefined, undefined],
  ['CREATE UNIQUE INDEX ON customers (email)', email, email, undefined],
  ['CREATE UNIQUE INDEX ON customers (name, email) NULLS NOT DISTINCT', email, email, undefined],
  ['CREATE INDEX ON crm.people (digits)', phone, phone, undefined],
  ['CREATE INDEX ON kept (email)', email, undefined, undefined],
  ['CREATE UNIQUE INDEX ON kept (email)', email, email, undefined],
  ['CREATE UNIQUE INDEX ON customers (id) INCLUDE (email)', email, undefined, undefined],
  ['CREATE INDEX ON customers (lower(email))', 'a reference', 'a reference', 'a reference'],
  ["CREATE INDEX ON customers (id) WHERE email > 'm'", 'a reference', 'a reference', 'a reference'],
  ['CREATE UNIQUE INDEX ON customers (id, name)', undefined, undefined, undefined],
  ['CREATE INDEX ON customers USING hnsw (email)', undefined, undefined, undefined],
] as const)('%s: under deny %s, under equality %s', ([sql, ...expected]) => {
  expect(levels.map((level) => why(sql, level))).toEqual(expected)
})

test('where NULLs are hidden no index sorts them apart', () => {
  const policy = { default: 'equality', hiddenNulls: new Set([email]) } as const
  expect(why('CREATE INDEX ON customers (email NULLS FIRST)', policy)).toBe(email)
  expect(why('CREATE INDEX ON customers (ssn)', policy)).toBeUndefined()
})

test('what the policy says of one column holds for that', () => {
  const policy = { default: 'equality', columns: { [email]: 'deny' } } as const
  expect(why('CREATE INDEX ON customers (ssn)', policy)).toBeUndefined()
  expect(why('CREATE INDEX ON customers (ssn, email)', policy)).toBe(email)
})
