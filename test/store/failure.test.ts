import { mkdir, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { grantRecords } from '../../src/store/grants.js'
import { openStore, type Store, tryStore } from '../../src/store/open.js'
import { olderStore } from './older.js'
import { type TempFolder, tempFolder } from '../helpers/temp.js'
import { whileUnreadable } from '../helpers/unreadable.js'

const urlIn = (folder: TempFolder): string => `sqlite:${folder.file('hoop.db')}`

const failed = (folder: TempFolder, about: RegExp, hint: RegExp) => ({
  code: 'STORE_FAILED',
  about: expect.stringMatching(new RegExp(`^${folder.file('hoop.db')}: ${about.source}$`)) as string,
  hint: expect.stringMatching(hint) as string,
})

/** A page more than there is takes no row: to SQLite it is the same as a full disk. */
const fill = async ({ db }: Store) => {
  const { rows } = await sql<{ page_count: bigint }>`pragma page_count`.execute(db)
  await sql.raw(`pragma max_page_count = ${rows[0]?.page_count}`).execute(db)
}

test('a full store says so, and takes what comes once there is room', async () => {
  await using folder = await tempFolder()
  await using store = await openStore(urlIn(folder))
  await fill(store)
  const write = () =>
    store.db
      .insertInto('meta')
      .values({ key: 'much', value: 'x'.repeat(20_000) })
      .execute()
  await expect(write()).rejects.toMatchObject(
    failed(folder, /the disk is full \(database or disk is full\)/, /Make room/),
  )
  await sql`pragma max_page_count = 100000`.execute(store.db)
  await write()
})

test('what is no database, or may not be opened, or isn’t there, says which it is and what helps', async () => {
  await using folder = await tempFolder()
  await writeFile(folder.file('hoop.db'), 'x'.repeat(5000))
  await expect(openStore(urlIn(folder))).rejects.toMatchObject(
    failed(folder, /it is no database, or a damaged one \(.*\)/, /from a backup/),
  )
  await whileUnreadable(folder.file('hoop.db'), () =>
    expect(openStore(urlIn(folder))).rejects.toMatchObject(
      failed(folder, /it may not be opened or written \(EACCES\)/, /owner and mode/),
    ),
  )
  await mkdir(folder.file('sub'))
  await expect(openStore(`sqlite:${folder.file('none/hoop.db')}`)).rejects.toMatchObject({
    about: `${folder.file('none/hoop.db')}: ENOENT`,
  })
})

test('another process that holds it is named as that', async () => {
  await using folder = await tempFolder()
  await (await openStore(urlIn(folder)))[Symbol.asyncDispose]()
  const other = new DatabaseSync(folder.file('hoop.db'))
  await using store = await openStore(urlIn(folder))
  await sql`pragma busy_timeout = 0`.execute(store.db)
  other.exec('BEGIN IMMEDIATE')
  await expect(store.writable()).rejects.toMatchObject(failed(folder, /another process holds it \(.*\)/, /end it/))
  other.close()
  await store.writable()
})

/** As a later version would leave it. */
const written = async (folder: TempFolder, version: string | undefined) => {
  await using store = await openStore(urlIn(folder), { version: '0.1.0' })
  await sql`insert into kysely_migration (name, timestamp) values ('999-later', '2027-01-01')`.execute(store.db)
  if (version === undefined) await store.db.deleteFrom('meta').where('key', '=', 'version').execute()
  else await store.db.updateTable('meta').set({ value: version }).where('key', '=', 'version').execute()
}

test.for([openStore, tryStore])('a newer store says which version wrote it and which to install', async (open) => {
  await using folder = await tempFolder()
  await written(folder, '0.9.2')
  const error = await open(urlIn(folder), { version: '0.1.0' }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'STORE_NEWER', exit: 78 })
  expect(error).toMatchObject({
    about: `${folder.file('hoop.db')} was written by hoop 0.9.2, and this is 0.1.0`,
    hint: 'Install hoop 0.9.2 or newer, or restore a backup of the store from before it.',
    detail: 'It has what this version does not know: 999-later.',
  })
})

test.for([undefined, 'x y\u001b[2J'])(
  'one that doesn’t say by which version is refused all the same',
  async (version) => {
    await using folder = await tempFolder()
    await written(folder, version)
    const error = await openStore(urlIn(folder), { version: '0.1.0' }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'STORE_NEWER', hint: expect.stringContaining('that ran last') as string })
  },
)

const versionIn = async (folder: TempFolder): Promise<string | undefined> => {
  await using store = await openStore(urlIn(folder))
  return (await store.db.selectFrom('meta').select('value').where('key', '=', 'version').executeTakeFirst())?.value
}

test('the version that brought the tables up to date is noted, and stays when another finds them so', async () => {
  await using folder = await tempFolder()
  await (await openStore(urlIn(folder), { version: '0.1.0' }))[Symbol.asyncDispose]()
  expect(await versionIn(folder)).toBe('0.1.0')
  await (await openStore(urlIn(folder), { version: '0.1.1' }))[Symbol.asyncDispose]()
  expect(await versionIn(folder)).toBe('0.1.0')
})

test('one that is older is brought up to date by a start, and left alone by a check', async () => {
  await using folder = await tempFolder()
  {
    await using db = await olderStore(folder.file('hoop.db'), '010-acts')
    const grant = { id: 'g', chain: 'g', subject: 'ana', connection: 'vectordb', jkt: 'k', issued_at: 1, expires_at: 2 }
    await db.insertInto('grants').values(grant).execute()
  }
  expect(await tryStore(urlIn(folder))).toBe(true)
  expect(await tryStore(urlIn(folder))).toBe(true)
  await (await openStore(urlIn(folder), { version: '0.2.0' }))[Symbol.asyncDispose]()
  expect(await tryStore(urlIn(folder))).toBe(false)
  expect(await versionIn(folder)).toBe('0.2.0')
  await using store = await openStore(urlIn(folder))
  expect(await grantRecords(store.db).find('g')).toMatchObject({ id: 'g', subject: 'ana', revoked: false })
})
