import { describe, expect, test } from 'vitest'
import { grantRecords, type GrantRecord } from '../../src/store/grants.js'
import { kinds, newStore } from './kinds.js'

const day = 86_400_000

const grant = (id: string, issued: number): Omit<GrantRecord, 'revoked'> => ({
  id,
  chain: 'c',
  subject: 'ana',
  connection: 'vectordb',
  jkt: 'k',
  issuedAt: new Date(issued),
  expiresAt: new Date(issued + 600_000),
})

describe.each(kinds)('in %s', (kind) => {
  test('a grant comes back as it was kept', async () => {
    await using store = await newStore(kind)
    const records = grantRecords(store.db)
    await records.add(grant('g1', 1_800_000_000_000))
    expect(await records.find('g1')).toEqual({ ...grant('g1', 1_800_000_000_000), revoked: false })
    expect(await records.find('g2')).toBeUndefined()
    await expect(records.add(grant('g1', 1_800_000_000_000))).rejects.toMatchObject({ code: 'STORE_FAILED' })
  })

  test('grants that ended long ago are swept out, at most once an hour', async () => {
    await using store = await newStore(kind)
    const now = 1_800_000_000_000
    const records = grantRecords(store.db)
    const ids = async () =>
      (await store.db.selectFrom('grants').select('id').orderBy('id').execute()).map(({ id }) => id)
    await records.add(grant('a-new', now))
    await records.add(grant('b-old', now - 91 * day))
    await records.add(grant('c-recent', now - 89 * day))
    expect(await ids()).toEqual(['a-new', 'b-old', 'c-recent'])
    await records.add(grant('d-new', now + 3_600_000))
    expect(await ids()).toEqual(['a-new', 'c-recent', 'd-new'])
  })
})
