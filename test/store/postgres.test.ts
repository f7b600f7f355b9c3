import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { addAct, listActs } from '../../src/store/acts.js'
import { lastNumber, numberBehind } from '../../src/store/act-numbers.js'
import { openStore, type Store } from '../../src/store/open.js'
import { seePerson } from '../../src/store/people/people.js'
import { findSession, listSessions } from '../../src/store/sessions/queries.js'
import { StoredSessionIndex } from '../../src/store/sessions/session-index.js'
import { UsageRecords } from '../../src/store/usage.js'
import { freshDatabase } from '../helpers/database.js'
import { session } from './fixtures.js'
import { kinds, newSpace, newStore, serverAt } from './kinds.js'

const act = { act: 'person.revoke', by: { subject: 'olu', name: 'Olu' }, target: 'casey' } as const

test('rows come as they do from SQLite: whole numbers, truth values, sums and texts', async () => {
  const read = async (kind: (typeof kinds)[number]) => {
    await using store = await newStore(kind)
    const index = new StoredSessionIndex(store)
    await index.started(session('s1', { seenClear: true, counters: { ...session('s1').counters, bytes: 2 ** 52 } }))
    await seePerson(store.db, { subject: 'ana', name: 'Ana', groups: ['a"b'], namedAt: 5 }, 6)
    await addAct(store.db, act, 7)
    const records = new UsageRecords(store)
    for (const hour of [0, 3_600_000, 90_000_000])
      await records.put({ subject: 'ana', hour, rows: 3, bytes: 4, vectors: 5 })
    const whether = sql<unknown>`exists (select 1 from acts where number = 1)`
    return [
      await store.db.selectFrom('sessions').selectAll().execute(),
      await store.db.selectFrom('people').selectAll().execute(),
      await store.db.selectFrom('acts').selectAll().execute(),
      await store.db
        .selectFrom('usage')
        .select(({ fn }) => [fn.countAll().as('n'), fn.sum('rows').as('rows'), fn.max('hour').as('last')])
        .select(whether.as('yes'))
        .execute(),
      (await records.rowsByDay('ana', 0, 10 ** 9)).toSorted(),
      await store.db.updateTable('usage').set({ rows: 1 }).where('hour', '>', 0).executeTakeFirst(),
    ]
  }
  expect(await read('postgres')).toEqual(await read('sqlite'))
})

test('texts are compared by their bytes, and only letters of ASCII have a case, whatever the database says', async () => {
  await using database = await freshDatabase()
  const other = `icu_${randomBytes(4).toString('hex')}`
  const client = await database.client()
  await client.query(`create database ${other} template template0 locale_provider icu icu_locale 'en' encoding utf8`)
  try {
    const url = new URL(database.url)
    url.pathname = `/${other}`
    await using store = await openStore(serverAt(url.href))
    const index = new StoredSessionIndex(store)
    const ids = ['a_1', 'A1', 'a~', 'ab', 'É']
    await Promise.all(ids.map((id) => index.started(session(id, { name: id }))))
    const page = await listSessions(store.db, {}, 10)
    expect(page.sessions.map(({ id }) => id)).toEqual(ids.toSorted((one, two) => (one < two ? 1 : -1)))
    expect((await findSession(store.db, 'a_')).id).toBe('a_1')
    expect((await listSessions(store.db, { person: 'a~' }, 10)).sessions).toHaveLength(1)
    expect((await listSessions(store.db, { person: 'é' }, 10)).sessions).toHaveLength(0)
    expect((await listSessions(store.db, { person: 'AB' }, 10)).sessions).toHaveLength(1)
  } finally {
    await client.query(`drop database ${other} with (force)`)
  }
})

test('everything lies in its own schema, whatever search_path and settings the login has', async () => {
  await using database = await freshDatabase()
  const client = await database.client()
  await client.query(`create table public.meta (key text, value text); create table public.kysely_migration (name text);
    insert into public.kysely_migration values ('999-of-somebody-else');
    alter database ${database.name} set search_path = public;
    alter database ${database.name} set default_transaction_read_only = on;
    alter database ${database.name} set synchronous_commit = off`)
  await using store = await openStore(serverAt(database.url))
  await store.writable()
  const asked = sql<Record<string, string>>`select current_setting('search_path') as path,
    current_setting('synchronous_commit') as durable, current_setting('transaction_isolation') as isolation`
  const settings = await store.db.transaction().execute((db) => asked.execute(db))
  expect(settings.rows).toEqual([{ path: 'hoop', durable: 'on', isolation: 'serializable' }])
  await client.query('set default_transaction_read_only = off')
  const { rows } = await client.query<{ nspname: string }>(
    `select distinct nspname from pg_class c join pg_namespace n on n.oid = relnamespace where relname = 'sessions'`,
  )
  expect(rows).toEqual([{ nspname: 'hoop' }])
  expect((await client.query('select * from public.meta')).rows).toEqual([])
})

