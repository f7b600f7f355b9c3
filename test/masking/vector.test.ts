import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ColumnType } from '../../src/masking/types.js'
import { valueMasker } from '../../src/masking/value-masker.js'
import { key, typed } from './types.js'

let database: PGlite

beforeAll(async () => {
  database = await PGlite.create({ extensions: { vector } })
  await database.exec('CREATE EXTENSION vector')
})

afterAll(async () => database.close())

const one = async <T>(sql: string): Promise<T> => (await database.query<T>(sql)).rows[0]!

/** Masks a vector of real pgvector in one format and lets pgvector read the result. */
const throughServer = async (type: ColumnType, value: string, format: 0 | 1, column = 'public.documents.embedding') => {
  const declared = `${type.name}${type.modifier > 0 ? `(${type.modifier})` : ''}`
  const original = await one<{ text: string; binary: Uint8Array }>(
    `SELECT v::text AS text, ${type.name}_send(v) AS binary FROM (SELECT '${value}'::${declared} AS v)`,
  )
  const input = format === 0 ? Buffer.from(original.text) : Buffer.from(original.binary)
  const masked = valueMasker({ column, spec: 'vector', type }, format, key)(input)
  await database.exec(`CREATE TABLE IF NOT EXISTS masked_${type.name} (v ${type.name})`)
  if (format === 0)
    return { original: original.text, text: masked!.toString(), cast: `'${masked!.toString()}'::${declared}` }
  // COPY is the only way to hand a type its binary format here.
  const length = Buffer.alloc(4)
  length.writeInt32BE(masked!.length)
  const header = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\0\x01', 'latin1')
  const blob = new Blob([header, length, new Uint8Array(masked!), Buffer.from([0xff, 0xff])])
  await database.exec(`TRUNCATE masked_${type.name}`)
  await database.query(`COPY masked_${type.name} FROM '/dev/blob' (FORMAT binary)`, [], { blob })
  const { text } = await one<{ text: string }>(`SELECT v::text AS text FROM masked_${type.name}`)
  return { original: original.text, text, cast: `'${text}'::${declared}` }
}

const list = (dimensions: number) => `[${Array.from({ length: dimensions }, (_, index) => (index % 7) - 3).join(',')}]`

const cases: [type: ColumnType, value: string, dimensions: number][] = [
  [typed('vector', 3), '[1,2,3]', 3],
  [typed('vector'), '[1,2,3]', 3],
  [typed('vector'), '[5]', 1],
  [typed('vector', 1536), list(1536), 1536],
  [typed('vector'), list(16_000), 16_000],
  [typed('halfvec', 3), '[1,2,3]', 3],
  [typed('halfvec'), list(1536), 1536],
  [typed('sparsevec', 5), '{1:3,4:2}/5', 5],
  [typed('sparsevec'), '{2:1}/100000', 100_000],
]

test.for(cases.flatMap((one) => [[...one, 0] as const, [...one, 1] as const]))(
  'a masked $0.name is a unit vector of the same dimension that pgvector takes and measures ($2 dimensions, format $3)',
  async ([type, value, dimensions, format]) => {
    const { original, text, cast } = await throughServer(type, value, format)
    expect(text).not.toBe(original)
    const norm = type.name === 'vector' ? 'vector_norm' : 'l2_norm'
    const measured = await one<{ norm: number; cosine: number }>(
      `SELECT ${norm}(${cast}) AS norm, ${cast} <=> '${value}'::${type.name} AS cosine`,
    )
    expect(measured.norm).toBeCloseTo(1, 2)
    expect(measured.cosine).not.toBeNaN()
    if (type.name === 'sparsevec') expect(text).toBe(`{1:1}/${dimensions}`)
    else expect(text.split(',')).toHaveLength(dimensions)
  },
)

test('any vector is masked to one that pgvector takes, of its dimension, and an array of them element by element', async () => {
  const numbers = fc.array(fc.float({ min: -1000, max: 1000, noNaN: true }), { minLength: 1, maxLength: 40 })
  for (const values of fc.sample(numbers, 8)) {
    const written = `[${values.join(',')}]`
    for (const name of ['vector', 'halfvec', 'sparsevec']) {
      const literal = name === 'sparsevec' ? `{${values.length}:1.5}/${values.length}` : written
      for (const format of [0, 1] as const) {
        const { text } = await throughServer(typed(name, values.length), literal, format)
        expect(text).toMatch(name === 'sparsevec' ? `{1:1}/${values.length}` : /^\[/)
        if (name !== 'sparsevec') expect(text.split(',')).toHaveLength(values.length)
      }
    }
    const array = { ...typed('_vector'), kind: 'a' as const, element: typed('vector', values.length) }
    const column = 'public.documents.embeddings'
    const masked = valueMasker({ column, spec: 'vector', type: array }, 0, key)(Buffer.from(`{"${written}",NULL}`))
    const { dimensions } = await one<{ dimensions: number }>(
      `SELECT vector_dims(('${masked!.toString()}'::vector(${values.length})[])[1]) AS dimensions`,
    )
    expect(dimensions).toBe(values.length)
  }
})

test('the mask is the same for every value of a column and another for each column and key', async () => {
  const type = typed('vector')
  const of = (value: string, column: string, with_ = key) =>
    valueMasker({ column, spec: 'vector', type }, 0, with_)(Buffer.from(value))?.toString()
  const a = of(list(64), 'public.a.v')
  expect(of(list(64).replaceAll('1', '2'), 'public.a.v')).toBe(a)
  expect(of(list(64), 'public.b.v')).not.toBe(a)
  expect(of(list(64), 'public.a.v', Buffer.alloc(32, 9))).not.toBe(a)
})

test('text and binary show the same vector', async () => {
  const type = typed('vector', 8)
  const [text, binary] = [await throughServer(type, list(8), 0), await throughServer(type, list(8), 1)]
  const { distance } = await one<{ distance: number }>(`SELECT ${text.cast} <-> ${binary.cast} AS distance`)
  expect(distance).toBeLessThan(1e-6)
})

test('a value that is no vector is refused or becomes NULL, never an error of another kind', () => {
  const masked = (name: string, format: 0 | 1, value: Buffer) =>
    valueMasker({ column: 'public.a.v', spec: 'vector', type: typed(name) }, format, key)(value)
  expect(() => masked('vector', 1, Buffer.alloc(3))).toThrow('a message is malformed')
  expect(() => masked('sparsevec', 1, Buffer.alloc(11))).toThrow('a message is malformed')
  expect(() => masked('sparsevec', 0, Buffer.from('secret'))).toThrow('a message is malformed')
  expect(masked('vector', 1, Buffer.from([0x7f, 0xff, 0, 0]))).toBeNull()
  expect(masked('halfvec', 1, Buffer.alloc(4))).toBeNull()
})
