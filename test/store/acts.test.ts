import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import type { AdministratorAct } from '../../src/lib/api/acts.js'
import { addAct, listActs } from '../../src/store/acts.js'
import type { Store } from '../../src/store/open.js'
import { groupsNamed, seePerson } from '../../src/store/people/people.js'
import { kinds, newStore } from './kinds.js'

describe.each(kinds)('in %s', (kind) => {
  let store: Store
  beforeEach(async () => void (store = await newStore(kind)))
  afterEach(() => store[Symbol.asyncDispose]())

  const olu = { subject: 'olu', name: 'Olu@acme.example' }
  const revoked: AdministratorAct = { act: 'person.revoke', by: olu, target: 'casey', subject: 'casey', reason: 'gone' }

  test('an act is found again with everything it says, by who did it and whom it concerns', async () => {
    const kill: AdministratorAct = { act: 'session.kill', by: { subject: 'ada', name: 'ada' }, target: 's1' }
    await addAct(store.db, { ...revoked, before: { a: 1 }, after: { b: ['x'] } }, 1000)
    await addAct(store.db, kill, 2000)
    const [second, first] = (await listActs(store.db, {}, 10)).acts
    expect(second).toEqual({ ...kill, number: 2, time: '1970-01-01T00:00:02.000Z' })
    expect(first).toEqual({
      ...revoked,
      ...{ number: 1, time: '1970-01-01T00:00:01.000Z', before: { a: 1 }, after: { b: ['x'] } },
    })
    for (const filter of [
      { person: 'olu' },
      { person: 'olu@ACME.example' },
      { person: 'casey' },
      { until: new Date(2000) },
      { act: 'person.revoke' as const },
    ])
      expect((await listActs(store.db, filter, 10)).acts).toEqual([first])
    expect((await listActs(store.db, { since: new Date(2000) }, 10)).acts).toEqual([second])
  })

  test('pages follow each other without a gap, though acts are added meanwhile', async () => {
    for (let i = 0; i < 5; i++) await addAct(store.db, { ...revoked, reason: String(i) }, i)
    const first = await listActs(store.db, {}, 2)
    await addAct(store.db, { ...revoked, reason: 'new' }, 9)
    const second = await listActs(store.db, {}, 2, first.cursor)
    const third = await listActs(store.db, {}, 2, second.cursor)
    expect([first, second, third].map(({ acts }) => acts.map(({ reason }) => reason))).toEqual([
      ['4', '3'],
      ['2', '1'],
      ['0'],
    ])
    expect(third.cursor).toBeUndefined()
    await expect(listActs(store.db, {}, 2, 'x')).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
  })

  test('the store itself refuses to change or remove an act', async () => {
    await addAct(store.db, revoked, 1)
    for (const statement of [sql`update acts set reason = 'other'`, sql`delete from acts`])
      await expect(statement.execute(store.db)).rejects.toMatchObject({
        code: 'STORE_FAILED',
        cause: { message: expect.stringContaining('acts are only added') as string },
      })
    expect((await listActs(store.db, {}, 10)).acts).toMatchObject([{ reason: 'gone' }])
  })

  test('the groups of the token that was issued last are kept, whichever comes last', async () => {
    const ana = { subject: 'ana', name: 'ana', groups: ['dba'] }
    const groups = async () => (await groupsNamed(store.db, ['ana', 'nobody'])).get('ana')
    await seePerson(store.db, { ...ana, namedAt: 1000 }, 5000)
    expect(await groups()).toEqual(['dba'])
    await seePerson(store.db, { ...ana, groups: [], namedAt: 3000 }, 6000)
    expect(await groups()).toEqual([])
    await seePerson(store.db, { ...ana, namedAt: 2000 }, 7000)
    expect(await groups()).toEqual([])
    await seePerson(store.db, { ...ana, groups: ['sec'], namedAt: 3000 }, 8000)
    expect(await groups()).toEqual(['sec'])
    expect((await groupsNamed(store.db, ['nobody'])).size).toBe(0)
  })
})
