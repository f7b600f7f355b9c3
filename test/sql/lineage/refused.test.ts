import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import { openShop, type Shop } from '../shop.js'

let shop: Shop
beforeAll(async () => void (shop = await openShop()))
afterAll(() => shop[Symbol.asyncDispose]())

const email = 'public.customers.email'

/** Statements that would show a masked column, and the column or object that the refusal must name. */
const refused: readonly (readonly [sql: string, subject: string])[] = [
  ["SELECT CASE WHEN email > 'm' THEN pg_notify('a', 'b') END FROM customers", email],
  ["SELECT coalesce(email, nextval('s')::text) FROM customers", email],
  ["SELECT email > 'm' AND pg_sleep(1) IS NULL FROM customers", email],
  ["SELECT CASE WHEN email > 'm' THEN (SELECT set_config('a.b', 'c', false)) END FROM customers", email],
  ['SELECT c.row_to_json FROM customers c', 'c.row_to_json'],
  ["SELECT 1 WHERE 'x' = ANY (SELECT email FROM customers)", email],
  ['SELECT email FROM customers UNION SELECT name FROM customers', email],
  ['SELECT email FROM customers EXCEPT SELECT $1', email],
  ['SELECT 1 WHERE EXISTS (SELECT email FROM customers INTERSECT SELECT $1)', email],
  ['SELECT id FROM orders LIMIT (SELECT length(email) FROM customers LIMIT 1)', email],
  ['SELECT id FROM customers ORDER BY email', email],
  ['SELECT email FROM customers ORDER BY 1', email],
  ['SELECT email AS x FROM customers ORDER BY x', email],
  ['SELECT id, email FROM customers ORDER BY 2 DESC', email],
  ['SELECT id FROM customers ORDER BY email USING <', email],
  ['SELECT id FROM customers ORDER BY lower(email)', email],
  ['SELECT id FROM customers GROUP BY id HAVING max(email) > $1', email],
  ["SELECT id FROM customers WHERE email LIKE 'a%'", email],
  ["SELECT id FROM customers WHERE email > 'a'", email],
  ["SELECT id FROM customers WHERE email BETWEEN 'a' AND 'b'", email],
  ["SELECT id FROM customers WHERE lower(email) = 'a'", email],
  ['SELECT id FROM customers WHERE email = name', email],
  ['SELECT id FROM customers WHERE email = (SELECT name FROM customers LIMIT 1)', email],
  ['SELECT id FROM customers WHERE (email, id) = ($1, 2)', email],
  ["SELECT id FROM customers WHERE email IN ('a', name)", email],
  ["SELECT id FROM customers WHERE (email = 'a') IS TRUE", email],
  ["SELECT id FROM customers WHERE CASE WHEN email = 'a' THEN true END", email],
  ['SELECT c.id FROM customers c JOIN staging s ON s.email = c.email', email],
  ['SELECT id FROM customers JOIN staging USING (email)', email],
  ['SELECT 1 FROM customers NATURAL JOIN staging', email],
  ['SELECT 1 FROM customers NATURAL JOIN unknown_table', email],
  ["DELETE FROM customers WHERE email LIKE 'a%'", email],
  ['UPDATE customers SET name = email', email],
  ['UPDATE orders SET total = length(c.email) FROM customers c', email],
  ['UPDATE staging SET (email, name) = (SELECT email, name FROM customers LIMIT 1)', email],
  ['INSERT INTO staging SELECT id, email FROM customers', email],
  ['INSERT INTO staging (id) SELECT length(email) FROM customers', email],
  ['INSERT INTO customers (id, email) SELECT id + 10, email FROM customers', email],
  ['INSERT INTO customers (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = excluded.email', email],
  ['INSERT INTO customers (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = customers.email', email],
  ['WITH d AS (DELETE FROM customers RETURNING email) INSERT INTO staging (email) SELECT email FROM d', email],
  ['MERGE INTO staging s USING customers c ON s.id = c.id WHEN MATCHED THEN UPDATE SET email = c.email', email],
  ['CREATE TABLE x AS SELECT email FROM customers', email],
  ['CREATE TEMP TABLE x AS TABLE customers', email],
  ['SELECT email INTO x FROM customers', email],
  ['CREATE TABLE x AS EXECUTE p', 'EXECUTE'],
  ['CREATE VIEW x AS SELECT id FROM customers', 'View'],
  ['CREATE MATERIALIZED VIEW x AS SELECT id FROM customers', 'CREATE'],
  ['CREATE RULE x AS ON INSERT TO orders DO ALSO SELECT email FROM customers', 'Rule'],
  ["CREATE POLICY x ON orders USING (EXISTS (SELECT 1 FROM customers WHERE email LIKE 'a%'))", 'CreatePolicy'],
  ['CREATE TABLE x (LIKE customers)', 'a reference'],
  ['CREATE TABLE x () INHERITS (customers)', 'a reference'],
  ["CREATE TABLE x PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')", 'a reference'],
  ['ALTER TABLE events DETACH PARTITION events_2026', 'a reference'],
  ['ALTER TABLE customers RENAME email TO mail', 'Rename'],
  ['ALTER TABLE customers RENAME TO clients', 'Rename'],
  ['ALTER TABLE customers SET SCHEMA crm', 'AlterObjectSchema'],
  ['ALTER TABLE customers ADD COLUMN x text GENERATED ALWAYS AS (email) STORED', 'a reference'],
  ["ALTER TABLE customers ADD CHECK (email > 'a')", 'a reference'],
  ['ALTER TABLE customers ALTER email TYPE varchar', 'a reference'],
  ['ALTER SCHEMA crm RENAME TO x', 'Rename'],
  ['CREATE INDEX ON customers (lower(email))', 'a reference'],
  ["CREATE INDEX ON customers (id) WHERE email > 'm'", 'a reference'],
  ['CREATE STATISTICS x ON email, name FROM customers', 'CreateStats'],
  ['CREATE TRIGGER x BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION peek()', 'CreateTrig'],
  ['SELECT * FROM peeking', 'public.peeking'],
  ['DELETE FROM ruled', 'public.ruled'],
  ['SELECT 1 === 2', '==='],
  ['SELECT 1 OPERATOR(public.===) 2', '==='],
  ['SELECT no_such_function()', 'no_such_function'],
  ['SELECT * FROM crosstab($1)', 'crosstab'],
  ['CALL work()', 'work'],
  ["SELECT query_to_xml('select * from customers', true, true, '')", 'query_to_xml'],
  ["SELECT table_to_xml('customers', true, true, '')", 'table_to_xml'],
  ['SELECT pg_catalog.ts_stat($1)', 'pg_catalog.ts_stat'],
  ["SELECT lo_import('/etc/passwd')", 'lo_import'],
  ['SELECT loread(1, 2)', 'loread'],
  ["SELECT pg_read_file('x')", 'pg_read_file'],
  ['SELECT * FROM pg_stats', 'pg_catalog.pg_stats'],
  ['SELECT stavalues1 FROM pg_catalog.pg_statistic', 'pg_catalog.pg_statistic'],
  ['COPY pg_statistic TO STDOUT', 'pg_catalog.pg_statistic'],
  ['SELECT * FROM pg_toast.pg_toast_16384', 'pg_toast_16384'],
  ['SELECT data FROM pg_largeobject', 'pg_catalog.pg_largeobject'],
  ['DO $$ BEGIN PERFORM email FROM customers; END $$', 'DO'],
  ["DO $$ BEGIN EXECUTE 'select 1'; END $$", 'DO'],
  ['DO $$ DECLARE c refcursor := $c$cur$c$; x text; BEGIN FETCH c INTO x; END $$', 'DO'],
  ["DO $$ BEGIN PERFORM peek('x'); END $$", 'DO'],
  ["CREATE FUNCTION x() RETURNS text LANGUAGE sql AS 'select 1'", 'CreateFunction'],
  ['CREATE AGGREGATE x (int) (sfunc = int4pl, stype = int)', 'Define'],
  ['CREATE EXTENSION dblink', 'CreateExtension'],
  ["LOAD 'auto_explain'", 'Load'],
  ['ALTER FUNCTION peek(text) RENAME TO upper', 'Rename'],
  ['ALTER FUNCTION peek(text) SET SCHEMA crm', 'AlterObjectSchema'],
  ["CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", 'CreateSubscription'],
  ["COPY orders TO '/tmp/x'", 'Copy'],
  ["COPY (SELECT 1) TO PROGRAM 'cat'", 'Copy'],
  ["COPY orders FROM '/tmp/x'", 'Copy'],
  ['EXPLAIN ANALYZE SELECT email FROM customers', 'EXPLAIN ANALYZE'],
  ['EXPLAIN ANALYZE EXECUTE p', 'EXECUTE'],
  ["EXPLAIN SELECT id FROM customers WHERE email > 'm'", email],
  ["COPY (SELECT email FROM customers) TO STDOUT (ENCODING 'SJIS')", email],
  ["COPY customers FROM STDIN WHERE email LIKE 'a%'", email],
  ['INSERT INTO crm.notes SELECT id, digits FROM crm.people', 'crm.people.phone'],
  ["SELECT id FROM crm.people WHERE digits = 'x'", 'crm.people.phone'],
  ['SELECT email, x.* FROM customers, unknown_table x', email],
  ["SELECT x.*, email FROM customers, jsonb_each('{}') x", email],
  ['SELECT (s.r).*, email FROM customers, (SELECT ROW(1, 2) AS r) s', email],
  ['SELECT c FROM (SELECT (r).*, email FROM customers, (SELECT ROW(1, 2) AS r) s) x(a, b, c)', email],
  ['SELECT nothing FROM customers', 'nothing'],
  ['SELECT c.nothing FROM customers c', 'c.nothing'],
  [
    'SELECT *, c.email FROM (SELECT CASE WHEN true THEN 1 END) s NATURAL JOIN (SELECT CASE WHEN true THEN 1 END) t, customers c',
    email,
  ],
  [
    'SELECT *, c.email FROM (SELECT CASE WHEN true THEN 1 END) s JOIN (SELECT 1 AS "case") t USING ("case"), customers c',
    email,
  ],
  [
    'SELECT upper(c.name) FROM orders AS c, customers AS d, LATERAL (SELECT d.email AS name) x WHERE upper(x.name) = $1',
    email,
  ],
  ['SELECT x FROM (SELECT email AS x FROM customers) s ORDER BY x', email],
  ["SELECT name FROM (SELECT email AS name FROM customers) s WHERE name LIKE 'a%'", email],
]

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
