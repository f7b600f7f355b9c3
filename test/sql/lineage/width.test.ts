import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import { openShop, type Shop } from '../shop.js'

/*
 * Texts of a few lines in which columns multiply. Without a bound the first of them takes all memory there is.
 */

let shop: Shop
beforeAll(async () => void (shop = await openShop()))
afterAll(() => shop[Symbol.asyncDispose]())

const each = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => part(i)).join(', ')

const why = (text: string): string | undefined =>
  analyse(text, shop.catalog, { predicates: 'equality' }).statements[0]?.unproven?.why

const tooComplex = /^it is too complex to be analysed: /

test('columns that double with each CTE are refused', () => {
  const text = `WITH a0 AS (SELECT id, ssn FROM customers),
    ${each(15, (index) => `a${index + 1} AS (SELECT x.*, y.* FROM a${index} x, a${index} y)`)},
    ${each(1_500, (index) => `b${index} AS (SELECT * FROM a15)`)} SELECT 1`
  expect(why(text)).toMatch(tooComplex)
})

test('as many columns as the server takes, in each of very many CTEs, are refused', () => {
  const wide = `w AS (SELECT ${each(1_600, (index) => `id AS c${index}`)} FROM customers)`
  expect(why(`WITH ${wide}, ${each(1_500, (index) => `b${index} AS (SELECT * FROM w)`)} SELECT 1`)).toMatch(tooComplex)
})

test('as many columns as the server takes are analysed, and one more is refused', () => {
  const text = (count: number) => `SELECT ${each(count, (index) => `ssn AS c${index}`)} FROM customers`
  expect(why(text(1_664))).toBeUndefined()
  expect(why(text(1_665))).toMatch(/a list in it has more than 1664 columns/)
  expect(why(`SELECT ${each(400, () => '*')} FROM customers`)).toMatch(tooComplex)
  expect(why(`SELECT ssn FROM customers, (VALUES (${each(1_665, String)})) v`)).toMatch(tooComplex)
})

test('joins of very many tables are refused, and of many are not', () => {
  const text = (count: number) =>
    `SELECT t0.ssn FROM customers t0 ${each(count, (index) => `JOIN orders t${index + 1} ON true`).replaceAll(',', '')}`
  expect(why(text(200))).toBeUndefined()
  expect(why(text(1_000))).toMatch(tooComplex)
})