/** Two that write one store. */
const two = async () => {
  await using stack = new AsyncDisposableStack()
  const space = stack.use(await newSpace('postgres'))
  const stores: readonly [Store, Store] = [stack.use(await space.open()), stack.use(await space.open())]
  const owned = stack.move()
  return { stores, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

describe('several writers', () => {
  test('what is read and written in one transaction holds, and one that another came into is done again', async () => {
    await using it = await two()
    const add = (store: Store) =>
      store.db.transaction().execute(async (db) => {
        const row = await db.selectFrom('meta').select('value').where('key', '=', 'n').executeTakeFirst()
        const value = String(Number(row?.value ?? 0) + 1)
        await db
          .insertInto('meta')
          .values({ key: 'n', value })
          .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
          .execute()
      })
    await add(it.stores[0])
    for (let round = 0; round < 10; round++) await Promise.all(it.stores.flatMap((store) => [add(store), add(store)]))
    const [row] = await it.stores[1].db.selectFrom('meta').select('value').where('key', '=', 'n').execute()
    expect(row?.value).toBe('41')
  })

  test('two that each look whether the other was there do not both find nobody', async () => {
    await using it = await two()
    const both = Promise.withResolvers<void>()
    let looked = 0
    const first = async (store: Store, key: string) =>
      store.db.transaction().execute(async (db) => {
        const others = await db.selectFrom('meta').select('key').where('value', '=', 'seat').execute()
        if (++looked === 2) both.resolve()
        await both.promise
        if (others.length === 0) await db.insertInto('meta').values({ key, value: 'seat' }).execute()
      })
    await Promise.all(it.stores.map((store, n) => first(store, `a${n}`)))
    expect(await it.stores[0].db.selectFrom('meta').select('key').where('value', '=', 'seat').execute()).toHaveLength(1)
  })

  test('a gateway’s own transactions and statements never end each other', async () => {
    let failures = 0
    await using store = await newStore('postgres', { queried: (_, failed) => (failures += failed ? 1 : 0) })
    const change = (n: number) =>
      store.db.transaction().execute(async (db) => {
        await db.selectFrom('meta').selectAll().execute()
        await db
          .insertInto('meta')
          .values({ key: `n${n}`, value: '' })
          .execute()
      })
    const many = Array.from({ length: 25 }, (_, n) => n)
    await Promise.all(
      many.flatMap((n) => [
        change(n),
        store.db.selectFrom('meta').selectAll().execute(),
        store.db.updateTable('meta').set({ value: 'x' }).execute(),
      ]),
    )
    expect(await store.db.selectFrom('meta').selectAll().where('key', 'like', 'n%').execute()).toHaveLength(25)
    expect(failures).toBe(0)
  })

  test('acts are numbered without gaps, though transactions are undone, and behind those that a ledger has', async () => {
    await using it = await two()
    const undone = (store: Store) =>
      store.db
        .transaction()
        .execute(async (db) => {
          await addAct(db, act, 1)
          throw new Error('undone')
        })
        .catch(() => undefined)
    await Promise.all(
      it.stores.flatMap((store) => Array.from({ length: 6 }, () => [addAct(store.db, act, 1), undone(store)]).flat()),
    )
    const numbers = (await listActs(it.stores[0].db, {}, 100)).acts.map(({ number }) => number)
    expect(numbers.toReversed()).toEqual(Array.from({ length: 12 }, (_, n) => n + 1))
    expect(await lastNumber(it.stores[1].db)).toBe(12)
    await numberBehind(it.stores[0].db, 40)
    await addAct(it.stores[1].db, act, 1)
    expect((await listActs(it.stores[0].db, {}, 1)).acts[0]?.number).toBe(41)
  })

  test('two that bring one store up to date at the same time both get it', async () => {
    await using space = await newSpace('postgres')
    const stores = await Promise.all([space.open({ version: '1.0.0' }), space.open({ version: '1.0.0' })])
    await Promise.all(stores.map((store) => store.writable()))
    for (const store of stores) await store[Symbol.asyncDispose]()
  })
})

test('a list without members has nothing in it', async () => {
  await using store = await newStore('postgres')
  expect(await store.db.selectFrom('meta').selectAll().where('key', 'in', []).execute()).toEqual([])
})
