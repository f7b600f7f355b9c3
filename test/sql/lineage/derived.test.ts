import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import type { Output } from '../../../src/sql/facts.js'
import { openShop, type Shop } from '../shop.js'

let shop: Shop
beforeAll(async () => void (shop = await openShop()))
afterAll(() => shop[Symbol.asyncDispose]())

/**
 * Statements that use masked columns in other ways than as they are, and what each output column is: `-` for nothing
 * masked, the masked column's name, `~` and the columns that it is computed from; `D` for what is given a name.
 */
const derived: readonly (readonly [sql: string, outputs: string])[] = [
  ['SELECT lower(email) FROM customers', '~email'],
  ["SELECT email || '' FROM customers", '~email'],
  ['SELECT email::text FROM customers', '~email'],
  ['SELECT CAST(email AS varchar) FROM customers', '~email'],
  ['SELECT email COLLATE "C" FROM customers', '~email'],
  ["SELECT email = 'x' FROM customers", '~email'],
  ['SELECT CASE WHEN id = 1 THEN email END FROM customers', '~email'],
  ['SELECT coalesce(email, name) FROM customers', '~email'],
  ['SELECT greatest(email) FROM customers', '~email'],
  ['SELECT nullif(email, $1) FROM customers', '~email'],
  ['SELECT ARRAY[email] FROM customers', '~email'],
  ['SELECT ROW(email) FROM customers', '~email'],
  ['SELECT email IS NULL FROM customers', '-'],
  ['SELECT json_build_object($1, email) FROM customers', '~email'],
  ['SELECT JSON_OBJECT(1: email) FROM customers', '~email'],
  ['SELECT JSON_ARRAY(SELECT email FROM customers)', '~email'],
  ['SELECT xmlelement(name x, email) FROM customers', '~email'],
  ['SELECT payload -> $1 FROM events', '~payload'],
  ["SELECT payload['a'] FROM events", '~payload'],
  ['SELECT pg_column_size(email) FROM customers', '~email'],
  ['SELECT length((SELECT email)) FROM customers', '~email'],
  ['SELECT c FROM customers c', '~email+ssn'],
  ['SELECT customers FROM customers', '~email+ssn'],
  ['SELECT row_to_json(c) FROM customers c', '~email+ssn'],
  ['SELECT row_to_json(c.*) FROM customers c', '~email+ssn'],
  ['SELECT count(c) FROM customers c', '~email+ssn'],
  ['SELECT (c).email FROM customers c', '~email'],
  ['SELECT (c).* FROM customers c', '- - email ssn -'],
  ['SELECT ROW(c.*) FROM customers c', '~email+ssn'],
  ['SELECT c::text FROM customers c', '~email+ssn'],
  ['SELECT s FROM (SELECT email FROM customers) s', '~email'],
  ['WITH s AS (SELECT email FROM customers) SELECT to_jsonb(s) FROM s', '~email'],
  ['SELECT j FROM (customers JOIN orders USING (id)) j', '~email+ssn'],
  ['SELECT x.* FROM customers c, LATERAL row_to_json(c) x', '~email+ssn'],
  ['SELECT (SELECT email FROM customers LIMIT 1)', '~email'],
  ['SELECT ARRAY(SELECT email FROM customers)', '~email'],
  ["SELECT 'x' IN (SELECT email FROM customers)", '~email'],
  ['SELECT name FROM customers UNION ALL SELECT email FROM customers', '~email'],
  ['SELECT * FROM (VALUES (1)) v, customers c, LATERAL (VALUES (c.email)) w', '- - - email ssn - ~email'],
  ['WITH RECURSIVE r AS (SELECT email FROM customers UNION ALL SELECT r.email FROM r) TABLE r', '~email'],
  ['SELECT DISTINCT email FROM customers', 'email'],
  ['SELECT DISTINCT ON (email) id FROM customers', '-'],
  ['SELECT DISTINCT ON (2) id, email FROM customers', '- email'],
  ['SELECT count(*) FROM customers GROUP BY email', '-'],
  ['SELECT email, count(*) FROM customers GROUP BY 1', 'email -'],
  ['SELECT email AS x, count(*) FROM customers GROUP BY x', 'email -'],
  ['SELECT count(*) FROM customers GROUP BY GROUPING SETS ((id), (email))', '-'],
  ['SELECT count(*) FROM customers GROUP BY ROLLUP (id, email)', '-'],
  ['SELECT max(email) FROM customers', '~email'],
  ['SELECT count(email) FROM customers', '-'],
  ['SELECT count(DISTINCT email) FROM customers', '-'],
  ["SELECT count(*) FILTER (WHERE email = 'x') FROM customers", '-'],
  ['SELECT array_agg(id ORDER BY email) FROM customers', '~email'],
  ['SELECT rank() OVER (ORDER BY email) FROM customers', '~email'],
  ['SELECT count(*) OVER w FROM customers WINDOW w AS (PARTITION BY email)', '-'],
  ['SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY email) FROM customers', '~email'],
  ["SELECT id FROM customers WHERE email <> 'a'", '-'],
  ['UPDATE customers SET email = email', ''],
  ["INSERT INTO customers (id) VALUES (1) ON CONFLICT (id) DO NOTHING RETURNING email || ''", '~email'],
  ['UPDATE customers SET id = id RETURNING old', '~email+ssn'],
  ['SELECT * FROM active', 'untouched'],
  ['SELECT 1 FROM active_again', 'untouched'],
  ['SELECT * FROM whole', '~email+ssn'],
  ['SELECT * FROM kept', 'email'],
  ['SELECT peek($1)', '~email'],
  ['SELECT public.peek($1)', '~email'],
  ['SELECT initcap(1)', '~email'],
  ['SELECT initcap(name) FROM customers', '~email'],
  ['SELECT * FROM peek($1)', '~email'],
  ['SELECT o.leak FROM orders o', '~email'],
  ['SELECT (o).leak FROM orders o', '~email'],
  ['PREPARE p AS SELECT lower(email) FROM customers', 'D ~email'],
  ['DECLARE c CURSOR FOR SELECT lower(email) FROM customers', 'D ~email'],
  ['COPY (SELECT lower(email) FROM customers) TO STDOUT', '~email'],
  ['SELECT digits FROM crm.people', '~phone'],
  ['SELECT * FROM crm.people', '- phone ~phone'],
  ['PREPARE p AS SELECT digits FROM crm.people', 'D ~phone'],
  ['DECLARE c CURSOR FOR TABLE crm.people', 'D - phone ~phone'],
  ['COPY crm.people (digits) TO STDOUT', '~phone'],
  ["SELECT (SELECT q.e FROM (SELECT 'x' AS email) s, (SELECT email AS e) q) FROM customers", '~email'],
  ['SELECT lower(name) FROM customers AS c(id, email, name)', '~email'],
  ['SELECT lower(id) FROM (SELECT name, email FROM customers) AS c(name, id)', '~email'],
  ['WITH c(email, id) AS (SELECT id, email FROM customers) SELECT lower(id) FROM c', '~email'],
  ['WITH customers AS (SELECT 1 AS id) DELETE FROM customers RETURNING lower(email)', '~email'],
  ['WITH t AS (WITH customers AS (SELECT 1 AS a) SELECT 1) SELECT lower(email) FROM customers', '~email'],
  ['WITH customers AS (SELECT * FROM customers) SELECT lower(email) FROM customers', '~email'],
  ['SELECT (SELECT lower(email) FROM (SELECT 1 AS other) s) FROM customers', '~email'],
  ['SELECT (SELECT lower(email) FROM unknown_table) FROM customers', '~email'],
  ['SELECT (SELECT lower(customers.email) FROM orders) FROM customers', '~email'],
]

const last = (column: string): string => column.split('.').at(-1) ?? ''
const named = (outputs: readonly Output[] | undefined): string =>
  outputs
    ?.map((output) => {
      if (output.kind === 'clean') return '-'
      return output.kind === 'masked' ? last(output.column) : `~${output.columns.map(last).join('+')}`
    })
    .join(' ') ?? ''

test.for(derived)('%s gives %s', ([sql, outputs]) => {
  const [statement] = analyse(sql, shop.catalog, { predicates: 'equality' }).statements
  expect(statement?.unproven).toBeUndefined()
  const { touchesMasked, defines, outputs: own } = statement ?? {}
  const found = !touchesMasked ? 'untouched' : defines ? `D ${named(defines.outputs)}` : named(own)
  expect(found).toBe(outputs)
})
