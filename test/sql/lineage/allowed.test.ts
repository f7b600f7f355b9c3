import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import { openShop, type Shop } from '../shop.js'

let shop: Shop
beforeAll(async () => void (shop = await openShop()))
afterAll(() => shop[Symbol.asyncDispose]())

/** A statement and what each of its output columns is: `-` for nothing masked, else the masked column's name. */
const allowed: readonly (readonly [sql: string, outputs: string])[] = [
  ['SELECT email FROM customers', 'email'],
  ['select EMAIL from Customers', 'email'],
  ['select U&"em\\0061il" from U&"c\\0075stomers"', 'email'],
  ['SELECT * FROM customers', '- - email ssn -'],
  ['TABLE customers', '- - email ssn -'],
  ['SELECT c.* FROM customers c', '- - email ssn -'],
  ['SELECT customers.*, 1 FROM customers', '- - email ssn - -'],
  ['SELECT public.customers.email FROM public.customers', 'email'],
  ['SELECT public.customers.* FROM customers', '- - email ssn -'],
  ['SELECT email AS id, id AS email FROM customers', 'email -'],
  ['SELECT email, email AS again, ssn FROM customers', 'email email ssn'],
  ['SELECT (email) FROM customers', 'email'],
  ['SELECT * FROM customers AS c(a, b, c)', '- - email ssn -'],
  ['SELECT c, b FROM customers AS x(a, b, c)', 'email -'],
  ['SELECT x.email FROM (SELECT * FROM customers) x', 'email'],
  ['SELECT * FROM (SELECT id, email AS mail FROM customers) x', '- email'],
  ['SELECT a FROM (SELECT id, email FROM customers) x(b, a)', 'email'],
  ['SELECT * FROM (SELECT ssn FROM (SELECT ssn, email FROM customers) a) b', 'ssn'],
  ['SELECT * FROM (SELECT email FROM customers ORDER BY id LIMIT 3) x ', 'email'],
  ['WITH c AS (SELECT * FROM customers) SELECT email, id FROM c', 'email -'],
  ['WITH c(a, b) AS (SELECT email, id FROM customers) SELECT b, a FROM c', '- email'],
  ['WITH a AS (SELECT email FROM customers), b AS (SELECT * FROM a) TABLE b', 'email'],
  ['WITH RECURSIVE b AS (SELECT * FROM a), a AS (SELECT email FROM customers) TABLE b', 'email'],
  ['WITH a AS MATERIALIZED (SELECT email FROM customers) SELECT * FROM a', 'email'],
  ["WITH customers AS (SELECT 'x' AS email) SELECT upper(email) FROM customers", '-'],
  ["WITH customers AS (SELECT 'x' AS mail) SELECT mail, c.email FROM customers, public.customers c", '- email'],
  ['SELECT c.email, o.total FROM customers c JOIN orders o ON o.customer_id = c.id', 'email -'],
  ['SELECT * FROM customers c JOIN orders o ON o.customer_id = c.id', '- - email ssn - - - - -'],
  ['SELECT * FROM orders o LEFT JOIN customers c ON o.customer_id = c.id', '- - - - - - email ssn -'],
  ['SELECT * FROM customers JOIN orders USING (id)', '- - email ssn - - - -'],
  ['SELECT * FROM orders JOIN customers USING (id) JOIN events USING (id)', '- - - - - email ssn - - payload'],
  ['SELECT customers.* FROM customers JOIN orders USING (id)', '- - email ssn -'],
  ['SELECT * FROM customers NATURAL JOIN orders', '- - email ssn - - - -'],
  ['SELECT * FROM (customers JOIN orders USING (id)) AS j', '- - email ssn - - - -'],
  ['SELECT j.email FROM (customers c JOIN orders o ON c.id = o.id) AS j(a, b, email)', 'email'],
  ['SELECT u.id, email FROM customers JOIN orders USING (id) AS u', '- email'],
  ['SELECT a.email, b.ssn FROM customers a, customers b WHERE a.id = b.id', 'email ssn'],
  ['SELECT x.* FROM customers c CROSS JOIN LATERAL (SELECT c.email, c.id) x', 'email -'],
  [
    'SELECT o.id, x.email FROM orders o, LATERAL (SELECT email FROM customers WHERE id = o.customer_id LIMIT 1) x',
    '- email',
  ],
  ['SELECT count(*) FROM customers', '-'],
  ['SELECT count(*), max(id), string_agg(name, $1) FROM customers', '- - -'],
  ['SELECT upper(name), id + 1 FROM customers WHERE name LIKE $1', '- -'],
  ['SELECT DISTINCT name FROM customers', '-'],
  ['SELECT DISTINCT ON (id) id, email FROM customers ORDER BY id, name', '- email'],
  ['SELECT name, count(*) FROM customers GROUP BY name HAVING count(*) > 1 ORDER BY 2 DESC', '- -'],
  ['SELECT id, email FROM customers GROUP BY id', '- email'],
  ['SELECT id, row_number() OVER (ORDER BY name) FROM customers', '- -'],
  ['SELECT email FROM customers ORDER BY id DESC NULLS LAST LIMIT 5 OFFSET 2', 'email'],
  ['SELECT email FROM customers ORDER BY name, 1 + id', 'email'],
  ['SELECT upper(name) AS email FROM customers ORDER BY email', '-'],
  ['SELECT email FROM customers WHERE id = 3 AND (name = $1 OR id IN (1, 2))', 'email'],
  ["SELECT id FROM customers WHERE email = 'a@b.c'", '-'],
  ['SELECT id FROM customers WHERE email = $1 AND id > 3', '-'],
  ["SELECT id FROM customers WHERE $1 = email OR ssn IN ('a', 'b')", '-'],
  ["SELECT id FROM customers c WHERE c.email = ANY ('{a,b}')", '-'],
  ['SELECT id FROM customers WHERE email IS NULL OR NOT (ssn IS NOT NULL)', '-'],
  ["SELECT id FROM customers WHERE email = lower('X@y.z')", '-'],
  ["SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id AND c.email = 'x'", '-'],
  ["SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE email = 'x')", '-'],
  ['SELECT id FROM orders o WHERE EXISTS (SELECT * FROM customers c WHERE c.id = o.customer_id)', '-'],
  ['SELECT id FROM orders WHERE EXISTS (SELECT email FROM customers)', '-'],
  ['SELECT (SELECT name FROM customers c WHERE c.id = o.customer_id) FROM orders o', '-'],
  ['SELECT id, name FROM customers UNION ALL SELECT id, name FROM staging', '- -'],
  ['SELECT email FROM staging', ''],
  ['SELECT id INTO x FROM customers', ''],
  ['SELECT s.email, c.id FROM staging s, customers c', '- -'],
  ['SELECT lower(s.email) FROM staging s JOIN customers c USING (id)', '-'],
  ['SELECT c.email, s.n FROM customers c, generate_series(1, 2) AS s(n)', 'email -'],
  ['SELECT *, s FROM generate_series(1, 2) s, customers', '- - - email ssn - -'],
  ["SELECT x.*, email FROM customers, json_to_recordset('[]') AS x(a int, b text)", '- - email'],
  ["SELECT c.id, x.* FROM customers c, jsonb_each('{}') x", 'unknown'],
  ['SELECT email FROM customers TABLESAMPLE bernoulli (50)', 'email'],
  ['SELECT email FROM ONLY customers FOR UPDATE', 'email'],
  ['SELECT c.email FROM customers c FOR SHARE OF c SKIP LOCKED', 'email'],
  ['SELECT ctid, xmin, tableoid::regclass, email FROM customers', '- - - email'],
  ['SELECT phone, id FROM crm.people', 'phone -'],
  ['SELECT phone FROM people', 'phone'],
  ['SELECT body FROM crm.notes', ''],
  ['SELECT payload FROM events', 'payload'],
  ['SELECT * FROM events_2026', '- - payload'],
  ['SELECT * FROM sums', ''],
  ["SELECT akeys('a=>1'::hstore)", ''],
  ['SELECT * FROM pg_stat_statements', ''],
  ["INSERT INTO customers (id, email) VALUES (3, 'x')", ''],
  ["INSERT INTO customers (id, email) VALUES (3, 'x') RETURNING *", '- - email ssn -'],
  ["INSERT INTO customers (id, name, email) VALUES (3, 'y', 'x') RETURNING id, email AS e, upper(name)", '- email -'],
  [
    "INSERT INTO customers (id, email) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET email = excluded.email, name = 'x'",
    '',
  ],
  [
    "INSERT INTO customers AS c (id, email) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET email = excluded.email WHERE c.id > 0 RETURNING c.email",
    'email',
  ],
  ['INSERT INTO customers (id, name) SELECT id + 10, name FROM staging', ''],
  ['INSERT INTO customers (id, email) SELECT id + 10, email FROM staging', ''],
  ['INSERT INTO staging (id, name) SELECT id, name FROM customers', ''],
  ["UPDATE customers SET email = 'x' WHERE id = 1", ''],
  ['UPDATE customers SET email = $1, ssn = NULL, name = upper(name) WHERE id = 1 RETURNING id, email', '- email'],
  [
    'UPDATE customers c SET name = o.id::text FROM orders o WHERE o.customer_id = c.id RETURNING c.*, o.total',
    '- - email ssn - -',
  ],
  ['UPDATE customers SET name = $1 WHERE id = 1 RETURNING old.email, new.email, old.name', 'email email -'],
  [
    'UPDATE customers SET name = $1 WHERE id = 1 RETURNING WITH (OLD AS o, NEW AS n) o.email, n.*',
    'email - - email ssn -',
  ],
  ["DELETE FROM customers WHERE email = 'nobody' RETURNING *", '- - email ssn -'],
  ['DELETE FROM customers c USING staging s WHERE s.id = c.id RETURNING c.email, s.email', 'email -'],
  ['WITH d AS (DELETE FROM customers WHERE id = 77 RETURNING email, id) SELECT * FROM d', 'email -'],
  ["WITH i AS (INSERT INTO customers (id, email) VALUES (8, 'x') RETURNING *) SELECT email FROM i", 'email'],
]

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
