import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import type { Catalog } from '../../../src/sql/catalog.js'
import type { PredicatePolicy } from '../../../src/sql/lineage/predicates.js'
import { expressions } from '../../../src/sql/lineage/expressions/expressions.js'
import { fromItems } from '../../../src/sql/lineage/queries/from.js'
import { remedies, type Remedy } from '../../../src/sql/lineage/refusal.js'
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
  expect(Object.values(remedies)).toContain(statements[0]?.unproven?.hint)
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

interface Tried {
  readonly sql: string
  readonly predicates?: PredicatePolicy
  readonly change?: (catalog: Catalog) => Catalog
  /** Every form that there is has a rule: one is taken away. */
  readonly without?: readonly [rules: Record<string, unknown>, type: string]
}

const twice = (catalog: Catalog): Catalog => {
  const [people, orders] = ['people', 'orders'].map((name) => catalog.named.get(name)?.[0])
  return { ...catalog, named: new Map([...catalog.named, ['people', [people!, orders!]]]) }
}
const opaqueCast = (catalog: Catalog): Catalog => ({
  ...catalog,
  routines: { ...catalog.routines, opaqueTypes: new Set(['pair']) },
})

/** With a key of `staging` that refers to something masked, or to which something masked refers. */
const keyed = (catalog: Catalog): Catalog => {
  const [staging] = catalog.named.get('staging') ?? []
  const question = { columns: ['email'], masked: [email] }
  return {
    ...catalog,
    keyQuestions: new Map([
      [
        staging?.oid ?? 0,
        [
          { ...question, event: 'insert', by: 'written' },
          { ...question, event: 'delete', by: 'unknown' },
        ],
      ],
    ]),
  }
}

/** For each hint a statement that gets it: complete by type. */
const hinted: Readonly<Record<Remedy, Tried>> = {
  sort: { sql: 'SELECT id FROM customers ORDER BY email' },
  group: { sql: 'SELECT lower(email) FROM customers GROUP BY 1' },
  equality: { sql: "SELECT id FROM customers WHERE email LIKE 'a%'" },
  condition: { sql: "SELECT id FROM customers WHERE email = 'a'", predicates: { default: 'deny' } },
  nulls: {
    sql: 'SELECT id FROM customers WHERE email IS NULL',
    predicates: { default: 'equality', hiddenNulls: new Set([email]) },
  },
  store: { sql: 'INSERT INTO staging (email) SELECT email FROM customers' },
  carry: { sql: "SELECT pg_notify('c', email) FROM customers" },
  names: { sql: "SELECT *, email FROM customers, json_each('{}')" },
  schema: { sql: 'COPY people TO STDOUT', change: twice },
  function: { sql: 'SELECT normal_rand(1, 0, 1)' },
  key: { sql: "INSERT INTO staging (email) VALUES ('x')", predicates: { default: 'deny' }, change: keyed },
  keyed: { sql: 'DELETE FROM staging', change: keyed },
  explain: { sql: 'EXPLAIN ANALYZE SELECT email FROM customers' },
  foreignKey: { sql: 'CREATE TABLE x (phone text REFERENCES crm.people)' },
  late: { sql: 'TRUNCATE crm.people' },
  definition: { sql: 'CREATE VIEW v AS SELECT email FROM customers' },
  copy: { sql: "COPY customers TO STDOUT (ENCODING 'latin1')" },
  spelling: { sql: 'SELECT c.nme FROM customers c' },
  constant: { sql: 'SELECT id FROM orders LIMIT (SELECT length(email) FROM customers)' },
  lazy: { sql: "SELECT CASE WHEN email LIKE 'a%' THEN (SELECT count(*) FROM orders) END FROM customers" },
  member: { sql: 'SELECT email IN (SELECT name FROM staging) FROM customers' },
  rows: { sql: 'SELECT jsonb_array_elements(payload) FROM events' },
  union: { sql: 'SELECT email FROM customers UNION SELECT name FROM customers' },
  join: { sql: 'SELECT id FROM customers JOIN staging USING (email)' },
  form: { sql: 'SELECT CASE WHEN true THEN email END FROM customers', without: [expressions, 'CaseExpr'] },
  query: { sql: 'SELECT email FROM customers CROSS JOIN orders', without: [fromItems, 'JoinExpr'] },
  block: { sql: 'DO $$ BEGIN PERFORM email FROM customers; END $$' },
  execute: { sql: 'CREATE TABLE x AS EXECUTE p' },
  recursion: {
    sql: 'WITH RECURSIVE a AS (SELECT email FROM b), b AS (SELECT email FROM a) SELECT email FROM a, customers',
  },
  system: { sql: 'SELECT * FROM pg_stats' },
  opaque: { sql: 'SELECT * FROM peeking' },
  domain: { sql: "CREATE DOMAIN d AS text CHECK (pg_notify('a', VALUE) IS NULL)" },
  cast: { sql: "SELECT ROW(1, 'x')::pair, email FROM customers", change: opaqueCast },
}

test.for(Object.entries(hinted))('a hint that helps: %s', ([remedy, tried]) => {
  const { sql, predicates = 'equality', change, without: [rules = {}, type = ''] = [] } = tried
  const rule = rules[type]
  delete rules[type]
  try {
    const { unproven } = analyse(sql, change ? change(shop.catalog) : shop.catalog, { predicates }).statements[0] ?? {}
    expect(unproven?.hint).toBe(remedies[remedy as Remedy])
  } finally {
    if (rule !== undefined) rules[type] = rule
  }
})

test('a name in a schema that has none such may be a view made since: it is unknown, and its columns are', () => {
  const facts = (sql: string) => analyse(sql, shop.catalog, { predicates: 'equality' }).statements[0]
  expect(facts('SELECT id FROM crm.orders')?.unknown).toEqual(['crm.orders'])
  expect(facts('SELECT id FROM public.orders')?.unknown).toBeUndefined()
  expect(facts('SELECT id FROM orders')?.unknown).toBeUndefined()
  expect(facts('UPDATE crm.orders SET id = 1')?.unknown).toEqual(['crm.orders'])
  expect(facts('SELECT o.*, c.email FROM crm.orders o, customers c')?.unproven?.subject).toBe(email)
  expect(facts('SELECT * FROM crm.customers')?.unproven?.subject).toBe(email)
})
