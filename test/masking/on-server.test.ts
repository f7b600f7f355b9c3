import type { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ColumnType } from '../../src/masking/types.js'
import { valueMasker } from '../../src/masking/value-masker.js'
import { loadCatalog } from '../../src/sql/catalog.js'
import { freshDatabase, type FreshDatabase } from '../helpers/database.js'
import { key, specs } from './types.js'

/** A type as a column declares it, and a value of it as a literal. */
const columns: [type: string, value: string][] = [
  ['text', 'Jane Doe'],
  ['varchar', 'Jane Doe'],
  ['varchar(5)', 'Janet'],
  ['char(10)', 'Jane'],
  ['char(3)', 'abc'],
  ['name', 'jane_doe'],
  ['"char"', 'j'],
  ['citext', 'Jane Doe'],
  ['int2', '4711'],
  ['int4', '-4711'],
  ['int8', '471147114711'],
  ['oid', '4711'],
  ['float4', '47.11'],
  ['float8', '47.11'],
  ['numeric', '-4711.0815'],
  ['numeric(10,2)', '47.11'],
  ['money', '47.11'],
  ['bool', 'true'],
  ['date', '1984-04-04'],
  ['time', '12:34:56'],
  ['timetz', '12:34:56+02'],
  ['timestamp', '1984-04-04 12:34:56.789'],
  ['timestamptz', '1984-04-04 12:34:56.789+02'],
  ['interval', '1 year 2 days'],
  ['uuid', '6f9619ff-8b86-d011-b42d-00cf4fc964ff'],
  ['json', '{"name": "Jane"}'],
  ['jsonb', '{"name": "Jane"}'],
  ['xml', '<name>Jane</name>'],
  ['bytea', '\\x4711'],
  ['text[]', '{Jane,Doe}'],
  ['int4[]', '{{4,7},{1,1}}'],
  ['mood[]', '{happy}'],
  ['mood', 'happy'],
  ['inet', '192.0.2.17/24'],
  ['cidr', '192.0.2.0/24'],
  ['macaddr', '08:00:2b:01:02:03'],
  ['macaddr8', '08:00:2b:01:02:03:04:05'],
  ['bit', '1'],
  ['bit(5)', '10101'],
  ['bit varying(5)', '101'],
  ['point', '(4,7)'],
  ['tsvector', 'jane:1 doe:2'],
  ['tsquery', 'jane & doe'],
  ['hstore', 'name=>Jane'],
  ['ltree', 'jane.doe'],
  ['int4range', '[4,7)'],
  ['tstzrange', '[2001-01-01,2002-01-01)'],
  ['int4multirange', '{[4,7),[11,12)}'],
  ['email_domain', 'jane@example.com'],
  ['score_domain', '4711'],
  ['tag_domain', '{a,b}'],
  ['person', '(Jane,Doe)'],
  ['box', '(4,7),(1,1)'],
  ['pg_lsn', '47/11'],
  ['own_range', '[4.7,11)'],
]

let database: FreshDatabase
let client: Client
let types: Map<string, ColumnType>

beforeAll(async () => {
  database = await freshDatabase()
  client = await database.client()
  await client.query(`
    CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE EXTENSION ltree;
    CREATE TYPE mood AS ENUM ('sad', 'happy');
    CREATE TYPE person AS (first text, last text);
    CREATE TYPE own_range AS RANGE (subtype = numeric);
    CREATE DOMAIN email_domain AS varchar(30);
    CREATE DOMAIN score_domain AS int4;
    CREATE DOMAIN tag_domain AS text[];
    ${columns.map(([type], index) => `CREATE TABLE t${index} (n serial, v ${type});`).join('\n')}`)
  const entries = columns.map((_, index) => `public.t${index}.v`)
  const query = async (sql: string, parameters: unknown[] = []) =>
    (await client.query<Record<string, unknown>>(sql, parameters)).rows
  const catalog = await loadCatalog(query, entries)
  expect(catalog.unknown).toEqual([])
  types = new Map([...catalog.masked.values()].map(({ column, type }) => [column, type]))
  await client.query('SET search_path = public')
})

afterAll(async () => database[Symbol.asyncDispose]())

const send = async (table: string, value: string): Promise<{ text: string; binary: Buffer }> => {
  const { rows } = await client.query<{ f: string }>(
    `SELECT t.typsend::regproc AS f FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE attrelid = $1::regclass AND attname = 'v'`,
    [table],
  )
  const function_ = rows[0]?.f === '-' ? 'textsend' : rows[0]?.f
  const inserted = await client.query<{ text: string; binary: Buffer }>(
    `INSERT INTO ${table} (v) VALUES ('${value}') RETURNING v::text AS text, ${function_}(v) AS binary`,
  )
  return inserted.rows[0]!
}

test.for(columns.map(([type, value], index) => ({ type, value, table: `t${index}` })))(
  'every mask of $type is a value that the server takes back, in text and binary',
  async ({ value, table }) => {
    const original = await send(table, value)
    const type = types.get(`public.${table}.v`)!
    for (const spec of specs) {
      const mask = { column: `public.${table}.v`, spec, type }
      const stored: (string | null)[] = []
      for (const format of [0, 1] as const) {
        const input = format === 0 ? Buffer.from(original.text) : original.binary
        const masked = valueMasker(mask, format, key)(input)
        const parameter = format === 0 ? (masked?.toString() ?? null) : masked
        const { rows } = await client.query<{ text: string | null }>(
          `INSERT INTO ${table} (v) VALUES ($1) RETURNING v::text AS text`,
          [parameter],
        )
        stored.push(rows[0]!.text)
      }
      expect(stored[0], JSON.stringify(spec)).toBe(stored[1])
      expect(stored[0], JSON.stringify(spec)).not.toBe(original.text)
    }
  },
)

const unknown = ['person']

test('a type that has no harmless value here becomes NULL, all others keep a value', () => {
  for (const [index, [type]] of columns.entries()) {
    const column = types.get(`public.t${index}.v`)!
    const masked = valueMasker({ column: 'public.t.v', spec: 'redact', type: column }, 0, key)(Buffer.from('{1,2}'))
    expect(masked === null, type).toBe(unknown.includes(type))
  }
})
