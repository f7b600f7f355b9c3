import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { grantRecords } from '../../src/store/grants.js'
import { nameOf, openStore, tryStore } from '../../src/store/open.js'
import { kinds, newSpace, type StoreSpace } from './kinds.js'
import { olderStore } from './older.js'

describe.each(kinds)('in %s', (kind) => {
  /** As a later version would leave it. */
  const written = async (space: StoreSpace, version: string | undefined) => {
    await using store = await space.open({ version: '0.1.0' })
    await sql`insert into kysely_migration (name, timestamp) values ('999-later', '2027-01-01')`.execute(store.db)
    if (version === undefined) await store.db.deleteFrom('meta').where('key', '=', 'version').execute()
    else await store.db.updateTable('meta').set({ value: version }).where('key', '=', 'version').execute()
  }

  test.for([openStore, tryStore])('a newer store says which version wrote it and which to install', async (open) => {
    await using space = await newSpace(kind)
    await written(space, '0.9.2')
    const error = await open(space.place, { version: '0.1.0' }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'STORE_NEWER', exit: 78 })
    expect(error).toMatchObject({
      about: `${nameOf(space.place)} was written by hoop 0.9.2, and this is 0.1.0`,
      hint: 'Install hoop 0.9.2 or newer, or restore a backup of the store from before it.',
      detail: 'It has what this version does not know: 999-later.',
    })
  })

  test.for([undefined, 'x y\u001b[2J'])(
    'one that doesn’t say by which version is refused all the same',
    async (version) => {
      await using space = await newSpace(kind)
      await written(space, version)
      const error = await space.open({ version: '0.1.0' }).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'STORE_NEWER', hint: expect.stringContaining('that ran last') as string })
    },
  )

  const versionIn = async (space: StoreSpace): Promise<string | undefined> => {
    await using store = await space.open()
    return (await store.db.selectFrom('meta').select('value').where('key', '=', 'version').executeTakeFirst())?.value
  }

  test('the version that brought the tables up to date is noted, and stays when another finds them so', async () => {
    await using space = await newSpace(kind)
    await (await space.open({ version: '0.1.0' }))[Symbol.asyncDispose]()
    expect(await versionIn(space)).toBe('0.1.0')
    await (await space.open({ version: '0.1.1' }))[Symbol.asyncDispose]()
    expect(await versionIn(space)).toBe('0.1.0')
  })

  test('one that is older is brought up to date by a start, and left alone by a check', async () => {
    await using space = await newSpace(kind)
    {
      await using db = await olderStore(space.place, '010-acts')
      const grant = {
        id: 'g',
        chain: 'g',
        subject: 'ana',
        connection: 'vectordb',
        jkt: 'k',
        issued_at: 1,
        expires_at: 2,
      }
      await db.insertInto('grants').values(grant).execute()
    }
    expect(await tryStore(space.place)).toBe(true)
    expect(await tryStore(space.place)).toBe(true)
    await (await space.open({ version: '0.2.0' }))[Symbol.asyncDispose]()
    expect(await tryStore(space.place)).toBe(false)
    expect(await versionIn(space)).toBe('0.2.0')
    await using store = await space.open()
    expect(await grantRecords(store.db).find('g')).toMatchObject({ id: 'g', subject: 'ana', revoked: false })
  })
})
