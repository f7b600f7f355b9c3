import { afterEach, beforeEach, expect, test } from 'vitest'
import { Owners } from '../../../src/identity/service-tokens/owners.js'
import { TokenList } from '../../../src/identity/service-tokens/token-list.js'
import { newServiceToken, newTokenId, tokenHash } from '../../../src/lib/service-token.js'
import { openStore, type Store } from '../../../src/store/open.js'
import type { ServiceTokenRecord } from '../../../src/store/tokens/service-tokens.js'
import { type TempFolder, tempFolder } from '../../helpers/temp.js'

let folder: TempFolder
let store: Store
let asked: number
beforeEach(async () => {
  folder = await tempFolder()
  asked = 0
  store = await openStore(`sqlite:${folder.file('hoop.db')}`, { queried: () => asked++ })
})
afterEach(async () => {
  await store[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const none = async (): Promise<void> => undefined
const ada = { subject: 'ada', name: 'Ada' }
const open = (): Promise<TokenList> => TokenList.open({ db: store.db, failed: () => undefined })

const made = (over: Partial<ServiceTokenRecord> = {}): { text: string; record: ServiceTokenRecord } => {
  const id = newTokenId()
  const text = newServiceToken(id)
  const now = Date.now()
  return {
    text,
    record: {
      ...{ id, name: 'job', owner: ada, scope: [{ connection: 'db', policy: 'p' }], networks: [], secret: 1 },
      ...{ hash: tokenHash(text), createdAt: now, createdBy: ada, expiresAt: now + 60_000, ...over },
    },
  }
}

test('what was made is there after a restart as it was, and of the secret only a hash', async () => {
  const list = await open()
  const { text, record } = made({ networks: ['10.0.0.0/8'], jkt: 'k'.repeat(43) })
  await list.add(record, 9, none)
  const again = await open()
  expect(again.find(record.id)).toEqual(record)
  expect(again.recognize(text)).toEqual({ record, secret: 1 })
})

test('no token asks the store for anything, mistyped or not', async () => {
  const list = await open()
  const { text, record } = made()
  await list.add(record, 9, none)
  const before = asked
  expect(list.recognize(text).secret).toBe(1)
  expect(() => list.recognize(text.slice(0, -1))).toThrow('mistyped')
  expect(() => list.recognize(newServiceToken(record.id))).toThrow('no such service token')
  expect(asked).toBe(before)
})

test('a token that is revoked while it is rotated stays revoked, here and after a restart', async () => {
  const list = await open()
  const { text, record } = made()
  await list.add(record, 9, none)
  const fresh = newServiceToken(record.id)
  let revoking: Promise<void> | undefined
  await list.rotate(record.id, tokenHash(fresh), Date.now() + 60_000, async () => {
    revoking = list.revoke(record.id, ada, 'over', none)
    expect(list.find(record.id)?.revoked).toMatchObject({ reason: 'over' })
  })
  await revoking
  for (const each of [list, await open()]) {
    expect(each.find(record.id)).toMatchObject({ revoked: { reason: 'over' }, secret: 2 })
    expect(each.recognize(text).secret).toBe(1)
    expect(each.recognize(fresh).secret).toBe(2)
  }
  await expect(list.rotate(record.id, tokenHash(text), 0, none)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('what could not be written of a rotation changes nothing, a revocation holds all the same', async () => {
  const list = await open()
  const { text, record } = made()
  await list.add(record, 9, none)
  const broken = (): Promise<void> => Promise.reject(new Error('full'))
  const fresh = newServiceToken(record.id)
  await expect(list.rotate(record.id, tokenHash(fresh), Date.now(), broken)).rejects.toThrow('full')
  expect([list.recognize(text).secret, list.find(record.id)?.secret]).toEqual([1, 1])
  expect(() => list.recognize(fresh)).toThrow('no such service token')
  await expect(list.revoke(record.id, ada, 'over', broken)).rejects.toThrow('full')
  expect(list.find(record.id)?.revoked).toMatchObject({ reason: 'over' })
})

test('two of one name are made at once: one is', async () => {
  const list = await open()
  const [first, second] = [made(), made()]
  const done = await Promise.allSettled([list.add(first.record, 9, none), list.add(second.record, 9, none)])
  expect(done.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect(done[1]).toMatchObject({ reason: { code: 'TOKEN_EXISTS' } })
})

test('the name of a token that has ended is free again, and counts no more against how many there may be', async () => {
  const list = await open()
  const { record } = made()
  await list.add(record, 2, none)
  await list.add(made({ name: 'old', expiresAt: Date.now() - 1 }).record, 2, none)
  await list.add(made({ name: 'old' }).record, 2, none)
  await expect(list.add(made({ name: 'third' }).record, 2, none)).rejects.toMatchObject({ code: 'TOKENS_LIMIT' })
  await list.revoke(record.id, ada, 'over', none)
  await list.add(made().record, 2, none)
})

test('a use is noted once a minute', async () => {
  const list = await open()
  const { record } = made()
  await list.add(record, 9, none)
  list.used(record.id, '192.0.2.1')
  const first = list.find(record.id)?.used
  list.used(record.id, '192.0.2.2')
  expect(list.find(record.id)?.used).toEqual({ at: first?.at, from: '192.0.2.1' })
  await expect.poll(async () => (await open()).find(record.id)?.used).toEqual(first)
})

test('the next end is that of a token or of an old secret, and none where all are over', async () => {
  const list = await open()
  expect(list.nextEnd()).toBeUndefined()
  const { record } = made()
  await list.add(record, 9, none)
  expect(list.nextEnd()).toBe(record.expiresAt)
  const until = Date.now() + 1000
  await list.rotate(record.id, tokenHash('x'), until, none)
  expect(list.nextEnd()).toBe(until)
  await list.revoke(record.id, ada, 'over', none)
  expect(list.nextEnd()).toBeUndefined()
})

test('what a provider said earlier of an owner changes nothing', () => {
  const owners = new Owners()
  expect(owners.see({ ...ada, groups: ['a'], namedAt: 2 })).toBe(false)
  expect(owners.see({ ...ada, groups: ['b'], namedAt: 1 })).toBe(false)
  expect(owners.find('ada')?.groups).toEqual(['a'])
  expect(owners.see({ ...ada, groups: ['a'], namedAt: 3 })).toBe(false)
  expect(owners.see({ ...ada, groups: ['b'], namedAt: 3 })).toBe(true)
  expect(owners.see({ ...ada, groups: ['b'], email: 'ada@example.com', namedAt: 3 })).toBe(true)
})
