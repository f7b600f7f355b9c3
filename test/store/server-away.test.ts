import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore, type Store } from '../../src/store/open.js'
import { startPostgres, type TestPostgres } from '../helpers/postgres/postgres.js'
import { serverAt } from './kinds.js'

let server: TestPostgres
beforeAll(async () => void (server = await startPostgres()))
afterAll(() => server[Symbol.asyncDispose]())

const failed = (about: RegExp) => ({
  code: 'STORE_FAILED',
  about: expect.stringMatching(about) as string,
})

const worksAgain = (store: Store) =>
  expect
    .poll(
      () =>
        store.writable().then(
          () => true,
          () => false,
        ),
      { timeout: 30_000 },
    )
    .toBe(true)

test('while the server is down what is asked fails and says so, and goes on by itself when it is back', async () => {
  await using store = await openStore(serverAt(server.url))
  const put = (key: string) => store.db.insertInto('meta').values({ key, value: '1' }).execute()
  await put('before')
  await server.down()
  const asked = await Promise.allSettled(Array.from({ length: 20 }, () => store.writable()))
  for (const one of asked)
    expect(one).toMatchObject({ status: 'rejected', reason: failed(/the server can’t be reached/) })
  await server.up()
  await worksAgain(store)
  await Promise.all(Array.from({ length: 20 }, (_, n) => put(`after ${n}`)))
  expect(await store.db.selectFrom('meta').selectAll().where('value', '=', '1').execute()).toHaveLength(21)
})

test('a transaction that the server is stopped in is undone, and says so', async () => {
  await using store = await openStore(serverAt(server.url))
  const half = store.db.transaction().execute(async (db) => {
    await db.insertInto('meta').values({ key: 'half', value: '1' }).execute()
    await server.down()
    await db.insertInto('meta').values({ key: 'other half', value: '1' }).execute()
  })
  await expect(half).rejects.toMatchObject(failed(/can’t be reached/))
  await server.up()
  await worksAgain(store)
  expect(await store.db.selectFrom('meta').selectAll().where('key', 'like', '%half').execute()).toEqual([])
})

test('a server that says nothing fails what waits for it in time, what comes behind it too, and serves again', async () => {
  let patience = 60_000
  await using store = await openStore(serverAt(`${server.url}?connect_timeout=1`), { patience: () => patience })
  await store.writable()
  const admin = new Client({ connectionString: server.url })
  await admin.connect()
  const { rows } = await admin.query<{ pid: number }>(
    `select pid from pg_stat_activity where application_name = 'hoop:store'`,
  )
  const stopped = [...rows.map(({ pid }) => pid), server.pid]
  for (const pid of stopped) process.kill(pid, 'SIGSTOP')
  try {
    patience = 200
    await expect(store.writable()).rejects.toMatchObject(failed(/does not answer in time/))
    const behind = await Promise.allSettled(Array.from({ length: 10 }, () => store.writable()))
    for (const one of behind) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'STORE_FAILED' } })
  } finally {
    for (const pid of stopped) process.kill(pid, 'SIGCONT')
    await admin.end()
  }
  patience = 60_000
  await worksAgain(store)
})

test('what waits for somebody else’s lock is stopped by the server itself, and the others go on', async () => {
  await using store = await openStore(serverAt(server.url), { patience: () => 2000 })
  await store.writable()
  const admin = new Client({ connectionString: server.url })
  await admin.connect()
  await admin.query('begin; lock table hoop.meta in access exclusive mode')
  await expect(store.writable()).rejects.toMatchObject(failed(/does not answer in time|holds what is needed/))
  expect(await store.db.selectFrom('people').selectAll().execute()).toEqual([])
  await admin.query('rollback')
  await admin.end()
  await store.writable()
})
