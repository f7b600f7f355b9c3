import fc from 'fast-check'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { vectorDatabase } from '../../../helpers/pgvector.js'
import { seed } from '../../../helpers/suite/seed.js'
import { guardOf } from '../policy.js'
import { relayServer, type RelayServer } from '../relay-server.js'
import { errorsIn, send, valuesOf, WireClient, type Message } from '../wire-client.js'

/** Rows of each column; `npm run fuzz` asks for more. */
const count = process.env.HOOP_TEST_FUZZ === undefined ? 6 : Math.min(Number(process.env.HOOP_TEST_FUZZ), 150)

const number = fc.float({ min: -1000, max: 1000, noNaN: true })
const dense = (min: number, max = min) =>
  fc.array(number, { minLength: min, maxLength: max }).map((values) => `[${values.join(',')}]`)
const sparse = (dimensions: number) =>
  fc
    .uniqueArray(fc.integer({ min: 1, max: dimensions }), { maxLength: 5 })
    .map((at) => `{${at.map((index) => `${index}:${index + 0.5}`).join(',')}}/${dimensions}`)
const bits = (min: number, max = min) =>
  fc.array(fc.constantFrom('0', '1'), { minLength: min, maxLength: max }).map((signs) => signs.join(''))

const types: readonly (readonly [type: string, values: fc.Arbitrary<string>])[] = [
  ['vector(5)', dense(5)],
  ['vector', dense(1, 40)],
  ['halfvec(5)', dense(5)],
  ['halfvec', dense(1, 40)],
  ['sparsevec(300)', sparse(300)],
  ['sparsevec', fc.integer({ min: 1, max: 9000 }).chain(sparse)],
  ['bit(24)', bits(24)],
  ['bit varying(30)', bits(0, 30)],
  ['vector(3)[]', fc.array(dense(3), { maxLength: 3 }).map((all) => `{${all.map((one) => `"${one}"`).join(',')}}`)],
]

/** Each type once for each of these. */
const specs = [
  { with: 'vector' },
  { with: 'redact' },
  { with: 'hash' },
  { with: 'null' },
  { with: 'redact', nulls: 'hide' },
] as const

const columns = types.flatMap(([type], t) => specs.map((spec, s) => ({ name: `c${t}_${s}`, type, t, spec })))
const names = columns.map(({ name }) => name).join(', ')

let database: Awaited<ReturnType<typeof vectorDatabase>>
let owner: Client
let server: RelayServer
let originals: Record<string, string | null>[]

beforeAll(async () => {
  database = await vectorDatabase()
  owner = new Client({ connectionString: database.url })
  await owner.connect()
  await owner.query(
    `CREATE TABLE embeddings (id int, ${columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`,
  )
  const values = types.map(([, arbitrary]) => fc.sample(arbitrary, { numRuns: count, seed }))
  for (let row = 0; row <= count; row++)
    await owner.query(`INSERT INTO embeddings VALUES (${row}, ${columns.map((_, i) => `$${i + 1}`).join(', ')})`, [
      ...columns.map(({ t }) => values[t]![row] ?? null),
    ])
  const texts = columns.map(({ name }) => `${name}::text`).join(', ')
  originals = (await owner.query<Record<string, string | null>>(`SELECT ${texts} FROM embeddings ORDER BY id`)).rows
  const masks = columns.map(({ name, spec }) => ({ columns: [`public.embeddings.${name}`], ...spec }))
  server = await relayServer({ url: database.url, guard: await guardOf(database.url, { masks }) })
}, 120_000)

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await owner.end()
  await database[Symbol.asyncDispose]()
})

type Value = Buffer | null

const dataRows = (messages: readonly Message[]): Value[][] =>
  messages.filter(({ type }) => type === 'D').map(({ body }) => valuesOf(body))
const copied = (messages: readonly Message[]): Buffer =>
  Buffer.concat(messages.filter(({ type }) => type === 'd').map(({ body }) => body))

const lines = (stream: Buffer, fields: (line: string) => readonly (string | null)[]): Value[][] =>
  stream
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => fields(line).map((field) => (field === null ? null : Buffer.from(field))))

/** Rows behind the header of 19 bytes, up to the trailer. */
const binaryRows = (stream: Buffer): Value[][] => {
  const rows: Value[][] = []
  for (let at = 19; stream.readInt16BE(at) !== -1;) {
    const values = valuesOf(stream.subarray(at))
    rows.push(values)
    at += 2 + values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), 0)
  }
  return rows
}

