import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { research } from '../../src/demo/configuration.js'
import { documents } from '../../src/demo/database/documents.js'
import { embed, literal } from '../../src/demo/database/embedding.js'
import { customers } from '../../src/demo/database/people.js'
import { counts, seed } from '../../src/demo/database/seed.js'
import { freshDatabase } from '../helpers/database.js'
import { startTestGateway, type OpenPort } from '../helpers/gateway.js'
import { servePgvector } from '../helpers/pgvector.js'

/** A database with the demo's data: in WebAssembly always, and on the server that the environment names. */
const servers = {
  'PostgreSQL in WebAssembly': servePgvector,
  'the server of HOOP_TEST_DATABASE_URL': async () => {
    const database = await freshDatabase(inject('otherDatabaseUrl'))
    const client = await database.client()
    for (const batch of seed()) await client.query(batch)
    return database
  },
}

/** Why the other server isn't tested, or undefined where it is. */
const missing = async (): Promise<string | undefined> => {
  const url = inject('otherDatabaseUrl')
  if (url === undefined) return 'HOOP_TEST_DATABASE_URL is not set'
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rowCount } = await client.query("SELECT FROM pg_available_extensions WHERE name = 'vector'")
  await client.end()
  return rowCount ? undefined : 'the server of HOOP_TEST_DATABASE_URL has no pgvector'
}

const reason = await missing()
if (reason !== undefined) console.warn(`skipped: the demo’s data on another server; ${reason}`)
const names = Object.keys(servers).slice(0, reason === undefined ? 2 : 1)

describe.for(names)('on %s', (name) => {
  const stack = new AsyncDisposableStack()
  let port: OpenPort
  let client: Client

  beforeAll(async () => {
    const database = stack.use(await servers[name as keyof typeof servers]())
    const policies = { research }
    const access = [{ groups: ['contractors', 'dpo'], policy: 'research' }]
    const gateway = stack.use(await startTestGateway({ database: database.url, policies, access }))
    port = stack.use(await gateway.connect('casey'))
    client = new Client({ connectionString: port.dsn })
    await client.connect()
    stack.defer(() => client.end())
  })
  afterAll(() => stack.disposeAsync())

  test.for([false, true])('a masked embedding can be searched by (binary results: %s)', async (binary) => {
    const near = literal(embed('my card was declined when paying'))
    const { rows } = await client.query<{ topic: string }>({
      text: 'SELECT topic FROM documents ORDER BY embedding <=> $1 LIMIT 5',
      values: [near],
      binary,
    } as never)
    expect(rows.map(({ topic }) => topic)).toEqual(Array(5).fill('payments'))
  })

  test('and does not come out, nor does a distance from it', async () => {
    const { rows } = await client.query<{ embedding: string }>('SELECT embedding FROM documents WHERE id = 1 LIMIT 1')
    const vector = JSON.parse(rows[0]?.embedding ?? '[]') as number[]
    const [real] = documents(1, counts.customers)
    expect(vector).toHaveLength(real?.embedding.length ?? 0)
    expect(vector).not.toEqual(real?.embedding)
    const distances = await client.query<{ distance: null }>(
      'SELECT embedding <=> $1 AS distance FROM documents LIMIT 20',
      [JSON.stringify(real?.embedding)],
    )
    expect(new Set(distances.rows.map(({ distance }) => distance))).toEqual(new Set([null]))
    const near = 'SELECT id FROM documents WHERE embedding <=> $1 < 0.5'
    await expect(client.query(near, [rows[0]?.embedding])).rejects.toMatchObject({ code: '42501' })
  })

  test('no e-mail, phone, SSN or card of a whole table is in what a client receives', async () => {
    const { rows } = await client.query('SELECT * FROM customers')
    expect(rows).toHaveLength(counts.customers)
    const received = JSON.stringify(rows)
    const secrets = customers(counts.customers).flatMap(({ email, phone, ssn, card }) => [email, phone, ssn, card])
    expect(secrets.filter((secret) => received.includes(secret))).toEqual([])
  })
})
