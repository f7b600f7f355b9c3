import { expect, test } from 'vitest'
import { setStage, testify } from './stage.js'

const levels = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const

/** What the session's snapshot can't show, once the session has looked at something. */
const cases: readonly (readonly [sql: string, change: string, said: string | undefined])[] = [
  ['SELECT * FROM orders', 'GRANT SELECT (note) ON orders TO PUBLIC', undefined],
  ['SELECT * FROM orders', 'CREATE INDEX ON orders (note); ANALYZE orders; VACUUM orders', undefined],
  ['SELECT * FROM orders', 'ALTER TABLE orders RENAME TO old; ALTER TABLE loose RENAME TO orders', 'orders'],
  ['SELECT * FROM orders', 'DROP TABLE orders; CREATE TABLE orders (id int)', 'orders'],
  ['SELECT * FROM orders', 'CREATE RULE r AS ON DELETE TO orders DO ALSO SELECT email FROM customers', 'orders'],
  ['SELECT * FROM names', 'CREATE OR REPLACE VIEW names AS SELECT id, email AS name FROM customers', 'names'],
  ['SELECT * FROM more_names', 'CREATE OR REPLACE VIEW names AS SELECT id, email AS name FROM customers', 'names'],
  ['SELECT * FROM customers', 'ALTER TABLE customers RENAME COLUMN name TO called', 'customers'],
  ['SELECT * FROM unheard', 'CREATE TABLE unheard (id int)', '"unheard"'],
  ['SELECT * FROM other.orders', 'CREATE TABLE other.orders (id int)', '"other"."orders"'],
  ['SELECT twice(1)', `CREATE OR REPLACE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT 1'`, 'twice'],
]

test.for(levels.flatMap((level) => cases.map((each) => [level, ...each] as const)))(
  'under %s, %s after %s: %s',
  async ([level, sql, change, said]) => {
    await using stage = await setStage()
    const premise = stage.premise(sql)
    await stage.session.query(`BEGIN ISOLATION LEVEL ${level}`)
    await stage.session.query('SELECT count(*) FROM customers')
    const old = level !== 'READ COMMITTED'
    expect(await testify(stage.session, premise, old)).toBeUndefined()
    // What waits for the session's lock would wait for good: it has one on `customers` alone, until it is rolled back to.
    await stage.session.query('COMMIT')
    await stage.session.query(`BEGIN ISOLATION LEVEL ${level}`)
    await stage.session.query('SELECT 1 FROM pg_am')
    for (const each of change.split('; ')) await stage.other.query(each)
    const name = level === 'READ COMMITTED' ? said?.replace(/^.*"(.*)"$/, '$1') : said
    expect(await testify(stage.session, premise, old)).toBe(name)
  },
)

test('a change that was rolled back is none', async () => {
  await using stage = await setStage()
  const premise = stage.premise('SELECT * FROM names')
  await stage.session.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
  await stage.session.query('SELECT 1 FROM pg_am')
  await stage.other.query(`BEGIN; CREATE OR REPLACE VIEW names AS SELECT id, email AS name FROM customers; ROLLBACK`)
  expect(await testify(stage.session, premise, true)).toBeUndefined()
})

test.for(levels.slice(1))(
  'a transaction that is %s, and nobody thought so, is told of by every other form',
  async (level) => {
    await using stage = await setStage()
    for (const sql of ['SELECT * FROM orders', 'SELECT * FROM names'])
      for (const part of ['SELECT 1', 'SELECT count(*) FROM customers']) {
        await stage.session.query(`BEGIN ISOLATION LEVEL ${level}`)
        await stage.session.query(part)
        expect(await testify(stage.session, stage.premise(sql))).toBe('transaction_isolation')
        await stage.session.query('ROLLBACK')
      }
  },
)
