import { chmod, readdir, stat, writeFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openStore } from '../../src/store/open.js'
import { tempFolder } from '../helpers/temp.js'

const pragma = async (url: string, name: string): Promise<unknown> => {
  await using store = await openStore(url)
  const { rows } = await sql<Record<string, unknown>>`${sql.raw(`pragma ${name}`)}`.execute(store.db)
  return Object.values(rows[0] ?? {})[0]
}

test('a new store is durable against power failure', async () => {
  await using folder = await tempFolder()
  const url = `sqlite:${folder.file('hoop.db')}`
  expect(await pragma(url, 'journal_mode')).toBe('wal')
  expect(await pragma(url, 'synchronous')).toBe(2n)
  expect(await pragma(url, 'busy_timeout')).toBe(5000n)
})

test('nobody else on the machine can read any of its files, even where the file was there with a wider mode', async () => {
  await using folder = await tempFolder()
  await writeFile(folder.file('hoop.db'), '')
  await chmod(folder.file('hoop.db'), 0o644)
  await using store = await openStore(`sqlite:${folder.file('hoop.db')}`)
  await store.writable()
  const names = await readdir(folder.path)
  expect(names.toSorted()).toEqual(['hoop.db', 'hoop.db-shm', 'hoop.db-wal'])
  for (const name of names) expect(((await stat(folder.file(name))).mode & 0o777).toString(8)).toBe('600')
})

test('a store opens again with what it held', async () => {
  await using folder = await tempFolder()
  const url = `sqlite:${folder.file('hoop.db')}`
  {
    await using store = await openStore(url)
    await store.db.insertInto('meta').values({ key: 'k', value: 'v' }).execute()
  }
  await using store = await openStore(url)
  expect(await store.db.selectFrom('meta').selectAll().execute()).toMatchObject([{ key: 'k', value: 'v' }])
})

test('a store made by a newer version is left alone', async () => {
  await using folder = await tempFolder()
  const url = `sqlite:${folder.file('hoop.db')}`
  {
    await using store = await openStore(url)
    await sql`insert into kysely_migration (name, timestamp) values ('999-later', '2027-01-01')`.execute(store.db)
  }
  await expect(openStore(url)).rejects.toMatchObject({ code: 'STORE_NEWER' })
})

test('a file that is no database is refused', async () => {
  await using folder = await tempFolder()
  await writeFile(folder.file('hoop.db'), 'x'.repeat(5000))
  await expect(openStore(`sqlite:${folder.file('hoop.db')}`)).rejects.toMatchObject({ code: 'STORE_FAILED' })
})

test('a folder that is missing is refused', async () => {
  await using folder = await tempFolder()
  await expect(openStore(`sqlite:${folder.file('no', 'hoop.db')}`)).rejects.toMatchObject({ code: 'STORE_FAILED' })
})

test.for(['mysql://localhost', 'hoop.db', '__proto__:x'])(
  '%s is not supported, and the error says so without repeating the address',
  async (url) => {
    const error: unknown = await openStore(url).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
    expect(String(error)).toMatch(/not supported by this version/)
    expect(String(error)).not.toContain('localhost')
  },
)

test('two transactions at once do not mix', async () => {
  await using folder = await tempFolder()
  await using store = await openStore(`sqlite:${folder.file('hoop.db')}`)
  const failing = store.db.transaction().execute(async (transaction) => {
    await transaction.insertInto('meta').values({ key: 'a', value: '1' }).execute()
    await new Promise((later) => setTimeout(later, 20))
    throw new Error('undo')
  })
  const other = store.db.insertInto('meta').values({ key: 'b', value: '2' }).execute()
  await expect(failing).rejects.toThrow('undo')
  await other
  expect(await store.db.selectFrom('meta').select('key').execute()).toMatchObject([{ key: 'b' }])
})

test('what SQLite throws comes as an error of ours', async () => {
  await using folder = await tempFolder()
  await using store = await openStore(`sqlite:${folder.file('hoop.db')}`)
  await sql`pragma query_only = on`.execute(store.db)
  await expect(store.writable()).rejects.toMatchObject({ code: 'STORE_FAILED' })
  await sql`pragma query_only = off`.execute(store.db)
  await expect(store.writable()).resolves.toBeUndefined()
})
