import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openStore } from '../../src/store/open.js'
import { type TempFolder, tempFolder } from '../helpers/temp.js'

const late = { code: 'STORE_FAILED', message: expect.stringContaining('the disk does not answer') as string }

/** A store whose thread hangs, as it would in a write that never returns: it waits for whoever has the file, up to 5 s. */
const hanging = async (folder: TempFolder) => {
  let patience = 50
  const store = await openStore(`sqlite:${folder.file('hoop.db')}`, { patience: () => patience })
  const other = new DatabaseSync(folder.file('hoop.db'))
  other.exec('BEGIN EXCLUSIVE')
  const written = () =>
    store.writable().then(
      () => true,
      () => false,
    )
  return {
    db: store.db,
    written: () => store.writable(),
    insert: (key: string) => store.db.insertInto('meta').values({ key, value: '1' }).execute(),
    keys: async () => (await store.db.selectFrom('meta').select('key').execute()).map(({ key }) => key),
    goesOn: async () => {
      // What comes now takes as long as a busy machine needs.
      patience = Infinity
      other.exec('COMMIT')
      other.close()
      await expect.poll(written, { timeout: 30_000 }).toBe(true)
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

test('a query that the disk does not answer fails in time, and what comes behind it at once, until it answers', async () => {
  await using folder = await tempFolder()
  await using it = await hanging(folder)
  const given = [it.insert('first'), it.insert('behind')]
  for (const each of given) await expect(each).rejects.toMatchObject(late)
  await expect(it.keys()).rejects.toMatchObject(late)
  await it.goesOn()
  const keys = await it.keys()
  // What the thread had was written, what it was never given was not.
  expect(keys).toContain('first')
  expect(keys).not.toContain('behind')
})

test('of a transaction that was given up nothing stays, and the next is a transaction of its own', async () => {
  await using folder = await tempFolder()
  await using it = await hanging(folder)
  const both = (key: string) =>
    it.db.transaction().execute(async (db) => {
      for (const each of [key, `${key}, too`]) await db.insertInto('meta').values({ key: each, value: '1' }).execute()
    })
  for (const key of ['half', 'behind']) await expect(both(key)).rejects.toMatchObject(late)
  await it.goesOn()
  await both('whole')
  const keys = await it.keys()
  expect(keys).toEqual(expect.arrayContaining(['whole', 'whole, too']))
  for (const key of ['half', 'half, too', 'behind']) expect(keys).not.toContain(key)
})
