import { expect, test } from 'vitest'
import { setStage, testify } from './stage.js'

/** A statement, what somebody changes after it was analysed, and what the witness says of it. */
const cases: readonly (readonly [sql: string, change: string, said: string | undefined])[] = [
  ['SELECT * FROM orders', 'SELECT 1', undefined],
  ['SELECT * FROM orders', 'GRANT SELECT ON orders TO PUBLIC', undefined],
  ['SELECT * FROM orders', 'ANALYZE orders', undefined],
  ['SELECT * FROM orders', 'VACUUM FULL orders', undefined],
  ['SELECT * FROM orders', 'TRUNCATE orders', undefined],
  ['SELECT * FROM orders', 'CREATE INDEX ON orders (total)', undefined],
  ['SELECT * FROM orders', 'ALTER TABLE orders RENAME TO orders_old; CREATE TABLE orders (id int)', 'orders'],
  ['SELECT * FROM orders', 'DROP TABLE orders; CREATE TABLE orders (id int)', 'orders'],
  ['SELECT * FROM orders', 'DROP TABLE orders; CREATE VIEW orders AS SELECT email FROM customers', 'orders'],
  ['SELECT * FROM orders', 'CREATE TABLE other.orders (id int)', 'orders'],
  ['SELECT * FROM orders', 'CREATE TEMP TABLE orders (id int)', undefined],
  ['SELECT * FROM orders', 'CREATE RULE r AS ON DELETE TO orders DO ALSO SELECT email FROM customers', 'orders'],
  ['SELECT * FROM orders', 'CREATE TABLE child () INHERITS (orders)', 'orders'],
  [
    'SELECT * FROM orders, other.same',
    'ALTER TABLE orders RENAME TO x; ALTER TABLE other.same RENAME TO orders; ALTER TABLE x RENAME TO same',
    'orders',
  ],
  ['SELECT * FROM customers', 'ALTER TABLE customers ADD COLUMN more int', 'customers'],
  ['SELECT * FROM customers', 'ALTER TABLE customers RENAME COLUMN name TO called', 'customers'],
  ['SELECT * FROM customers', 'GRANT SELECT (name) ON customers TO PUBLIC', undefined],
  ['SELECT * FROM customers', 'ALTER TABLE customers ALTER COLUMN name SET STATISTICS 5', undefined],
  ['SELECT * FROM customers, orders', 'ALTER TABLE orders DROP COLUMN note', 'orders'],
  ['SELECT * FROM names', 'CREATE OR REPLACE VIEW names AS SELECT id, email AS name FROM customers', 'names'],
  ['SELECT * FROM more_names', 'CREATE OR REPLACE VIEW names AS SELECT id, email AS name FROM customers', 'names'],
  ['SELECT * FROM names', 'ALTER VIEW names RENAME TO names_old; ALTER VIEW names_next RENAME TO names', 'names'],
  ['SELECT * FROM parts', `CREATE TABLE more PARTITION OF parts DEFAULT`, 'parts'],
  ['SELECT * FROM parts', `ALTER TABLE parts ATTACH PARTITION loose DEFAULT`, 'parts'],
  ['SELECT * FROM unheard', 'CREATE VIEW unheard AS SELECT email FROM customers', 'unheard'],
  ['SELECT * FROM names', 'ALTER TABLE customers RENAME TO clients', 'clients'],
  [
    'SELECT * FROM loose',
    `ALTER TABLE parts ATTACH PARTITION loose FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')`,
    'loose',
  ],
]

test.for(cases)('%s after %s: %s', async ([sql, change, said]) => {
  await using stage = await setStage()
  const premise = stage.premise(sql)
  expect(await testify(stage.session, premise)).toBeUndefined()
  for (const each of change.split('; ')) await stage.other.query(each)
  expect(await testify(stage.session, premise)).toBe(said)
})

