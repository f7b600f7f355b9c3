import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import type { Catalog } from '../../../src/sql/catalog.js'
import { openShop, type Shop } from '../shop.js'

let shop: Shop
beforeAll(async () => void (shop = await openShop()))
afterAll(() => shop[Symbol.asyncDispose]())

const facts = (sql: string, catalog: Catalog = shop.catalog) =>
  analyse(sql, catalog, { predicates: 'equality' }).statements[0]

const kindsOf = (sql: string) => facts(sql)?.outputs?.map(({ kind }) => kind)

test('a type’s name used as a function is the cast that it means', () => {
  expect(facts("SELECT inet('10.0.0.1'), regtype('int4'), pg_catalog.tsquery('a & b')")?.unproven).toBeUndefined()
  expect(kindsOf("SELECT id, inet('10.0.0.1') FROM customers")).toEqual(['clean', 'clean'])
  expect(kindsOf('SELECT inet(email) FROM customers')).toEqual(['derived'])
})

test('what it makes of a masked column is a condition like any other', () => {
  expect(facts("SELECT id FROM customers WHERE inet(email) = '10.0.0.1'")?.unproven?.code).toBe('COLUMN_MASKED')
})

test('it is refused where something that was added may be meant', () => {
  const { catalog } = shop
  const { routines } = catalog
  const refusal = (more: Partial<typeof routines>) =>
    facts("SELECT inet('10.0.0.1')", { ...catalog, routines: { ...routines, ...more } })?.unproven?.subject
  const added = new Map([...routines.added, ['inet', [{ schema: 'crm', safe: false, reads: [] }]]])
  expect(refusal({})).toBeUndefined()
  expect(refusal({ added })).toBe('inet')
  expect(refusal({ opaqueTypes: new Set(['inet']) })).toBe('inet')
  expect(facts("SELECT crm.inet('10.0.0.1')")?.unproven?.subject).toBe('crm.inet')
  expect(facts("SELECT no_such_type('x')")?.unproven?.subject).toBe('no_such_type')
})
