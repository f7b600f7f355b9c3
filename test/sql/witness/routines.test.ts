import { expect, test } from 'vitest'
import { setStage, testify } from './stage.js'

const body = (name: string, sql: string): string =>
  `CREATE OR REPLACE FUNCTION ${name} LANGUAGE sql IMMUTABLE AS '${sql}'`

/** A statement, what somebody changes after it was analysed, and what the witness says of it. */
const cases: readonly (readonly [sql: string, change: string, said: string | undefined])[] = [
  ['SELECT twice(1)', 'COMMENT ON FUNCTION twice IS NULL', undefined],
  ['SELECT twice(1)', body('twice(int) RETURNS int', 'SELECT $1 * 3'), 'twice'],
  ['SELECT twice(1)', body('other.twice(text) RETURNS int', 'SELECT 1'), 'twice'],
  ['SELECT noted_deep()', body('twice(int) RETURNS int', 'SELECT $1 * 3'), 'twice'],
  ['SELECT lower(note) FROM orders', body('lower(int) RETURNS int', 'SELECT 1'), 'lower'],
  ['SELECT * FROM doubled', body('twice(int) RETURNS int', 'SELECT $1 * 3'), 'twice'],
  ['SELECT 1 ~~~ 2', body('nearly(int, int) RETURNS bool', 'SELECT true'), 'nearly'],
  ['SELECT id + 1 FROM orders', 'CREATE OPERATOR + (LEFTARG = text, RIGHTARG = int, FUNCTION = repeat)', '+'],
  [
    'SELECT id BETWEEN 1 AND 2 FROM orders',
    'CREATE OPERATOR <= (LEFTARG = bool, RIGHTARG = int, FUNCTION = other.le)',
    '<=',
  ],
  [`SELECT '1'::other.kind`, 'CREATE CAST (text AS other.kind) WITH FUNCTION other.to_kind(text)', 'a cast'],
  ['INSERT INTO watched VALUES (1)', body('noted_deep() RETURNS int', 'SELECT 2'), undefined],
  [
    'INSERT INTO watched VALUES (1)',
    `CREATE OR REPLACE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM orders; RETURN NEW; END'`,
    'noted',
  ],
  [
    'INSERT INTO watched VALUES (1)',
    'CREATE TRIGGER more AFTER INSERT ON watched FOR EACH ROW EXECUTE FUNCTION other.more()',
    'watched',
  ],
  [
    'INSERT INTO watched VALUES (1)',
    'CREATE TRIGGER more AFTER INSERT ON watched FOR EACH ROW EXECUTE FUNCTION noted()',
    undefined,
  ],
  [
    'SELECT * FROM watched',
    'CREATE TRIGGER more AFTER INSERT ON watched FOR EACH ROW EXECUTE FUNCTION noted()',
    undefined,
  ],
  [
    'INSERT INTO orders VALUES (1)',
    'CREATE TRIGGER more AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION noted()',
    'orders',
  ],
  ['DELETE FROM orders WHERE id = 1', 'CREATE TABLE lines (id int REFERENCES orders ON DELETE CASCADE)', 'orders'],
  ['DELETE FROM orders WHERE id = 1', 'CREATE TABLE lines (id int REFERENCES orders)', undefined],
  ['TRUNCATE orders CASCADE', 'CREATE TABLE lines (id int REFERENCES orders)', 'orders'],
  ['DROP TABLE orders CASCADE', 'CREATE VIEW seen AS SELECT * FROM orders', 'orders'],
  ['DROP INDEX orders_total', 'DROP INDEX orders_total; CREATE INDEX orders_total ON customers (id)', 'orders_total'],
  ['DROP INDEX orders_total', 'SELECT 1', undefined],
]

const more = `
  CREATE FUNCTION other.more() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE FUNCTION other.le(bool, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1';
  CREATE TYPE other.kind AS (a int);
  CREATE FUNCTION other.to_kind(text) RETURNS other.kind LANGUAGE sql IMMUTABLE AS 'SELECT ROW(1)::other.kind';
`

test.for(cases)('%s after %s: %s', async ([sql, change, said]) => {
  await using stage = await setStage(more)
  const premise = stage.premise(sql)
  expect(await testify(stage.session, premise)).toBeUndefined()
  for (const each of change.includes('plpgsql') ? [change] : change.split('; ')) await stage.other.query(each)
  expect(await testify(stage.session, premise)).toBe(said)
})