// Nothing that COPY would escape is in these types' values.
const ofText = (stream: Buffer) => lines(stream, (line) => line.split('\t').map((v) => (v === '\\N' ? null : v)))
const ofCsv = (stream: Buffer) =>
  lines(stream, (line) =>
    [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
      .slice(0, columns.length)
      .map(([, field]) => (field === '' ? null : field!.replace(/^"|"$/g, '').replaceAll('""', '"'))),
  )

const select = `SELECT ${names} FROM embeddings ORDER BY id`
const copy = (format: string) => `COPY (${select}) TO STDOUT (FORMAT ${format})`

/** Ways to ask, each with how its values are written. */
const ways: readonly (readonly [
  how: string,
  binary: boolean,
  ask: (client: WireClient) => Promise<readonly Message[]>,
  rows: (messages: readonly Message[]) => Value[][],
])[] = [
  ['by a simple query', false, (client) => client.ask(send.query(select)), dataRows],
  [
    'by the extended protocol in text',
    false,
    (client) => client.ask(send.parse(select), send.bind(), send.execute(), send.sync()),
    dataRows,
  ],
  [
    'by the extended protocol in binary',
    true,
    (client) => client.ask(send.parse(select), send.bind([], { results: [1] }), send.execute(), send.sync()),
    dataRows,
  ],
  [
    'by a statement prepared earlier, in binary and in pieces',
    true,
    async (client) => {
      await client.ask(send.parse(select, 's'), send.sync())
      const bound = send.bind([], { name: 's', results: [1] })
      return client.ask(bound, send.execute('', 2), send.execute('', 3), send.execute(), send.sync())
    },
    dataRows,
  ],
  [
    'by a binary cursor',
    true,
    async (client) => {
      await client.ask(send.query('BEGIN'))
      await client.ask(send.query(`DECLARE c BINARY CURSOR FOR ${select}`))
      const rows = await client.ask(send.query('FETCH ALL FROM c'))
      await client.ask(send.query('COMMIT'))
      return rows
    },
    dataRows,
  ],
  ['by COPY in text', false, (client) => client.ask(send.query(copy('text'))), (all) => ofText(copied(all))],
  ['by COPY in CSV', false, (client) => client.ask(send.query(copy('csv'))), (all) => ofCsv(copied(all))],
  ['by COPY in binary', true, (client) => client.ask(send.query(copy('binary'))), (all) => binaryRows(copied(all))],
]

/** pgvector's own reading of what the client was given, each as text. */
const taken = async (rows: readonly (readonly Value[])[], binary: boolean): Promise<(string | null)[][]> => {
  const list = columns.map(({ type }, i) => `($${i + 1}::${type})::text`).join(', ')
  const all: (string | null)[][] = []
  for (const row of rows) {
    const values = row.map((value) => (value === null || binary ? value : value.toString()))
    const query = { text: `SELECT ${list}`, values, rowMode: 'array' as const }
    all.push((await owner.query<(string | null)[]>(query)).rows[0]!)
  }
  return all
}

/** How many numbers, bits or vectors a value has. */
const sizeOf = (value: string): number => {
  const sparse = /\/(\d+)$/.exec(value)?.[1]
  return sparse === undefined ? value.split(',').length : Number(sparse)
}

let first: (string | null)[][] | undefined

test.for(ways)(
  'vectors asked for %s come masked, the same in every way, and pgvector takes them back',
  { timeout: 120_000 },
  async ([, binary, ask, rowsOf]) => {
    const client = await WireClient.login(server.port)
    const messages = await ask(client)
    await client.end()
    expect(errorsIn(messages)).toEqual([])
    const rows = rowsOf(messages)
    expect(rows).toHaveLength(count + 1)
    const masked = await taken(rows, binary)
    expect(masked, `seed ${seed}`).toEqual((first ??= masked))
    for (const [n, row] of masked.entries()) {
      for (const [i, { name, type, spec }] of columns.entries()) {
        const [original, value] = [originals[n]![name] ?? null, row[i] ?? null]
        const context = `seed ${seed}, ${JSON.stringify(spec)} of ${type} ${original}: ${value}`
        if (spec.with === 'null') expect(value, context).toBeNull()
        else if (original === null && !('nulls' in spec)) expect(value, context).toBeNull()
        else if (original !== null) {
          expect(value, context).not.toBeNull()
          if (!type.includes('bit') && !type.includes('[]')) expect(sizeOf(value!), context).toBe(sizeOf(original))
          if (!type.includes('bit') && original.length > 12) expect(value, context).not.toBe(original)
        }
      }
    }
    // A mask that depended on the value, however noisily, could be averaged or inverted.
    for (const [i, { type, spec }] of columns.entries()) {
      if (spec.with !== 'vector' || !/^\w+\(\d+\)$/.test(type)) continue
      expect(new Set(masked.flatMap((row) => row[i] ?? [])).size, type).toBe(1)
    }
  },
)

test('distances to masked vectors do not come out, and a search by them is answered', async () => {
  const client = await WireClient.login(server.port)
  for (const [t, operand] of [
    [0, '[1,2,3,4,5]'],
    [2, '[1,2,3,4,5]'],
    [4, '{1:1}/300'],
  ] as const) {
    const column = `c${t}_0`
    for (const operator of ['<->', '<#>', '<=>', '<+>']) {
      const distance = `${column} ${operator} '${operand}'`
      const found = await client.ask(send.query(`SELECT id FROM embeddings ORDER BY ${distance} LIMIT 3`))
      expect(dataRows(found), distance).toHaveLength(3)
      const shown = await client.ask(
        send.query(`SELECT DISTINCT ${distance} AS d FROM embeddings WHERE ${column} IS NOT NULL`),
      )
      const told = new Set(dataRows(shown).map(([value]) => value?.toString() ?? ''))
      expect(told.size, distance).toBeLessThanOrEqual(1)
    }
  }
  await client.end()
})
