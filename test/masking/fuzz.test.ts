import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import type { Client } from 'pg'
import { from, to } from 'pg-copy-streams'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyMasker } from '../../src/masking/copy.js'
import type { ColumnMask, ColumnType, CopyShape, MaskSpec } from '../../src/masking/types.js'
import { valueMasker } from '../../src/masking/value-masker.js'
import { loadCatalog } from '../../src/sql/catalog.js'
import { freshDatabase, type FreshDatabase } from '../helpers/database.js'
import { fuzzedTypes, type FuzzedType } from './fuzz-types.js'
import { key, typed } from './types.js'

/** How many values of each type; `npm run fuzz` asks for more. */
const count = process.env.HOOP_TEST_FUZZ === undefined ? 12 : Math.min(Number(process.env.HOOP_TEST_FUZZ), 250)
const seed = Date.now() & 0x7fffffff

const paths: MaskSpec = { json: { '$.a': 'email', '$..b': 'redact', '$.c[*]': 'hash', '$.d': { bucket: 10 } } }

const specs: readonly (readonly [MaskSpec, Pick<ColumnMask, 'nulls'>?])[] = [
  ['redact'],
  ['hash'],
  ['fake'],
  ['vector'],
  ['null'],
  ['email'],
  [{ keep_first: 2 }],
  [{ keep_last: 2 }],
  [{ hash: { version: 2 } }],
  [{ bucket: 10 }],
  [{ bucket: 0.25 }],
  [{ date: 'year' }],
  [{ date: 'month' }],
  [{ fake: 'address' }],
  [{ fake: 'uuid' }],
  [paths],
  ['redact', { nulls: 'hide' }],
  [{ keep_last: 2 }, { nulls: 'hide' }],
]

/** What is masked by these says nothing of the value. */
const opaque = [0, 1, 2, 3, 8, 13, 14]
const hiding = [16, 17]
const [bucket, year] = [9, 11]

const columns = specs.map((_, index) => `c${index}`)

const standard: CopyShape = {
  ...{ format: 'text', delimiter: '\t', quote: '"', escape: '"', nullText: '\\N', header: false },
  columns: 1 + columns.length,
}
const formats: readonly CopyShape[] = [
  standard,
  { ...standard, format: 'csv', delimiter: ',', nullText: '' },
  { ...standard, format: 'binary' },
]

/** What of an array isn't its elements: NULLs stay in their places. */
const NULLS = /^\[0:0\]=|NULL|[{},]/g

let database: FreshDatabase
let client: Client
let types: ReadonlyMap<string, ColumnType>

beforeAll(async () => {
  database = await freshDatabase()
  client = await database.client()
  await client.query(`
    CREATE EXTENSION citext; CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE TYPE person AS (first text, last text);
    CREATE TYPE own_range AS RANGE (subtype = numeric); CREATE DOMAIN short_text AS varchar(6);
    CREATE DOMAIN some_numbers AS int4[]; CREATE DOMAIN moods_own AS mood;
    ${fuzzedTypes
      .flatMap(({ type }, i) =>
        [`source_${i}`, `target_${i}`].map(
          (table) => `CREATE TABLE ${table} (n int, ${columns.map((column) => `${column} ${type}`).join(', ')});`,
        ),
      )
      .join('\n')}`)
  const query = async (sql: string, parameters: unknown[] = []) =>
    (await client.query<Record<string, unknown>>(sql, parameters)).rows
  const catalog = await loadCatalog(
    query,
    fuzzedTypes.map((_, i) => `public.source_${i}.c0`),
  )
  types = new Map([...catalog.masked.values()].map(({ column, type }) => [column, type]))
  await client.query("SET search_path = public; SET TimeZone = 'Asia/Kolkata'")
}, 60_000)

afterAll(async () => database[Symbol.asyncDispose]())

const optionsOf = ({ format }: CopyShape): string => `(FORMAT ${format})`

/** COPY out, masked in pieces of any size, and in again. */
const copyMasked = async (i: number, shape: CopyShape, masks: readonly (ColumnMask | undefined)[]): Promise<void> => {
  const parts: Buffer[] = []
  const out = client.query(to(`COPY source_${i} TO STDOUT ${optionsOf(shape)}`))
  for await (const part of out as AsyncIterable<Buffer>) parts.push(part)
  const stream = Buffer.concat(parts)
  const masker = copyMasker(shape, masks, key)
  const masked: Buffer[] = []
  for (let at = 0; at < stream.length;) {
    const end = at + 1 + ((at * 7919 + seed) % 97)
    masked.push(masker.data(stream.subarray(at, end)))
    at = end
  }
  masked.push(masker.end())
  expect(masker.rows).toBe(count + 1)
  await client.query(`TRUNCATE target_${i}`)
  await pipeline(Readable.from(masked), client.query(from(`COPY target_${i} FROM STDIN ${optionsOf(shape)}`)))
}

type Row = readonly (string | null)[]

const rowsOf = async (table: string): Promise<readonly Row[]> => {
  const list = columns.map((column) => `${column}::text`).join(', ')
  return (await client.query<(string | null)[]>({ text: `SELECT ${list} FROM ${table} ORDER BY n`, rowMode: 'array' }))
    .rows
}

