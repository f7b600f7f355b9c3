import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { grantRecords } from '../../../src/store/grants.js'
import type { Store } from '../../../src/store/open.js'
import { RepeatedEnds } from '../../../src/store/sessions/repeated-ends.js'
import { StoredSessionIndex } from '../../../src/store/sessions/session-index.js'
import { findSession, listSessions, openSessions } from '../../../src/store/sessions/queries.js'
import { kinds, newStore } from '../kinds.js'
import { counters, session } from '../fixtures.js'

describe.each(kinds)('in %s', (kind) => {
  let store: Store

  beforeAll(async () => void (store = await newStore(kind)))
  afterAll(() => store[Symbol.asyncDispose]())
  beforeEach(async () => {
    await store.db.deleteFrom('sessions').execute()
    await store.db.deleteFrom('grants').execute()
  })

  const ids = async (filter: Parameters<typeof listSessions>[1]) =>
    (await listSessions(store.db, filter, 100)).sessions.map(({ id }) => id)

  test('a session comes back as it went in, with and without what may be absent', async () => {
    const index = new StoredSessionIndex(store)
    const full = session('s1', {
      clientApplication: 'psql',
      clientAddress: '10.0.0.7',
      endedAt: '2026-11-22T10:05:00.123Z',
      end: 'killed',
      reason: 'told to',
      counters: { statements: 1, refused: 2, errors: 3, rows: 4, bytes: 2 ** 40, masked: 6, lastRefusal: 'no-drop' },
      seenClear: true,
    })
    await Promise.all([index.started(full), index.started(session('s2'))])
    expect(await findSession(store.db, 's1')).toEqual(full)
    expect(await findSession(store.db, 's2')).toEqual(session('s2'))
  })

  test('counters are written at most once an interval, and the last ones hold', async () => {
    const index = new StoredSessionIndex(store, { interval: 50 })
    await index.started(session('s1'))
    const update = vi.spyOn(store.db, 'transaction')
    for (let rows = 1; rows <= 1000; rows++) index.progress('s1', { ...counters, rows })
    await vi.waitFor(async () => expect((await findSession(store.db, 's1')).counters.rows).toBe(1000))
    expect(update).toHaveBeenCalledTimes(1)
    update.mockRestore()
  })

  test('the end holds against counters that were waiting, and against a second end', async () => {
    const index = new StoredSessionIndex(store, { interval: 20 })
    await index.started(session('s1'))
    index.progress('s1', { ...counters, rows: 5 })
    const endedAt = '2026-11-22T11:00:00.000Z'
    await index.ended('s1', { end: 'closed', endedAt, counters: { ...counters, rows: 9 } })
    index.progress('s1', { ...counters, rows: 7 })
    await index.close()
    await index.ended('s1', { end: 'failed', reason: 'late', endedAt, counters })
    expect(await findSession(store.db, 's1')).toMatchObject({ end: 'closed', endedAt, counters: { rows: 9 } })
    expect((await findSession(store.db, 's1')).reason).toBeUndefined()
  })

  test('a start and an end asked for at once are written in that order', async () => {
    const index = new StoredSessionIndex(store)
    const many = Array.from({ length: 250 }, (_, n) => `s${String(n).padStart(3, '0')}`)
    await Promise.all(
      many.flatMap((id) => [
        index.started(session(id)),
        index.ended(id, { end: 'closed', endedAt: '2026-11-22T10:01:00.000Z', counters }),
      ]),
    )
    expect(await openSessions(store.db)).toEqual([])
    expect(await ids({ live: false })).toHaveLength(100)
  })

  test('closing writes what waits', async () => {
    const index = new StoredSessionIndex(store, { interval: 60_000 })
    await index.started(session('s1'))
    index.progress('s1', { ...counters, statements: 3 })
    await index.close()
    expect((await findSession(store.db, 's1')).counters.statements).toBe(3)
  })

  test('a write that the database refuses fails alone', async () => {
    const index = new StoredSessionIndex(store)
    const bad = index.started({ ...session('bad'), subject: null as unknown as string })
    const good = index.started(session('good'))
    await expect(bad).rejects.toMatchObject({ code: 'STORE_FAILED' })
    await good
    expect(await ids({})).toEqual(['good'])
  })

  test('what a dead gateway left open is closed as aborted, and nothing else', async () => {
    const index = new StoredSessionIndex(store)
    const closed = session('s2', { end: 'closed', endedAt: '2026-11-22T10:01:00.000Z' })
    await Promise.all([index.started(session('s1')), index.started(closed), index.started(session('s3'))])
    expect((await openSessions(store.db)).map(({ id }) => id)).toEqual(['s1', 's3'])
    await index.abortOpen(['s1', 's2', 'unheard-of'])
    expect((await openSessions(store.db)).map(({ id }) => id)).toEqual(['s3'])
    expect(await findSession(store.db, 's1')).toMatchObject({ end: 'aborted', reason: expect.any(String) as string })
    expect(await findSession(store.db, 's2')).toEqual(closed)
  })

  test('filters narrow by person, connection, time and life', async () => {
    const index = new StoredSessionIndex(store)
    const at = (hour: number) => `2026-11-22T${String(hour).padStart(2, '0')}:00:00.000Z`
    await Promise.all([
      index.started(session('a', { startedAt: at(1), connection: 'docs' })),
      index.started(session('b', { startedAt: at(2), subject: 'ben', name: 'Ben@example.com' })),
      index.started(session('c', { startedAt: at(3), end: 'closed', endedAt: at(4) })),
    ])
    expect(await ids({})).toEqual(['c', 'b', 'a'])
    expect(await ids({ subject: 'ana' })).toEqual(['c', 'a'])
    expect(await ids({ person: 'ben@EXAMPLE.com' })).toEqual(['b'])
    expect(await ids({ person: 'ben' })).toEqual(['b'])
    expect(await ids({ subject: 'ana', person: 'ben' })).toEqual([])
    expect(await ids({ connection: 'docs' })).toEqual(['a'])
    expect(await ids({ since: new Date(at(2)), until: new Date(at(3)) })).toEqual(['b'])
    expect(await ids({ live: true })).toEqual(['b', 'a'])
    expect(await ids({ live: false })).toEqual(['c'])
    expect(await ids({ person: "' or 1=1 --" })).toEqual([])
  })

  test('a grant finds the sessions of its whole chain', async () => {
    const index = new StoredSessionIndex(store)
    const records = grantRecords(store.db)
    const common = { subject: 'ana', connection: 'vectordb', jkt: 'k', issuedAt: new Date(0), expiresAt: new Date(1) }
    await records.add({ ...common, id: 'g1', chain: 'g1' })
    await records.add({ ...common, id: 'g2', chain: 'g1' })
    await records.add({ ...common, id: 'g3', chain: 'g3' })
    await index.started(session('a', { grantId: 'g1' }))
    await index.started(session('b', { grantId: 'g2' }))
    await index.started(session('c', { grantId: 'g3' }))
    expect(await ids({ grant: 'g2' })).toEqual(['b', 'a'])
    expect(await ids({ grant: 'g1' })).toEqual(['b', 'a'])
    expect(await ids({ grant: 'g3' })).toEqual(['c'])
    expect(await ids({ grant: 'g4' })).toEqual([])
  })

  test('pages hold every session once, also of one millisecond, while new ones begin', async () => {
    const index = new StoredSessionIndex(store)
    const before = Array.from({ length: 25 }, (_, n) => `s${String(n).padStart(2, '0')}`)
    await Promise.all(before.map((id) => index.started(session(id))))
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listSessions(store.db, {}, 4, cursor)
      seen.push(...page.sessions.map(({ id }) => id))
      cursor = page.cursor
      await index.started(session(`new-${seen.length}`, { startedAt: '2026-11-23T00:00:00.000Z' }))
    } while (cursor !== undefined)
    expect(seen).toEqual(before.toReversed())
  })

  test.for(['', 'x', Buffer.from('1 ').toString('base64url'), Buffer.from('nan a').toString('base64url')])(
    'the cursor %j is refused',
    async (cursor) => {
      await expect(listSessions(store.db, {}, 10, cursor)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
    },
  )

  test('a session is found by its id or by a beginning that only it has among those one may see', async () => {
    const index = new StoredSessionIndex(store)
    await Promise.all([
      index.started(session('abc1')),
      index.started(session('abc2', { subject: 'ben' })),
      index.started(session('abc')),
      index.started(session('ab%')),
    ])
    expect((await findSession(store.db, 'abc')).id).toBe('abc')
    expect((await findSession(store.db, 'abc2')).id).toBe('abc2')
    await expect(findSession(store.db, 'ab')).rejects.toThrow(/several/)
    expect((await findSession(store.db, 'ab', { subject: 'ben' })).id).toBe('abc2')
    await expect(findSession(store.db, 'abc2', { subject: 'ana' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(findSession(store.db, '%')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(findSession(store.db, 'zz')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('an end that the store did not take is written by itself once it does, and the first end holds', async () => {
    const index = new StoredSessionIndex(store, { pause: 10 })
    await Promise.all([index.started(session('s1')), index.started(session('s2'))])
    await sql`alter table sessions rename to away`.execute(store.db)
    const endedAt = '2026-11-22T10:05:00.000Z'
    const end = { end: 'killed' as const, reason: 'told to', endedAt, counters }
    await expect(index.ended('s1', end)).rejects.toMatchObject({ code: 'STORE_FAILED' })
    await expect(index.ended('s2', end)).rejects.toMatchObject({ code: 'STORE_FAILED' })
    await sql`alter table away rename to sessions`.execute(store.db)
    await vi.waitFor(async () => expect(await openSessions(store.db)).toEqual([]), { timeout: 20_000 })
    expect(await findSession(store.db, 's1')).toMatchObject({ end: 'killed', reason: 'told to', endedAt })
    await index.close()
  })

  test('no more ends are remembered than there is room for', () => {
    const repeated = new RepeatedEnds(() => Promise.reject(new Error('disk full')), 60_000)
    const end = { end: 'closed' as const, endedAt: '2026-11-22T10:05:00.000Z', counters }
    const taken = Array.from({ length: 10_001 }, (_, n) => repeated.add(`s${n}`, end))
    expect([taken.filter(Boolean).length, repeated.size]).toEqual([10_000, 10_000])
    repeated.close()
  })
})
