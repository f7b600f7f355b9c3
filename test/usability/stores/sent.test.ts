import { readFile } from 'node:fs/promises'
import { Client, types, type DatabaseError, type QueryArrayResult } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { guardOf } from '../../gateway/relay/policy.js'
import { relayServer, type RelayServer } from '../../gateway/relay/relay-server.js'
import { vectorDatabase } from '../../helpers/pgvector.js'
import { connectTo } from '../stage.js'
import { readSearches, rights, type Right, type Search } from './sent.js'

const masked = [
  ...[
    'vector_store',
    'embeddings',
    'langchain_pg_embedding',
    'langchain_docs',
    'data_llamaindex',
    'haystack_documents',
  ],
  ...['items', 'documents_supabase'],
].map((table) => `public.${table}.embedding`)

const columns = [...masked, 'public.mem0.vector', 'public.chunks.vec']

let database: Awaited<ReturnType<typeof vectorDatabase>>
let direct: Client
const servers = new Map<Right, RelayServer>()
const clients = new Map<Right, Client>()

beforeAll(async () => {
  database = await vectorDatabase()
  direct = new Client({ connectionString: database.url })
  await direct.connect()
  await direct.query(await readFile(new URL('schema.sql', import.meta.url), 'utf8'))
  for (const right of rights) {
    const guard = await guardOf(database.url, { masks: [{ columns, with: 'vector', distances: right }] })
    const server = await relayServer({ url: database.url, guard })
    servers.set(right, server)
    clients.set(right, await connectTo(server.port))
  }
}, 240_000)
afterAll(async () => {
  for (const client of clients.values()) await client.end()
  for (const server of servers.values()) await server[Symbol.asyncDispose]()
  await direct.end()
  await database[Symbol.asyncDispose]()
})

/** Ways in which drivers send a statement with parameters; without any they send a simple query. */
const modes = ['text', 'binary', 'prepared', 'inline'] as const

const literal = (value: string | number | undefined): string =>
  typeof value === 'number' ? String(value) : `'${value ?? ''}'`

const inlined = ({ sql, values }: Search): string =>
  sql.replace(/\$(\d+)/g, (_, number: string) => literal(values[Number(number) - 1]))

/** As bytes in binary and as text otherwise: what `pg` makes of them doesn't matter here. */
const raw = { getTypeParser: () => (value: unknown) => value } as unknown as typeof types

const textOf = (search: Search, mode: (typeof modes)[number]): string =>
  mode === 'inline' ? inlined(search) : search.sql

const send = (client: Client, search: Search, mode: (typeof modes)[number], name: string): Promise<QueryArrayResult> =>
  client.query({
    text: textOf(search, mode),
    ...(mode !== 'inline' && { values: [...search.values] }),
    ...(mode === 'binary' && { binary: true }),
    // All sessions of PGlite share one backend, and its names.
    ...(mode === 'prepared' && { name }),
    ...{ rowMode: 'array', types: raw },
  })

const within = async <T>(client: Client, { setting }: Search, run: () => Promise<T>): Promise<T> => {
  if (setting === undefined) return run()
  await client.query('BEGIN')
  await client.query(setting)
  try {
    return await run()
  } finally {
    await client.query('ROLLBACK')
  }
}

const codeOf = (error: unknown): string => ((error as DatabaseError).routine ?? String(error)).replace('hoop/', '')

let number = 0

/** Texts whose hidden columns a session was told of: that is done once. */
const said = new Set<string>()

/** Rows under a right beside those without a gateway: what may be seen is equal, what may not is not there. */
const compare = async (search: Search, right: Right, mode: (typeof modes)[number]): Promise<void> => {
  const client = clients.get(right)!
  const notices: string[] = []
  const listen = ({ message }: { message?: string | undefined }): void => void notices.push(message ?? '')
  client.on('notice', listen)
  const hidden = search.computed.length > 0 || (right !== 'show' && search.distances.length > 0)
  try {
    const own = await within(direct, search, () => send(direct, search, mode, `d${number++}`))
    const name = `r${number++}`
    const seen = await within(client, search, () => send(client, search, mode, name))
    expect(seen.rows.length, 'rows').toBe(own.rows.length)
    expect(own.rows.length, 'rows').toBeGreaterThan(0)
    for (const [at, { name: column }] of own.fields.entries()) {
      const [given, wanted] = [seen, own].map(({ rows }) => rows.map((row: readonly unknown[]) => row[at]))
      const isHidden = search.computed.includes(column) || (right !== 'show' && search.distances.includes(column))
      if (isHidden) expect(given, column).toEqual(wanted!.map(() => null))
      else if (/embedding$/.test(column)) for (const value of given!) expect(wanted).not.toContainEqual(value)
      else expect(given, column).toEqual(wanted)
    }
    const text = textOf(search, mode)
    const told = hidden && !said.has(`${right} ${text}`)
    said.add(`${right} ${text}`)
    expect(notices.filter((each) => each.startsWith('hoop: hidden')).length, notices.join('; ')).toBe(told ? 1 : 0)
  } finally {
    client.off('notice', listen)
  }
}

for (const right of rights)
  test.for((await readSearches()).map((search) => [search.name, search] as const))(
    `under ${right}, what is sent by %s is answered or refused as documented`,
    async ([, search]) => {
      const wanted = search.outcome[right]
      const client = clients.get(right)!
      for (const mode of search.values.length > 0 ? modes : (['text', 'binary'] as const)) {
        if (wanted === 'answered') await compare(search, right, mode)
        else expect(await send(client, search, mode, `r${number++}`).then(() => 'answered', codeOf), mode).toBe(wanted)
      }
    },
  )
