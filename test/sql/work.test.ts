import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../src/sql/analyse.js'
import type { PredicatePolicy } from '../../src/sql/lineage/prove.js'
import { stepsTaken } from '../../src/sql/work.js'
import { openShop, type Shop } from './shop.js'

/*
 * Statements that are long in one way each. Twice the length may take twice the steps, and not four times as many.
 */

let shop: Shop
beforeAll(async () => void (shop = await openShop()))
afterAll(() => shop[Symbol.asyncDispose]())

const predicates: PredicatePolicy = {
  default: 'equality',
  distances: new Map([['public.customers.ssn', 'compare']]),
  guesses: true,
}

const analysed = (text: string) => analyse(text, shop.catalog, { predicates, planning: true, columns: true })

const steps = (text: string): number => {
  const before = stepsTaken()
  analysed(text)
  return stepsTaken() - before
}

const each = (count: number, part: (index: number) => string, between = ', '): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(between)

const nested = (count: number, innermost: string, around: (inside: string, level: number) => string): string =>
  Array.from({ length: count }).reduce<string>((inside, _, level) => around(inside, level), innermost)

const names = (count: number) => each(count, (index) => `a${index}`)
const columns = (count: number) => each(count, (index) => `id a${index}`)

const growing: Record<string, readonly [length: number, text: (length: number) => string]> = {
  'OR of comparisons': [1_000, (n) => `DELETE FROM orders WHERE ${each(n, (i) => `id = ${i}`, ' OR ')}`],
  'OR of both comparisons': [
    1_000,
    (n) => `DELETE FROM orders WHERE ${each(n, (i) => `id = ${i} OR id <> x${i}`, ' OR ')}`,
  ],
  'OR of NOT': [1_000, (n) => `DELETE FROM orders WHERE ${each(n, (i) => `NOT (id = ${i})`, ' OR ')}`],
  'OR of IS NULL': [1_000, (n) => `DELETE FROM orders WHERE ${each(n, (i) => `id + ${i} IS NULL`, ' OR ')}`],
  'EXPLAIN of OR': [1_000, (n) => `EXPLAIN DELETE FROM orders WHERE ${each(n, (i) => `id = ${i}`, ' OR ')}`],
  'AND beside a mask': [1_000, (n) => `SELECT ssn FROM customers WHERE ${each(n, (i) => `id <> ${i}`, ' AND ')}`],
  IN: [5_000, (n) => `SELECT ssn FROM customers WHERE email IN (${each(n, (i) => `'${i}'`)})`],
  VALUES: [5_000, (n) => `INSERT INTO orders (id, total) VALUES ${each(n, (i) => `(${i}, ${i})`)}`],
  'GROUP BY names': [400, (n) => `SELECT ssn, ${columns(n)} FROM customers GROUP BY ssn, ${names(n)}`],
  'ORDER BY names': [400, (n) => `SELECT ssn, ${columns(n)} FROM customers ORDER BY ${names(n)}`],
  'DISTINCT ON names': [400, (n) => `SELECT DISTINCT ON (${names(n)}) ssn, ${columns(n)} FROM customers`],
  'names of a wide query': [400, (n) => `SELECT ssn, ${names(n)} FROM customers, (SELECT ${columns(n)} FROM orders) o`],
  USING: [
    400,
    (n) =>
      `SELECT ssn FROM customers, (SELECT ${columns(n)} FROM orders) x JOIN (SELECT ${columns(n)} FROM orders) y USING (${names(n)})`,
  ],
  'NATURAL JOIN': [
    400,
    (n) =>
      `SELECT ssn FROM customers, (SELECT ${columns(n)} FROM orders) x NATURAL JOIN (SELECT ${columns(n)} FROM orders) y`,
  ],
  'tables in FROM': [
    500,
    (n) => `SELECT ssn, ${each(400, (i) => `t${i}.id`)} FROM customers, ${each(n, (i) => `orders t${i}`)}`,
  ],
  'calls around a long one': [
    100,
    (n) =>
      `SELECT ${nested(n, `concat(ssn, ${each(n * 20, String)})`, (inside) => `concat(${inside})`)} FROM customers`,
  ],
  'rows around a long one': [
    100,
    (n) => `SELECT ${nested(n, `ROW(ssn, ${each(n * 20, String)})`, (inside) => `ROW(${inside})`)} FROM customers`,
  ],
  'COALESCE in COALESCE': [
    100,
    (n) =>
      `SELECT ${nested(n, `coalesce(ssn, ${each(n * 20, () => 'name')})`, (inside) => `coalesce(${inside}, name)`)} FROM customers`,
  ],
  WHEN: [1_000, (n) => `SELECT ssn, CASE ${each(n, (i) => `WHEN id = ${i} THEN ${i}`, ' ')} END FROM customers`],
  'UNION ALL': [200, (n) => each(n, () => 'SELECT ssn FROM customers', ' UNION ALL ')],
  'CTEs, each of the one before': [
    500,
    (n) =>
      `WITH a0 AS (SELECT id, ssn FROM customers), ${each(n, (i) => `a${i + 1} AS (SELECT * FROM a${i})`)} SELECT * FROM a${n}`,
  ],
  'windows by name': [
    200,
    (n) =>
      `SELECT ssn, ${each(n, (i) => `rank() OVER w${i}`)} FROM customers WINDOW ${each(n, (i) => `w${i} AS (${i === 0 ? 'ORDER BY id' : `w${i - 1}`})`)}`,
  ],
  'GROUPING SETS': [
    500,
    (n) => `SELECT count(ssn) FROM customers GROUP BY GROUPING SETS (${each(n, () => '(id, name)')})`,
  ],
  'WHEN MATCHED by a long condition': [
    200,
    (n) =>
      `MERGE INTO orders USING customers c ON c.id = orders.id AND (${each(n, (i) => `orders.id <> ${i}`, ' AND ')}) ${each(n, (i) => `WHEN MATCHED AND orders.id = ${i} THEN UPDATE SET total = 1`, ' ')}`,
  ],
  'columns of CREATE TABLE': [
    500,
    (n) => `CREATE TABLE made (${each(n, (i) => `c${i} int REFERENCES customers (id)`)})`,
  ],
  'parts of ALTER TABLE': [500, (n) => `ALTER TABLE customers ${each(n, (i) => `ADD COLUMN c${i} int`)}`],
  'statements of DO': [
    100,
    (n) => `DO $$ BEGIN ${each(n, (i) => `UPDATE orders SET total = 1 WHERE id = ${i};`, ' ')} END $$`,
  ],
}

test.for(Object.entries(growing))('%s takes steps by its length', ([, [length, text]]) => {
  const [once, twice, fourfold] = [steps(text(length)), steps(text(2 * length)), steps(text(4 * length))]
  expect(twice).toBeLessThan(2.5 * once)
  expect(fourfold).toBeLessThan(2.5 * twice)
})

test('what takes more steps than its length accounts for is refused', () => {
  const compared = nested(60, 'email = $1', (inside) => `CASE WHEN id = 1 THEN ${inside} END`)
  expect(analysed(`SELECT ssn FROM customers WHERE ${compared}`).syntax).toBeUndefined()
  const inside = nested(
    500,
    `concat(${each(30_000, String)})::bool`,
    (condition) => `CASE WHEN $1 THEN ${condition} ELSE false END`,
  )
  expect(analysed(`DELETE FROM orders WHERE ${inside}`)).toMatchObject({
    statements: [],
    syntax: { message: 'the statement is too complex to be analysed' },
  })
})
