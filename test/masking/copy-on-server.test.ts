import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import type { Client } from 'pg'
import { from, to } from 'pg-copy-streams'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyMasker } from '../../src/masking/copy.js'
import type { ColumnMask, CopyShape, MaskSpec } from '../../src/masking/types.js'
import { freshDatabase, type FreshDatabase } from '../helpers/database.js'
import { key, text, typed } from './types.js'

let database: FreshDatabase
let client: Client

/** Everything that COPY has to quote, escape or keep apart. */
const nasty = [
  'plain',
  '',
  'a,b',
  'tab\there',
  'line\nbreak',
  'cr\rhere',
  'back\\slash',
  '\\N',
  '\\.',
  '"quoted"',
  "it's",
  'pipe|d',
  'NULL',
  '\u0001\b\f\v',
  'ünïcödé 日本語',
  ' spaces ',
  ',',
  '"',
  '\\',
  '\n',
]

beforeAll(async () => {
  database = await freshDatabase()
  client = await database.client()
  await client.query('CREATE TABLE source (n int, before text, secret text, number int4, after text)')
  await client.query('CREATE TABLE target (LIKE source)')
  const rows: unknown[][] = nasty.flatMap((value, index) => [
    [index, value, `${value}-secret-${index}`, index, nasty.at(-1 - index)],
    [index + 100, null, value, null, value],
    [index + 200, value, null, index, null],
  ])
  for (const row of rows) await client.query('INSERT INTO source VALUES ($1, $2, $3, $4, $5)', row)
})

afterAll(async () => database[Symbol.asyncDispose]())

const shapes: [options: string, shape: Partial<CopyShape>][] = [
  ['FORMAT text', {}],
  ["FORMAT text, DELIMITER '|'", { delimiter: '|' }],
  ["FORMAT text, NULL ''", { nullText: '' }],
  ['FORMAT text, HEADER', { header: true }],
  ['FORMAT csv', { format: 'csv', delimiter: ',', nullText: '' }],
  ['FORMAT csv, HEADER', { format: 'csv', delimiter: ',', nullText: '', header: true }],
  ["FORMAT csv, NULL 'NULL', FORCE_QUOTE *", { format: 'csv', delimiter: ',', nullText: 'NULL' }],
  [
    `FORMAT csv, DELIMITER ';', QUOTE '''', ESCAPE '\\'`,
    { format: 'csv', delimiter: ';', nullText: '', quote: "'", escape: '\\' },
  ],
  ['FORMAT binary', { format: 'binary' }],
]

const standard: CopyShape = {
  ...{ format: 'text', delimiter: '\t', quote: '"', escape: '"', nullText: '\\N', header: false, columns: 5 },
}

/** COPY out, masked, in pieces of some odd size, then in again. */
const roundTrip = async (options: string, shape: CopyShape, spec: MaskSpec): Promise<void> => {
  const masks: (ColumnMask | undefined)[] = Array.from({ length: 5 })
  masks[2] = { column: 'public.source.secret', spec, type: text }
  masks[3] = { column: 'public.source.number', spec: 'redact', type: typed('int4') }
  const masker = copyMasker(shape, masks, key)
  const out = client.query(to(`COPY source TO STDOUT (${options})`))
  const parts: Buffer[] = []
  for await (const part of out as AsyncIterable<Buffer>) parts.push(part)
  const stream = Buffer.concat(parts)
  const masked: Buffer[] = []
  for (let at = 0; at < stream.length; at += 37) masked.push(masker.data(stream.subarray(at, at + 37)))
  masked.push(masker.end())
  expect(masker.rows).toBe(3 * nasty.length)
  await client.query('TRUNCATE target')
  const forceQuote = /, FORCE_QUOTE \*/
  const input = client.query(from(`COPY target FROM STDIN (${options.replace(forceQuote, '')})`))
  await pipeline(Readable.from(masked), input)
}

const differences = async (condition: string): Promise<number> => {
  const { rows } = await client.query<{ count: string }>(
    `SELECT count(*) FROM source s JOIN target t USING (n) WHERE ${condition}`,
  )
  return Number(rows[0]?.count)
}

test.for(shapes)('COPY (%s) from a real server is masked, and the server reads it back', async ([options, shape]) => {
  const whole = { ...standard, ...shape }
  // Where NULL is nothing, an empty value in the text format can't be told from it, by the server either.
  const same = (column: string) =>
    whole.nullText === '' && whole.format === 'text'
      ? `coalesce(s.${column}, '') IS DISTINCT FROM coalesce(t.${column}, '')`
      : `s.${column} IS DISTINCT FROM t.${column}`
  await roundTrip(options, whole, 'redact')
  expect(await differences('true')).toBe(3 * nasty.length)
  expect(await differences(`${same('before')} OR ${same('after')}`)).toBe(0)
  const empty = whole.nullText === '' && whole.format === 'text' ? `AND s.secret <> ''` : ''
  expect(await differences(`s.secret IS NOT NULL ${empty} AND t.secret IS DISTINCT FROM '********'`)).toBe(0)
  expect(await differences('s.secret IS NULL AND t.secret IS NOT NULL')).toBe(0)
  expect(await differences('t.number IS DISTINCT FROM s.number * 0')).toBe(0)
  await roundTrip(options, whole, { keep_last: 3 })
  expect(await differences(`length(s.secret) > 3 AND t.secret IS DISTINCT FROM '****' || right(s.secret, 3)`)).toBe(0)
  await roundTrip(options, whole, 'hash')
  expect(await differences(`s.secret IS NOT NULL ${empty} AND t.secret !~ '^[0-9a-f]{32}$'`)).toBe(0)
})