/** Whether numbers and dates are what the server makes of them itself; NaN, infinities and lowest buckets apart. */
const computed = async (i: number, { holds, type }: FuzzedType): Promise<void> => {
  if (holds === undefined) return
  const zoned = type === 'timestamptz' ? ` AT TIME ZONE 'UTC'` : ''
  const [target, wanted, bounds] =
    holds === 'numbers'
      ? [
          `t.c${bucket}::numeric`,
          `floor(s.c0::numeric / 10) * 10`,
          `s.c0::text IN ('NaN', 'Infinity') OR t.c${bucket} <= s.c0`,
        ]
      : [
          `(t.c${year}${zoned})::timestamp`,
          `date_trunc('year', (s.c0${zoned})::timestamp)`,
          `isfinite(s.c0) AND t.c${year} <= s.c0`,
        ]
  // Out of timestamp's range, dates can't be compared this way.
  const within = holds === 'dates' ? `WHERE s.c0 < '200000-01-01' AND s.c0 > '4700-01-01 BC'` : ''
  const { rows } = await client.query<{ wrong: string; strange: string }>(`
    WITH both_ AS (SELECT ${target} AS got, ${wanted} AS wanted, ${bounds} AS fine FROM source_${i} s JOIN target_${i} t USING (n) ${within})
    SELECT count(*) FILTER (WHERE NOT fine) AS strange, count(*) FILTER (WHERE got IS DISTINCT FROM wanted) AS wrong FROM both_`)
  expect(rows[0]).toMatchObject({ strange: '0' })
  // The type's least number stands for lower ones.
  const clamped = ['int2', 'numeric(10,2)', 'numeric(3,1)', 'int4', 'int8', 'numeric(4,-2)']
  if (!clamped.includes(type)) expect(rows[0]).toMatchObject({ wrong: '0' })
}

test.for(fuzzedTypes.map((fuzzed, i) => ({ ...fuzzed, i })))(
  'every mask of $type gives values that the server takes, the same in all formats, and rows that stay rows',
  { timeout: 120_000 },
  async ({ i, ...fuzzed }) => {
    const values = fc.sample(fuzzed.values, { numRuns: count, seed })
    const list = columns.map(() => `v::${fuzzed.type}`).join(', ')
    await client.query(
      `INSERT INTO source_${i} SELECT n, ${list} FROM unnest($1::text[]) WITH ORDINALITY AS u (v, n)`,
      [[...values, null]],
    )
    const type = types.get(`public.source_${i}.c0`)!
    const column = `public.source_${i}.c0`
    const masks = [undefined, ...specs.map(([spec, nulls]) => ({ column, spec, type, ...nulls }))]
    const before = await rowsOf(`source_${i}`)
    const results: (readonly Row[])[] = []
    for (const shape of formats) {
      await copyMasked(i, shape, masks)
      results.push(await rowsOf(`target_${i}`))
    }
    const [text, csv, binary] = results
    const context = `seed ${seed}`
    expect(csv, context).toEqual(text)
    expect(binary, context).toEqual(text)
    await computed(i, fuzzed)
    for (const [column] of specs.entries()) {
      const after = text!.map((row) => row[column]!)
      const fixed = new Set(after.slice(0, -1)).size === 1
      for (const [n, masked] of after.entries()) {
        const original = before[n]![column] ?? null
        const name = `${context}, ${JSON.stringify(specs[column])} of ${original}`
        if (original === null) expect(masked === null, name).toBe(!hiding.includes(column) || after[0] === null)
        else if (opaque.includes(column) && original.replace(NULLS, '').length >= 12 && !fixed)
          expect(masked, name).not.toContain(original)
      }
    }
  },
)

test('equal values hash alike in every type and format that can hold them, so that joins between masked columns hold', () => {
  const hashed = (name: string, value: Buffer, format: 0 | 1): string => {
    const type = typed(name)
    return valueMasker({ column: `public.of.${name}`, spec: 'hash', type }, format, key)(value)!.toString('latin1')
  }
  const numRuns = 20 * count
  const texts = (value: string) =>
    ['text', 'varchar', 'citext', 'name'].flatMap((name) =>
      ([0, 1] as const).map((format) => hashed(name, Buffer.from(value), format)),
    )
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (one, other) => {
      const distinct = new Set([...texts(one), ...texts(other)])
      expect(distinct.size).toBe(one === other ? 1 : 2)
    }),
    { numRuns, seed },
  )
  fc.assert(
    fc.property(fc.integer(), (number) => {
      const binary = Buffer.alloc(8)
      binary.writeBigInt64BE(BigInt(number))
      const written = ['int4', 'int8'].map((name) => hashed(name, Buffer.from(String(number)), 0))
      const sent = Buffer.from(hashed('int8', binary, 1), 'latin1')
        .readBigInt64BE()
        .toString()
      expect(new Set([...written, sent]).size).toBe(1)
    }),
    { numRuns, seed },
  )
})
