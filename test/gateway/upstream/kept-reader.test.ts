import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { KeptReader } from '../../../src/gateway/upstream/catalog/kept-reader.js'
import { CatalogReader } from '../../../src/sql/catalog.js'
import { freshDatabase } from '../../helpers/database.js'
import { openPglite } from '../../leaks/pglite.js'
import { targetOf } from '../relay/relay-server.js'

/** The gateway's own processes on the server, as somebody else sees them. */
const open = async () => {
  const database = await freshDatabase()
  const admin = await database.client()
  const target = targetOf(database.url)
  return {
    ...{ database, admin, target },
    processes: async (): Promise<number[]> => {
      const { rows } = await admin.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE application_name = 'hoop:gateway' AND datname = current_database()`,
      )
      return rows.map(({ pid }) => pid)
    },
    read: (reader: KeptReader, last?: Parameters<KeptReader['read']>[2]) => reader.read(target, database.name, last),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

test('readings that follow one another share a connection, which ends a moment after the last', async () => {
  await using stage = await open()
  const reader = new KeptReader(200)
  const first = await stage.read(reader)
  const before = await stage.processes()
  expect(before).toHaveLength(1)
  expect(await stage.read(reader, first)).toBe(first)
  expect(await stage.processes()).toEqual(before)
  await vi.waitFor(async () => expect(await stage.processes()).toEqual([]), 10_000)
  expect(await stage.read(reader, first)).toBe(first)
  expect(await stage.processes()).not.toEqual(before)
  await reader.close()
  await vi.waitFor(async () => expect(await stage.processes()).toEqual([]), 10_000)
})

test('a connection that the server has ended meanwhile is opened anew', async () => {
  await using stage = await open()
  const reader = new KeptReader()
  const first = await stage.read(reader)
  await stage.admin.query('SELECT pg_terminate_backend($1, 5000)', await stage.processes())
  await stage.admin.query('CREATE TABLE later (id int)')
  const second = await stage.read(reader, first)
  expect([...second.byLabel.keys()]).toContain('public.later')
  await reader.close()
})

test('another way to log in gets a connection of its own', async () => {
  await using stage = await open()
  const reader = new KeptReader()
  await stage.read(reader)
  await expect(reader.read({ ...stage.target, user: 'nobody' }, stage.database.name)).rejects.toMatchObject({
    code: 'UPSTREAM_LOGIN',
  })
  await vi.waitFor(async () => expect(await stage.processes()).toEqual([]), 10_000)
  await stage.read(reader)
  await reader.close()
})

test('readings at one time don’t get in each other’s way', async () => {
  await using stage = await open()
  const reader = new KeptReader()
  await Promise.all([stage.read(reader), stage.read(reader), stage.read(reader)])
  await vi.waitFor(async () => expect(await stage.processes()).toHaveLength(1), 10_000)
  await reader.close()
})

test('a database that was just looked at can be dropped, and be a template, by whoever waits as PostgreSQL does', async () => {
  await using stage = await open()
  const reader = new KeptReader()
  const other = await freshDatabase()
  await reader.read(targetOf(other.url), other.name)
  await stage.admin.query(`CREATE DATABASE ${other.name}_copy TEMPLATE ${other.name}`)
  await reader.read(targetOf(other.url), `${other.name}_copy`)
  await stage.admin.query(`DROP DATABASE ${other.name}_copy`)
  await other[Symbol.asyncDispose]()
})

test('one question tells that nobody has committed anything; what was committed is read, whoever was in between', async () => {
  await using stage = await open()
  const [client, other, bystander] = await Promise.all([1, 2, 3].map(() => stage.database.client()))
  const texts: string[] = []
  const reader = new CatalogReader(async (sql, parameters) => {
    texts.push(sql)
    return (await client!.query<Record<string, unknown>>(sql, parameters)).rows
  })
  const first = await reader.read()
  // Autovacuum and other databases of the server commit as well: not in every moment, though.
  await vi.waitFor(async () => {
    texts.length = 0
    expect(await reader.read(first)).toBe(first)
    expect(texts).toHaveLength(1)
  }, 10_000)

  // In progress at the one reading, committed before the next.
  await other!.query('BEGIN; CREATE TABLE late (id int)')
  expect(await reader.read(first)).toBe(first)
  await bystander!.query('CREATE TEMP TABLE aside (id int)')
  const second = await reader.read(first)
  expect([...second.byLabel.keys()]).not.toContain('public.late')
  await other!.query('COMMIT')
  const third = await reader.read(second)
  expect([...third.byLabel.keys()]).toContain('public.late')

  // What belongs to another reading is no proof for this one.
  texts.length = 0
  expect((await reader.read(first)).byLabel.has('public.late')).toBe(true)
  expect(texts.length).toBeGreaterThan(1)
})

test('PGlite is known to have one process for everybody, and PostgreSQL isn’t taken for it', async () => {
  await using stage = await open()
  await using pglite = await openPglite()
  const [one, other] = [new KeptReader(), new KeptReader()]
  expect((await stage.read(one)).single).toBe(false)
  expect((await other.read(targetOf(pglite.url), 'postgres')).single).toBe(true)
  await Promise.all([one.close(), other.close()])
})

test('a server that has gone without a word doesn’t keep the gateway from stopping', async () => {
  await using stage = await open()
  const sockets = new Set<Socket>()
  const between = createServer((client) => {
    const server = connect(stage.target.port, stage.target.host)
    for (const socket of [client, server]) sockets.add(socket.on('error', () => undefined))
    client.pipe(server)
    server.pipe(client)
  })
  await once(between.listen(0, '127.0.0.1'), 'listening')
  const { port } = between.address() as AddressInfo
  const reader = new KeptReader(60_000)
  await reader.read({ ...stage.target, host: '127.0.0.1', port }, stage.database.name)
  for (const socket of sockets) socket.unpipe().pause()
  await reader.close()
  for (const socket of sockets) socket.destroy()
  between.close()
})
