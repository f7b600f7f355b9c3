import fc from 'fast-check'
import { DatabaseError, type Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import type { Output } from '../../../src/sql/facts.js'
import { openShop, type Shop } from '../shop.js'
import { RandomQuery } from './random-query.js'

/** Two databases that differ in nothing but what is in the masked columns. */
let one: Shop
let other: Shop
const runs = Number(process.env['HOOP_TEST_FUZZ'] ?? 300)

beforeAll(async () => {
  ;[one, other] = await Promise.all([openShop(), openShop()])
  for (const { client } of [one, other]) {
    await client.query(`INSERT INTO staging VALUES (1, 'ada@example.com', 'Ada'), (2, 'x', 'y');
      DROP MATERIALIZED VIEW kept; TRUNCATE customers CASCADE; SET statement_timeout = 2000; SET search_path = public`)
  }
  await one.client.query(
    `INSERT INTO customers VALUES (1, 'Ada', 'ada@example.com', '1'), (2, 'Bob', 'ada@example.com', '1'), (3, 'Cy', NULL, '3')`,
  )
  await other.client.query(
    `INSERT INTO customers VALUES (1, 'Ada', 'zzz', '9'), (2, 'Bob', 'x', '8'), (3, 'Cy', 'aaa', NULL)`,
  )
  for (const { client } of [one, other])
    await client.query(`INSERT INTO orders VALUES (1, 1, 10, '2026-01-01'), (2, 2, 20, '2026-01-02')`)
})
afterAll(() => Promise.all([one[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]))

/** Rows with the masked columns blanked, in an order of their own: without ORDER BY, the server's may differ. */
const seen = async (
  client: Client,
  sql: string,
  outputs: readonly Output[] | undefined,
): Promise<string[] | undefined> => {
  await client.query('BEGIN')
  try {
    const { rows, fields } = await client.query<unknown[]>({ text: sql, rowMode: 'array' })
    if (outputs) expect(fields, sql).toHaveLength(outputs.length)
    return rows
      .map((row) =>
        JSON.stringify(
          row.map((value, index) => (outputs?.[index] !== undefined && outputs[index].kind !== 'clean' ? '#' : value)),
        ),
      )
      .sort()
  } catch (error) {
    if (error instanceof DatabaseError) return undefined
    throw error
  } finally {
    await client.query('ROLLBACK')
  }
}

test('what a client sees of an allowed query does not depend on what is in masked columns', async () => {
  let proved = 0
  let withMasks = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(9999), { minLength: 60, maxLength: 200 }), async (tape) => {
      const sql = new RandomQuery(tape).query()
      const [statement] = analyse(sql, one.catalog, { predicates: 'deny' }).statements
      if (!statement || statement.unproven || !statement.touchesMasked) return
      const first = await seen(one.client, sql, statement.outputs)
      if (!first) return
      const second = await seen(other.client, sql, statement.outputs)
      expect(second, sql).toEqual(first)
      proved++
      if (statement.outputs?.some(({ kind }) => kind !== 'clean')) withMasks++
    }),
    { numRuns: runs * 10 },
  )
  // The generator has to reach queries that are both sensible and allowed, or it shows nothing.
  expect(proved).toBeGreaterThan(runs / 20)
  expect(withMasks).toBeGreaterThan(runs / 60)
  if (process.env['HOOP_TEST_FUZZ']) console.log({ proved, withMasks })
}, 600_000)