/** What the watched session itself does in its transaction, before a statement that was analysed without it. */
const ownChanges: readonly (readonly [change: string, sql: string, said: string | undefined])[] = [
  ['CREATE TABLE fresh (id int)', 'INSERT INTO fresh VALUES (1)', undefined],
  ['CREATE TEMP TABLE fresh (id int)', 'SELECT * FROM fresh', undefined],
  ['SAVEPOINT a; CREATE TABLE fresh (id int); RELEASE a', 'SELECT * FROM fresh', undefined],
  ['CREATE SEQUENCE fresh', 'SELECT * FROM fresh', undefined],
  ['CREATE TEMP TABLE orders (id int)', 'SELECT * FROM orders', undefined],
  ['CREATE TEMP TABLE orders (id int)', 'SELECT * FROM orders, customers', 'orders'],
  ['CREATE TEMP TABLE customers (email text, name text)', 'SELECT * FROM customers', 'customers'],
  ['CREATE VIEW fresh AS SELECT email FROM customers', 'SELECT * FROM fresh', 'fresh'],
  ['CREATE TABLE fresh () INHERITS (customers)', 'SELECT * FROM fresh', undefined],
  [
    'CREATE TABLE fresh (id int, at date); ALTER TABLE parts ATTACH PARTITION fresh DEFAULT',
    'SELECT * FROM fresh',
    undefined,
  ],
  ['ALTER TABLE customers RENAME TO fresh', 'SELECT * FROM fresh', 'fresh'],
  [
    'ALTER TABLE customers SET SCHEMA other; ALTER TABLE other.customers RENAME TO fresh',
    'SELECT * FROM other.fresh',
    'fresh',
  ],
  ['ALTER TABLE orders ADD COLUMN more int', 'UPDATE orders SET note = NULL', undefined],
  ['DROP TABLE orders; CREATE TABLE orders (id int)', 'INSERT INTO orders VALUES (1)', undefined],
]

test.for(ownChanges)('in the same transaction after %s, %s: %s', async ([change, sql, said]) => {
  await using stage = await setStage()
  const premise = stage.premise(sql)
  await stage.session.query('BEGIN')
  for (const each of change.split('; ')) await stage.session.query(each)
  expect(await testify(stage.session, premise)).toBe(said)
})

test('what this transaction made is another’s once it is over', async () => {
  await using stage = await setStage()
  const premise = stage.premise('SELECT * FROM fresh')
  await stage.session.query('BEGIN; CREATE TABLE fresh (id int); COMMIT')
  expect(await testify(stage.session, premise)).toBe('fresh')
})

test.for(['SELECT 1', 'BEGIN', 'SAVEPOINT a', 'SET work_mem = 1000', 'COMMIT'])('%s rests on nothing', async (sql) => {
  await using stage = await setStage()
  expect(stage.premise(sql)).toEqual([])
})

test.for([
  ['standard_conforming_strings', 'off'],
  ['client_encoding', 'LATIN1'],
  ['session_replication_role', 'replica'],
])('a session with %s = %s is not as it was assumed', async ([name, value]) => {
  await using stage = await setStage()
  const premise = stage.premise('SELECT * FROM orders')
  await stage.session.query(`SET ${name} = ${value}`)
  expect(await testify(stage.session, premise)).toBe(name)
})

test('nobody’s operators, types or functions stand in for the server’s own', async () => {
  await using stage = await setStage()
  const premise = stage.premise('SELECT * FROM orders')
  await stage.other.query(`CREATE SCHEMA forged;
    CREATE FUNCTION forged.yes(text, text) RETURNS bool LANGUAGE sql AS 'SELECT true';
    CREATE FUNCTION forged.never(text, text) RETURNS bool LANGUAGE sql AS 'SELECT false';
    CREATE FUNCTION forged.yes(name, name) RETURNS bool LANGUAGE sql AS 'SELECT false';
    CREATE OPERATOR forged.= (LEFTARG = text, RIGHTARG = text, FUNCTION = forged.yes);
    CREATE OPERATOR forged.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = forged.never);
    CREATE OPERATOR forged.= (LEFTARG = name, RIGHTARG = name, FUNCTION = forged.yes);
    CREATE TABLE forged.pg_class (LIKE pg_class);
    DROP TABLE orders; CREATE VIEW orders AS SELECT email FROM customers`)
  await stage.session.query('SET search_path = forged, pg_catalog, public')
  expect(await testify(stage.session, premise)).toBe('orders')
})
