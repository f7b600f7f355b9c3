import { afterEach, beforeEach, expect, test } from 'vitest'
import { DenyList } from '../../src/identity/deny-list.js'
import { openStore, type Store } from '../../src/store/open.js'
import { seePerson } from '../../src/store/people/people.js'
import { wasLetIn } from '../../src/store/scim/users.js'
import { tempFolder } from '../helpers/temp.js'

const by = { subject: 'boss', name: 'boss' }
const at = Date.now() - 60_000
const second = 1000

let stack: AsyncDisposableStack
let store: Store
beforeEach(async () => {
  stack = new AsyncDisposableStack()
  const folder = stack.use(await tempFolder())
  store = stack.use(await openStore(`sqlite:${folder.path}/hoop.db`))
})
afterEach(() => stack.disposeAsync())

const admits = (list: DenyList, namedAt: number | undefined, subject = 'ana'): string => {
  try {
    list.admit({ subject, ...(namedAt !== undefined && { namedAt }) })
    return 'in'
  } catch (error) {
    return (error as { code: string }).code
  }
}

test('who was let in again needs a token that was issued since they were shut out, over a restart too', async () => {
  const denied = await DenyList.open(store.db)
  await denied.revoke({ subject: 'ana', by, reason: 'left', at })
  expect(admits(denied, at + second)).toBe('PERSON_REVOKED')
  await denied.restore('ana', by)
  for (const list of [denied, await DenyList.open(store.db)]) {
    expect([at - second, at, at + 1].map((time) => admits(list, time))).toEqual([
      'TOKEN_OUTDATED',
      'TOKEN_OUTDATED',
      'in',
    ])
    // Grants and service tokens of before were revoked; what has no time was not issued by the provider.
    expect(admits(list, undefined)).toBe('in')
    expect(admits(list, at - second, 'ben')).toBe('in')
  }
})

test('a token that was seen is older than the revocation, though the provider’s clock was ahead', async () => {
  const ahead = at + 30 * second
  await seePerson(store.db, { subject: 'ana', name: 'ana', groups: [], namedAt: ahead }, at - second)
  const denied = await DenyList.open(store.db)
  await denied.revoke({ subject: 'ana', by, reason: 'left', at })
  await denied.restore('ana', by)
  for (const list of [denied, await DenyList.open(store.db)])
    expect([ahead, ahead + second].map((time) => admits(list, time))).toEqual(['TOKEN_OUTDATED', 'in'])
})

test('a revocation that ends by itself, or that another has taken the place of, outdates as well', async () => {
  const denied = await DenyList.open(store.db)
  await denied.revoke({ subject: 'ana', by, reason: 'for a while', at, until: at + second })
  expect([at, at + second].map((time) => admits(denied, time))).toEqual(['TOKEN_OUTDATED', 'in'])
  await denied.revoke({ subject: 'ana', by, reason: 'again', at: at + 5 * second })
  await denied.restore('ana', by)
  for (const list of [denied, await DenyList.open(store.db)])
    expect([at + 2 * second, at + 6 * second].map((time) => admits(list, time))).toEqual(['TOKEN_OUTDATED', 'in'])
})

test('a revocation lengthens what stands and never shortens it, over a restart too', async () => {
  const denied = await DenyList.open(store.db)
  const directory = { subject: 'hoop:scim', name: 'directory' }
  await denied.revoke({ subject: 'ana', by: directory, reason: 'disabled', at })
  await denied.revoke({ subject: 'ana', by, reason: 'for a while', at: at + second, until: at + 2 * second })
  await denied.revoke({ subject: 'ben', by, reason: 'for a while', at, until: Date.now() + 1e6 })
  await denied.revoke({ subject: 'ben', by: directory, reason: 'disabled', at })
  for (const list of [denied, await DenyList.open(store.db)]) {
    expect(list.find('ana')).toMatchObject({ by: directory, reason: 'disabled' })
    expect(list.find('ana')).not.toHaveProperty('until')
    expect(list.isLasting('ben')).toBe(true)
  }
  // The shorter one took the other’s place in the store, which let nobody in.
  expect(await wasLetIn(store.db, 'ana', directory.subject, at)).toBe(false)
  await denied.restore('ana', by)
  expect(await wasLetIn(store.db, 'ana', directory.subject, at)).toBe(true)
  expect(admits(denied, at + second)).toBe('TOKEN_OUTDATED')
})
