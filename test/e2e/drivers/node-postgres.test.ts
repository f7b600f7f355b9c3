import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { Readable, Writable } from 'node:stream'
import { Client, Pool } from 'pg'
import { from, to } from 'pg-copy-streams'
import Cursor from 'pg-cursor'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { relayServer, type RelayServer } from '../../gateway/relay/relay-server.js'

let server: RelayServer
beforeAll(async () => {
  server = await relayServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const connect = async (): Promise<Client> => {
  const client = new Client({ host: '127.0.0.1', port: server.port, user: 'me', database: 'me' })
  await client.connect()
  return client
}

test('parameters, types, named statements, errors with position', async () => {
  const client = await connect()
  const { rows } = await client.query(
    'SELECT $1::int AS n, $2::text AS t, $3::jsonb AS j, NULL AS z, now() - now() AS i',
    [7, 'ä', { a: 1 }],
  )
  expect(rows[0]).toMatchObject({ n: 7, t: 'ä', j: { a: 1 }, z: null })
  for (let i = 0; i < 50; i++) {
    const named = await client.query<{ sum: number }>({
      name: 'sum',
      text: 'SELECT $1::int + $2::int AS sum',
      values: [i, 1],
    })
    expect(named.rows[0]!.sum).toBe(i + 1)
  }
  await expect(client.query('SELECT 1 +')).rejects.toMatchObject({ code: '42601', position: '11' })
  await expect(client.query('SELECT $1::int', ['x'])).rejects.toMatchObject({ code: '22P02' })
  expect((await client.query({ text: 'SELECT 1::int4 AS a, 2::int8 AS b', rowMode: 'array' })).rows).toEqual([[1, '2']])
  await client.end()
})

test('transactions with savepoints', async () => {
  const client = await connect()
  await client.query('BEGIN')
  await client.query('CREATE TEMP TABLE t (a int PRIMARY KEY)')
  await client.query('INSERT INTO t VALUES (1)')
  await client.query('SAVEPOINT s')
  await expect(client.query('INSERT INTO t VALUES (1)')).rejects.toMatchObject({ code: '23505' })
  await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' })
  await client.query('ROLLBACK TO s')
  await client.query('COMMIT')
  expect((await client.query('SELECT * FROM t')).rows).toEqual([{ a: 1 }])
  await client.end()
})

test('cursors, COPY streams both ways, a large result', async () => {
  const client = await connect()
  const cursor = client.query(new Cursor<{ n: number }>('SELECT generate_series(1, 250) AS n'))
  const sizes: number[] = []
  for (let rows = await cursor.read(100); rows.length > 0; rows = await cursor.read(100)) sizes.push(rows.length)
  expect(sizes).toEqual([100, 100, 50])
  await client.query('CREATE TEMP TABLE c (a int, b text)')
  const lines = Array.from({ length: 20_000 }, (_, i) => `${i}\tvalue ${i}\n`)
  await pipeline(Readable.from(lines), client.query(from('COPY c FROM STDIN')))
  let bytes = 0
  const count = new Writable({ write: (chunk: Buffer, _, done) => ((bytes += chunk.length), done()) })
  await pipeline(client.query(to('COPY c TO STDOUT')), count)
  expect(bytes).toBe(lines.join('').length)
  expect((await client.query('SELECT * FROM c')).rows).toHaveLength(20_000)
  await client.end()
})

test('LISTEN while idle, and a pool with statements at the same time', async () => {
  const client = await connect()
  await client.query('LISTEN pg_news')
  const pool = new Pool({ host: '127.0.0.1', port: server.port, user: 'me', database: 'vectordb', max: 4 })
  const heard = once(client, 'notification')
  await pool.query("SELECT pg_notify('pg_news', 'hello')")
  expect((await heard)[0]).toMatchObject({ channel: 'pg_news', payload: 'hello' })
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => pool.query<{ n: number }>('SELECT $1::int AS n, pg_sleep(0.001)', [i])),
  )
  expect(answers.map(({ rows }) => rows[0]!.n)).toEqual(Array.from({ length: 100 }, (_, i) => i))
  await pool.end()
  await client.end()
})
