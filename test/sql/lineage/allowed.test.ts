import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import { allowed } from './cases/allowed.js'
import { openShop, type Shop } from '../shop.js'

let shop: Shop
beforeAll(async () => void (shop = await openShop()))
afterAll(() => shop[Symbol.asyncDispose]())

const described = (sql: string): string => {
  const [statement] = analyse(sql, shop.catalog, { predicates: 'equality' }).statements
  if (statement?.unproven) return statement.unproven.why
  if (!statement?.touchesMasked) return ''
  if (!statement.outputs) return 'unknown'
  return statement.outputs
    .map((output) => {
      if (output.kind === 'clean') return '-'
      const last = (column: string) => column.split('.').at(-1) ?? ''
      return output.kind === 'masked' ? last(output.column) : `~${output.columns.map(last).join('+')}`
    })
    .join(' ')
}

test.for(allowed)('%s gives %s', ([sql, outputs]) => {
  expect(described(sql)).toBe(outputs)
})

test('the server names the same origins for the same columns', async () => {
  let compared = 0
  for (const [sql, outputs] of allowed) {
    if (!outputs || outputs === 'unknown') continue
    await shop.client.query('BEGIN; SET search_path = public, crm')
    const parameters = Array.from({ length: sql.includes('$1') ? 1 : 0 }, () => 'x')
    const { fields } = await shop.client.query({ text: sql, values: parameters, rowMode: 'array' })
    await shop.client.query('ROLLBACK')
    const origins = fields.map(
      ({ tableID, columnID }) => shop.catalog.masked.get(`${tableID}.${columnID}`)?.column.split('.').at(-1) ?? '-',
    )
    expect(origins.join(' '), sql).toBe(outputs)
    compared++
  }
  expect(compared).toBeGreaterThan(70)
})

test('a partition’s column carries the mask of its parent, under its own number', () => {
  const [statement] = analyse('SELECT payload FROM events_2026', shop.catalog, { predicates: 'deny' }).statements
  const [partition] = shop.catalog.named.get('events_2026') ?? []
  expect(statement?.outputs).toEqual([
    { kind: 'masked', column: 'public.events.payload', table: partition?.oid, attribute: 3 },
  ])
})

test('COPY describes its columns and its format', () => {
  const copied = (sql: string) => analyse(sql, shop.catalog, { predicates: 'equality' }).statements[0]
  const names = (sql: string) =>
    copied(sql)?.outputs?.map((output) => (output.kind === 'masked' ? output.column.split('.').at(-1) : '-'))
  expect(names('COPY customers TO STDOUT')).toEqual(['-', '-', 'email', 'ssn', '-'])
  expect(names('COPY customers (ssn, id) TO STDOUT (FORMAT csv)')).toEqual(['ssn', '-'])
  expect(names('COPY (SELECT ssn, name FROM customers WHERE id = 3) TO STDOUT (FORMAT binary)')).toEqual(['ssn', '-'])
  expect(names('COPY (DELETE FROM customers WHERE id = 77 RETURNING email) TO STDOUT')).toEqual(['email'])
  // Generated columns are not copied unless they are named.
  expect(names('COPY crm.people TO STDOUT')).toEqual(['-', 'phone'])
  expect(copied('COPY customers TO STDOUT CSV HEADER')?.copy).toMatchObject({ format: 'csv', header: true })
  expect(copied('COPY staging TO STDOUT')).toMatchObject({ touchesMasked: false })
  expect(copied('COPY customers FROM STDIN')).toMatchObject({ touchesMasked: true })
  expect(copied('COPY customers FROM STDIN')?.unproven).toBeUndefined()
})

test.for([
  'PREPARE p AS SELECT email FROM customers',
  'PREPARE p(int) AS UPDATE customers SET name = $1 RETURNING *',
  'DECLARE c CURSOR WITH HOLD FOR SELECT * FROM customers',
  'EXECUTE p(1)',
  'FETCH ALL FROM c',
  'EXPLAIN SELECT email FROM customers',
  'EXPLAIN (VERBOSE, FORMAT json) SELECT * FROM customers WHERE email = $1',
  'TRUNCATE customers CASCADE',
  'DROP TABLE customers',
  'LOCK customers',
  'ANALYZE customers',
  'VACUUM customers',
  'CREATE INDEX ON customers (email)',
  'GRANT SELECT ON customers TO public',
  "COMMENT ON COLUMN customers.email IS 'x'",
  'CREATE TABLE bills (id int, customer_id int REFERENCES customers (id))',
  'ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers',
  'ALTER TABLE customers ADD COLUMN note text NOT NULL DEFAULT $$x$$',
  'CREATE TEMP TABLE x AS SELECT id, name FROM customers',
  "CREATE TABLE x AS SELECT id FROM customers WHERE email = 'x'",

  'REFRESH MATERIALIZED VIEW kept',
])('%s is allowed', (sql) => {
  const [statement] = analyse(sql, shop.catalog, { predicates: 'equality' }).statements
  expect(statement?.unproven).toBeUndefined()
  expect(statement?.outputs).toBeUndefined()
})
