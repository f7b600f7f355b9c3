import { mkdir, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openStore, type Store } from '../../src/store/open.js'
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
