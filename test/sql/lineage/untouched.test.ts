import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import { openShop, type Shop } from '../shop.js'

let shop: Shop
beforeAll(async () => void (shop = await openShop()))
afterAll(() => shop[Symbol.asyncDispose]())

const refusals = (sql: string) =>
  analyse(sql, shop.catalog, { predicates: 'deny' }).statements.flatMap(({ unproven }) => unproven ?? [])

test.for([
  'SELECT 1',
  'SELECT now(), current_user, current_database(), version(), pg_backend_pid()',
  'SHOW TRANSACTION ISOLATION LEVEL',
  "SET application_name = 'x'",
  "SET search_path TO crm, public; SET TIME ZONE 'UTC'; SET extra_float_digits = 3",
  "SELECT set_config('search_path', '', false)",
  "SET client_encoding TO 'UTF8'; SET datestyle = ISO",
  'BEGIN; SAVEPOINT a; ROLLBACK TO a; RELEASE a; COMMIT',
  'DISCARD ALL; RESET ALL; DEALLOCATE ALL; UNLISTEN *',
  "LISTEN a; NOTIFY a, 'b'",
  'SELECT * FROM orders o JOIN staging s USING (id) WHERE o.total > $1 ORDER BY 1 LIMIT 5',
  'SELECT placed, sum(total) OVER (PARTITION BY customer_id ORDER BY placed) FROM orders',
  'SELECT email, lower(email), s, row_to_json(s) FROM staging s',
  'SELECT email FROM staging UNION SELECT name FROM staging ORDER BY 1',
  'INSERT INTO staging (id, email) SELECT id, total::text FROM orders ON CONFLICT (id) DO UPDATE SET email = excluded.email RETURNING *',
  'MERGE INTO staging s USING orders o ON s.id = o.id WHEN MATCHED THEN DELETE',
  'CREATE TEMP TABLE t AS SELECT * FROM orders; SELECT * FROM t; SELECT t.*, o.* FROM t, orders o; DROP TABLE t',
  'CREATE TABLE a (id serial PRIMARY KEY, b text CHECK (length(b) > 3), c int REFERENCES orders (id)); CREATE INDEX ON a (lower(b))',
  'CREATE VIEW x AS SELECT * FROM orders; CREATE MATERIALIZED VIEW y AS SELECT * FROM sums',
  "CREATE TYPE mood AS ENUM ('a'); ALTER TYPE mood ADD VALUE 'b'; CREATE DOMAIN d AS text CHECK (VALUE <> '')",
  'CREATE EXTENSION IF NOT EXISTS vector',
  'CREATE SCHEMA s; DROP SCHEMA s CASCADE; CREATE ROLE r; GRANT SELECT ON orders TO r',
  'ALTER TABLE orders ADD COLUMN x int; ALTER TABLE orders RENAME x TO y; ALTER TABLE orders DROP COLUMN y',
  "DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN null; END $$",
  'DO $$ DECLARE n int := 0; BEGIN FOR i IN 1..3 LOOP n := n + i; END LOOP; INSERT INTO staging (id) VALUES (n); END $$',
  'EXPLAIN ANALYZE SELECT * FROM orders',
  'COPY orders TO STDOUT; COPY (SELECT * FROM sums) TO STDOUT CSV; COPY staging FROM STDIN',
  'PREPARE p AS SELECT * FROM orders; DECLARE c CURSOR FOR SELECT * FROM orders; CLOSE c',
  'SELECT * FROM generate_series(1, 3) g, LATERAL (SELECT g * 2) x',
  "SELECT jsonb_path_query('{}', '$.*'), '{\"a\":1}'::jsonb -> 'a', ARRAY[1,2] && ARRAY[2]",
  'SELECT pg_advisory_xact_lock(1573678846307946496)',
  "SELECT nextval('s'), currval('s'), setval('s', 3)",
  'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT sum(n) FROM t',
  "SELECT a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid WHERE a.attrelid = 'customers'::regclass",
  'SELECT table_schema, table_name, column_name FROM information_schema.columns',
  'SELECT t.oid, t.typname, t.typarray FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace',
  'SELECT * FROM pg_stat_activity; SELECT * FROM pg_locks; SELECT * FROM pg_stat_user_tables',
  "SELECT pg_size_pretty(pg_total_relation_size('customers')), obj_description('customers'::regclass)",
  'VACUUM; ANALYZE; CHECKPOINT',
])('%s passes', (sql) => {
  expect(refusals(sql)).toEqual([])
  for (const { touchesMasked, outputs } of analyse(sql, shop.catalog, { predicates: 'deny' }).statements) {
    expect([touchesMasked, outputs]).toEqual([false, undefined])
  }
})

const commands = [
  '\\d',
  '\\d customers',
  '\\d+ customers',
  '\\d+ active',
  '\\dt+ *.*',
  '\\df',
  '\\dn+',
  '\\du',
  '\\dx',
  '\\l',
  '\\dp',
]
  .concat([
    '\\dT+',
    '\\di+',
    '\\ds',
    '\\dv+',
    '\\dm',
    '\\dD',
    '\\do',
    '\\dC',
    '\\dO',
    '\\dP',
    '\\drds',
    '\\des',
    '\\dL',
    '\\da',
  ])
  .concat([
    '\\sv active',
    '\\sf peek',
    '\\conninfo',
    '\\encoding',
    '\\dconfig',
    '\\dy',
    '\\dRp',
    '\\z customers',
    '\\dX',
    '\\dl',
  ])

const found = spawnSync('psql', ['--version']).status === 0

test.runIf(found)('what psql asks for its \\d commands passes', () => {
  const { stdout } = spawnSync('psql', ['-XE', '-d', shop.database.url], {
    input: commands.join('\n'),
    encoding: 'utf8',
    env: { ...process.env, PAGER: 'cat' },
  })
  const queries = [...stdout.matchAll(/\/\*+ QUERY \*+\/\n([^]*?)\n\/\*+\*\/|\*+ QUERY \*+\n([^]*?)\n\*+\n/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
  expect(queries.length).toBeGreaterThan(25)
  for (const sql of queries) expect(refusals(sql), sql).toEqual([])
})
