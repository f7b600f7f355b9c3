import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { embed, literal } from '../../src/demo/database/embedding.js'
import { customers } from '../../src/demo/database/people.js'
import { counts } from '../../src/demo/database/seed.js'
import type { DemoDatabase } from '../../src/demo/database/serve.js'
import { servePgvector } from '../helpers/pgvector.js'

let database: DemoDatabase
let client: Client

beforeAll(async () => {
  database = await servePgvector()
  client = new Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database[Symbol.asyncDispose]()
})

test.for([
  ['my card was declined when paying', 'payments'],
  ['customer wants a refund of the money', 'refunds'],
  ['cannot sign in, two factor code wrong', 'login'],
  ['GDPR erase my personal data', 'privacy'],
  ['the parcel never arrived', 'delivery'],
] as const)('the nearest notes to “%s” are about %s', async ([question, topic]) => {
  const { rows } = await client.query<{ topic: string }>(
    'SELECT topic FROM documents ORDER BY embedding <=> $1 LIMIT 5',
    [literal(embed(question))],
  )
  expect(rows.map((row) => row.topic)).toEqual(Array(5).fill(topic))
})

test('every demo holds the same customers', async () => {
  const { rows } = await client.query('SELECT * FROM customers ORDER BY id')
  expect(rows).toEqual(customers(counts.customers))
})
