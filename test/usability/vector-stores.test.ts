import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { vectorDatabase } from '../helpers/pgvector.js'
import { guardOf } from '../gateway/relay/policy.js'
import { relayServer } from '../gateway/relay/relay-server.js'
import { readTools } from './corpus.js'
import { connectTo, refusalOf } from './stage.js'

const stores = (await readTools()).filter(({ name }) => name === 'langchain' || name === 'llamaindex')

/** The stores' own columns with text and embeddings. */
const content = {
  langchain: ['public.lc_plain.content', 'public.lc_collections.content'],
  llamaindex: ['public.li_store.document'],
}
const embeddings = {
  langchain: ['public.lc_plain.vector', 'public.lc_collections.vector'],
  llamaindex: ['public.li_store.embeddings'],
}

let database: Awaited<ReturnType<typeof vectorDatabase>>
beforeAll(async () => {
  database = await vectorDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const relayed = async (masked: readonly string[]) =>
  relayServer({ url: database.url, guard: await guardOf(database.url, { masks: [{ columns: masked }] }) })

test.for(stores)('nothing that $tool sends is refused while another table is masked', async ({ statements }) => {
  await using server = await relayed(['public.customers.email'])
  const client = await connectTo(server.port)
  const refused: string[] = []
  for (const { text, params } of statements) {
    const why = await refusalOf(client, text, params)
    if (why !== undefined) refused.push(`${text}: ${why}`)
  }
  await client.end()
  expect(refused).toEqual([])
})

test.for(stores)('what $tool sends is answered where its text and embeddings are masked', async (store) => {
  const [setUp, work] = Map.groupBy(store.statements, ({ text }) => /^\s*CREATE/.test(text)).values()
  const owner = new Client({ connectionString: database.url })
  await owner.connect()
  // What is there already was made by the test above.
  for (const { text } of setUp ?? []) await owner.query(text).catch(() => undefined)
  await owner.end()
  const name = store.name as keyof typeof content
  await using server = await relayed([...content[name], ...embeddings[name]])
  const client = await connectTo(server.port)
  const refused: string[] = []
  for (const { text, params } of work ?? []) {
    const why = await refusalOf(client, text, params)
    if (why !== undefined) refused.push(`${text.replaceAll(/\s+/g, ' ')}: ${why}`)
  }
  await client.end()
  expect(refused).toEqual([])
})
