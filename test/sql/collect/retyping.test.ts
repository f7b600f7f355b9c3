import type { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import { initParser } from '../../../src/sql/parser.js'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { catalogOf } from '../shop.js'

let database: FreshDatabase
let owner: Client

beforeAll(async () => {
  await initParser()
  database = await freshDatabase()
  owner = await database.client()
  await owner.query(`CREATE TYPE mood AS ENUM ('sad'); CREATE DOMAIN code AS varchar(9) CHECK (VALUE <> '');
    CREATE SCHEMA other; CREATE DOMAIN other.json AS text CHECK (VALUE <> '')`)
})
afterAll(() => database[Symbol.asyncDispose]())

/** Whether hoop takes it for a rewrite, and whether the server gives the table a new file. */
const bothSay = async (from: string, to: string) => {
  await owner.query(`DROP TABLE IF EXISTS t; CREATE TABLE t (id int, c ${from})`)
  await owner.query('INSERT INTO t (id) VALUES (1)')
  const statement = `ALTER TABLE t ALTER COLUMN c TYPE ${to}`
  const { statements } = analyse(statement, await catalogOf(owner, []), { predicates: 'allow' })
  const file = async () =>
    (await owner.query<{ file: number }>(`SELECT pg_relation_filenode('t') AS file`)).rows[0]!.file
  const before = await file()
  await owner.query(statement)
  return {
    hoop: statements[0]!.details.includes('rewrite table'),
    server: (await file()) !== before,
    kind: statements[0]!.details.includes('alter column type'),
  }
}

test.for([
  ['varchar(20)', 'varchar(80)'],
  ['varchar(20)', 'varchar(20)'],
  ['varchar(20)', 'varchar(80) USING c::varchar(80)'],
  ['varchar(20)', 'varchar USING "c"'],
  ['varchar(20)', 'text'],
  ['varchar(20)', 'text USING c::text'],
  ['varchar', 'text'],
  ['text', 'varchar'],
  ['char(5)', 'char(5)'],
  ['char(5)', 'bpchar'],
  ['numeric(10,2)', 'numeric(12,2)'],
  ['numeric(10,2)', 'numeric'],
  ['numeric(5,-2)', 'numeric(7,-2)'],
  ['varbit(8)', 'bit varying(16)'],
  ['varbit(8)', 'varbit'],
  ['timestamp(3)', 'timestamp(6)'],
  ['timestamp(3)', 'timestamp'],
  ['timestamp', 'timestamp(6)'],
  ['timestamptz(0)', 'timestamp(3) with time zone'],
  ['time(0)', 'time(2)'],
  ['timetz(0)', 'time(2) with time zone'],
  ['interval(3)', 'interval'],
  ['int', 'integer'],
  ['bigint', 'int8 USING c'],
  ['jsonb', 'jsonb'],
  ['mood', 'mood'],
  ['code', 'code'],
] as const)('%s becomes %s without a rewrite', async ([from, to]) => {
  expect(await bothSay(from, to)).toEqual({ hoop: false, server: false, kind: true })
})

test.for([
  ['varchar(80)', 'varchar(20)'],
  ['varchar', 'varchar(20)'],
  ['text', 'varchar(80)'],
  ['varchar(20)', 'varchar(80) USING lower(c)'],
  ['varchar(20)', 'varchar(80) USING id::text'],
  ['varchar(20)', 'varchar(80) USING c::varchar(10)'],
  ['varchar(20)', 'char(80)'],
  ['varchar(20)', 'code'],
  ['char(5)', 'char(6)'],
  ['char(5)', 'varchar(5)'],
  ['char(5)', 'text'],
  ['numeric(10,2)', 'numeric(12,3)'],
  ['numeric(12,2)', 'numeric(10,2)'],
  ['numeric', 'numeric(10,2)'],
  ['varbit(16)', 'varbit(8)'],
  ['varbit', 'varbit(8)'],
  ['timestamp(6)', 'timestamp(3)'],
  ['timestamp', 'timestamp(3)'],
  ['int', 'bigint'],
  ['bigint', 'int'],
  ['int', 'numeric'],
  ['json', 'jsonb USING c::jsonb'],
  ['text', 'mood USING c::mood'],
  ['varchar(20)[]', 'varchar(80)[]'],
  ['code', 'varchar(9)'],
] as const)('%s becomes %s with one', async ([from, to]) => {
  expect(await bothSay(from, to)).toEqual({ hoop: true, server: true, kind: true })
})

test.for([
  ['varchar(20)', 'varchar(80) COLLATE "C"', 'an index would be built anew'],
  ['text[]', 'text[]', 'arrays aren’t looked into'],
  ['interval(2)', 'interval(3)', 'its fields are a part of the modifier'],
  ['json', 'json', 'another type has that name'],
  ['cidr', 'inet', 'of types that are stored alike only texts are known'],
] as const)('%s becomes %s, which counts as one: %s', async ([from, to]) => {
  expect(await bothSay(from, to)).toEqual({ hoop: true, server: false, kind: true })
})

test('of several changes each counts, of several tables each that may be meant, and in a body all', async () => {
  await owner.query(`DROP TABLE IF EXISTS t, other.t, k; CREATE TABLE t (id int, c varchar(20), d varchar(20));
    CREATE TABLE other.t (c int, d varchar(20)); CREATE TABLE k (c varchar(20), d varchar(20)); CREATE VIEW v AS SELECT 1 AS c`)
  const catalog = await catalogOf(owner, [])
  const rewrites = (statement: string): boolean =>
    analyse(statement, catalog, { predicates: 'allow' }).statements.some(({ details }) =>
      details.includes('rewrite table'),
    )
  expect(rewrites('ALTER TABLE k ALTER c TYPE text, ALTER d TYPE varchar(21)')).toBe(false)
  expect(rewrites('ALTER TABLE k ALTER c TYPE text, ALTER d TYPE varchar(19)')).toBe(true)
  expect(rewrites('ALTER TABLE t ALTER d TYPE text')).toBe(false)
  expect(rewrites('ALTER TABLE t ALTER c TYPE text')).toBe(true)
  expect(rewrites('ALTER TABLE public.t ALTER c TYPE text')).toBe(false)
  expect(rewrites('ALTER TABLE public.t ALTER none TYPE text')).toBe(true)
  expect(rewrites('ALTER TABLE none ALTER c TYPE text')).toBe(true)
  expect(rewrites('ALTER TABLE k SET UNLOGGED')).toBe(true)
  expect(rewrites('DO $$BEGIN ALTER TABLE k ALTER c TYPE text; END$$')).toBe(true)
  expect(
    analyse('ALTER TABLE k ALTER c TYPE text', undefined, { predicates: 'allow' }).statements[0]!.details,
  ).toContain('rewrite table')
})
