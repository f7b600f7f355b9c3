import { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openStore } from '../../src/store/open.js'
import { tempFolder } from '../helpers/temp.js'

test('while another process holds the store, the event loop goes on, and what waited is written after', async () => {
  await using folder = await tempFolder()
  await using store = await openStore(`sqlite:${folder.file('hoop.db')}`)
  const other = new DatabaseSync(folder.file('hoop.db'))
  other.exec('BEGIN EXCLUSIVE')
  const settled: string[] = []
  const write = store.writable().then(() => settled.push('written'))
  // A query in this thread would wait for a lock that this thread holds.
  for (let turns = 0; turns < 1000; turns++) await turn()
  expect(settled).toEqual([])
  other.exec('COMMIT')
  await write
  expect(settled).toEqual(['written'])
  other.close()
})

test('a transaction is one, whoever else asks meanwhile', async () => {
  await using folder = await tempFolder()
  await using store = await openStore(`sqlite:${folder.file('hoop.db')}`)
  const keys = async () => (await store.db.selectFrom('meta').select('key').execute()).map(({ key }) => key)
  const before = await keys()
  const undone = store.db.transaction().execute(async (db) => {
    await db.insertInto('meta').values({ key: 'a', value: '1' }).execute()
    await turn()
    throw new Error('no')
  })
  const asked = keys()
  await expect(undone).rejects.toThrow('no')
  expect(await asked).toEqual(before)
})

test('what the database refuses fails its caller alone, and integers come whole', async () => {
  await using folder = await tempFolder()
  await using store = await openStore(`sqlite:${folder.file('hoop.db')}`)
  const wrong = sql`select * from nothing`.execute(store.db)
  const right = sql<{ n: bigint }>`select 9007199254740993 as n`.execute(store.db)
  await expect(wrong).rejects.toMatchObject({ code: 'STORE_FAILED' })
  expect((await right).rows).toEqual([{ n: 9007199254740993n }])
})
