import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { relayServer, type RelayServer } from '../../gateway/relay/relay-server.js'

let server: RelayServer
let sql: postgres.Sql
beforeAll(async () => {
  server = await relayServer()
  sql = postgres({
    host: '127.0.0.1',
    port: server.port,
    user: 'me',
    database: 'me',
    max: 3,
    onnotice: () => undefined,
  })
})
afterAll(async () => {
  await sql.end()
  await server[Symbol.asyncDispose]()
})

test('pipelined queries on few connections answer in their own order', async () => {
  const answers = await Promise.all(Array.from({ length: 300 }, (_, i) => sql<{ n: number }[]>`SELECT ${i}::int AS n`))
  expect(answers.map((rows) => rows[0]!.n)).toEqual(Array.from({ length: 300 }, (_, i) => i))
})

test('an error among pipelined queries fails alone', async () => {
  const results = await Promise.allSettled([sql`SELECT 1`, sql`SELECT 1/${0}::int`, sql`SELECT 2`])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('transactions, several statements in one text, cursors', async () => {
  await sql.begin(async (tx) => {
    await tx.unsafe('CREATE TEMP TABLE t (a int); INSERT INTO t SELECT generate_series(1, 25)').simple()
    const sizes: number[] = []
    for await (const rows of tx`SELECT * FROM t`.cursor(10)) sizes.push(rows.length)
    expect(sizes).toEqual([10, 10, 5])
  })
  await expect(
    sql.begin(async (tx) => {
      await tx`SELECT 1`
      throw new Error('changed my mind')
    }),
  ).rejects.toThrow('changed my mind')
})

test('COPY both ways, LISTEN, a query that is cancelled', async () => {
  await sql.begin(async (tx) => {
    await tx`CREATE TEMP TABLE c (a int, b text)`
    await pipeline(
      Readable.from(Array.from({ length: 5000 }, (_, i) => `${i}\t${i}\n`)),
      await tx`COPY c FROM STDIN`.writable(),
    )
    let bytes = 0
    for await (const chunk of await tx`COPY c TO STDOUT`.readable()) bytes += (chunk as Buffer).length
    expect(bytes).toBe(Array.from({ length: 5000 }, (_, i) => `${i}\t${i}\n`).join('').length)
  })
  const heard = Promise.withResolvers<string>()
  const listening = await sql.listen('news', heard.resolve)
  await sql.notify('news', 'x')
  expect(await heard.promise).toBe('x')
  await listening.unlisten()
  const slow = sql`SELECT pg_sleep(30)`
  setTimeout(() => slow.cancel(), 200)
  await expect(slow).rejects.toMatchObject({ code: '57014' })
  expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }])
})
