import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GrantAnswer, KillAnswer, PersonSeen, RevokeAnswer } from '../../../../src/lib/api.js'
import type { LiveSession } from '../../../../src/gateway/session/registry.js'
import { DenyList } from '../../../../src/identity/deny-list.js'
import { counters, session } from '../../../store/fixtures.js'
import { people, startWorld, type Person, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await startWorld()
  for (const person of Object.keys(people) as Person[]) await world.ask(person, '/v1/me')
  const { store } = world
  const seen = () => store.db.selectFrom('people').select('subject').execute()
  while ((await seen()).length < Object.keys(people).length) await new Promise((resolve) => setTimeout(resolve, 20))
})
afterAll(() => world[Symbol.asyncDispose]())

type FakeSession = LiveSession & { readonly ends: Parameters<LiveSession['end']>[] }
let number = 0

/** Stands for a session that runs: notes how it is ended, and ends at once unless it is a slow one. */
const fakeSession = async (
  person: Person,
  over: { chain?: string; connection?: string; slow?: boolean; policy?: string; clear?: boolean } = {},
) => {
  const { promise: finished, resolve } = Promise.withResolvers<void>()
  const id = `live${++number}`
  const { sub: subject, email: name } = people[person]
  const { chain = 'chain', connection = 'vectordb', slow = false, policy = 'research', clear = false } = over
  await world.index.started(session(id, { subject, name, connection, startedAt: new Date().toISOString() }))
  const made: FakeSession = {
    ...{ id, subject, name, connection, chain, counters, finished },
    access: { person: { ...people[person], subject }, policy, clear, breakGlass: false },
    ...{ key: { pid: 1, secret: Buffer.alloc(4) }, busy: false, ends: [] },
    cancel: async () => undefined,
    end(...how) {
      made.ends.push(how)
      if (!slow) resolve()
    },
  }
  world.registry.add(made, new Date(Date.now() + 600_000))
  return Object.assign(made, { finish: resolve })
}

const post = async <T>(person: Person, path: string, body: unknown) => {
  const answer = await world.ask(person, path, { method: 'POST', body })
  return { status: answer.status, body: answer.body as unknown as T & { code?: string } }
}
const reason = 'laptop stolen'
const olu = { subject: 'olu', name: 'olu@example.com' }

test('an admin ends somebody’s session, and it learns who did it and why', async () => {
  const live = await fakeSession('ana')
  const { status, body } = await post<KillAnswer>('olu', `/v1/sessions/${live.id}/kill`, { reason })
  const { id, subject, name, connection } = live
  expect([status, body]).toEqual([200, { sessions: [{ id, subject, name, connection, ended: true }] }])
  expect(live.ends).toEqual([[expect.objectContaining({ code: 'SESSION_KILLED', about: reason }), 'killed', olu]])
  expect(world.acts.at(-1)).toEqual({ act: 'session.kill', target: id, subject, by: olu, reason })
})

test('people end their own sessions', async () => {
  const live = await fakeSession('ana')
  expect((await post('ana', `/v1/sessions/${live.id}/kill`, { reason })).status).toBe(200)
  expect(live.ends).toHaveLength(1)
})

test.for<[Person, number, string]>([
  ['ben', 404, 'NOT_FOUND'],
  ['noor', 404, 'NOT_FOUND'],
  ['ines', 403, 'ACCESS_DENIED'],
])('%s may not end somebody else’s session: %i', async ([person, status, code]) => {
  const live = await fakeSession('ana')
  expect(await post(person, `/v1/sessions/${live.id}/kill`, { reason })).toMatchObject({ status, body: { code } })
  expect(live.ends).toEqual([])
  live.finish()
})

test('a session that is over can’t be ended, and one that isn’t there can’t', async () => {
  const live = await fakeSession('ana')
  live.finish()
  await live.finished
  for (const id of [live.id, 'nothing'])
    expect(await post('olu', `/v1/sessions/${id}/kill`, { reason })).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    })
})

test('a session that takes long to close is said to be ending', async () => {
  const live = await fakeSession('ana', { slow: true })
  const { body } = await post<KillAnswer>('olu', `/v1/sessions/${live.id}/kill`, { reason })
  expect(body.sessions).toMatchObject([{ id: live.id, ended: false }])
  live.finish()
})

test.for([
  ['/v1/sessions/live1/kill', {}],
  ['/v1/sessions/live1/kill', { reason: '' }],
  ['/v1/sessions/live1/kill', { reason: '  ' }],
  ['/v1/sessions/live1/kill', { reason: 'two\nlines' }],
  ['/v1/sessions/live1/kill', { reason, force: true }],
  ['/v1/sessions/kill', { reason }],
  ['/v1/sessions/kill', { reason, all: false }],
  ['/v1/people/revoke', { person: 'ana' }],
  ['/v1/people/revoke', { person: 'ana', reason, until: 'tomorrow' }],
  ['/v1/people/restore', {}],
] as const)('%s refuses %j', async ([path, body]) => {
  expect(await post('olu', path, body)).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } })
})

test.for([
  [{ person: 'BEN@example.com' }, ['ben vectordb', 'ben payroll']],
  [{ person: 'ben', connection: 'payroll' }, ['ben payroll']],
  [{ connection: 'payroll' }, ['ben payroll', 'ana payroll']],
  [{ person: 'nobody' }, []],
  [{ all: true }, ['ben vectordb', 'ben payroll', 'ana payroll']],
] as const)('an admin ends what fits %j, and nothing else', async ([wanted, expected]) => {
  const all = await Promise.all([
    fakeSession('ben'),
    fakeSession('ben', { connection: 'payroll' }),
    fakeSession('ana', { connection: 'payroll' }),
  ])
  const { body } = await post<KillAnswer>('olu', '/v1/sessions/kill', { reason, ...wanted })
  expect(body.sessions.map(({ subject, connection }) => `${subject} ${connection}`)).toEqual(expected)
  expect(all.flatMap(({ ends, subject, connection }) => (ends.length > 0 ? [`${subject} ${connection}`] : []))).toEqual(
    expected,
  )
  for (const live of all) live.finish()
})

test('for everybody else, all are their own', async () => {
  const [own, other] = await Promise.all([fakeSession('ana'), fakeSession('ben')])
  const { body } = await post<KillAnswer>('ana', '/v1/sessions/kill', { reason, all: true })
  expect(body.sessions.map(({ id }) => id)).toEqual([own.id])
  expect((await post<KillAnswer>('ana', '/v1/sessions/kill', { reason, person: 'ben' })).body.sessions).toEqual([])
  expect(other.ends).toEqual([])
  other.finish()
})

const grantOf = async (person: Person, renews?: string) =>
  post<GrantAnswer>(person, '/v1/grants', { connection: 'vectordb', ...(renews !== undefined && { renews }) })

test('a grant that is revoked ends the sessions of its chain, and neither it nor its renewals are taken', async () => {
  const first = (await grantOf('ana')).body
  const second = (await grantOf('ana', first.grant)).body
  const other = await grantOf('ana')
  const chainOf = async (id: string) =>
    (await world.store.db.selectFrom('grants').select('chain').where('id', '=', id).executeTakeFirstOrThrow()).chain
  const live = await fakeSession('ana', { chain: await chainOf(first.id) })
  const apart = await fakeSession('ana', { chain: await chainOf(other.body.id) })
  expect(await post('ben', '/v1/sessions/kill', { reason, grant: first.id })).toMatchObject({ status: 403 })
  expect(live.ends).toEqual([])

  const { status, body } = await post<KillAnswer>('olu', '/v1/sessions/kill', { reason, grant: first.id })
  expect([status, body.sessions.map(({ id }) => id)]).toEqual([200, [live.id]])
  expect(world.acts).toContainEqual({ act: 'grant.revoke', target: first.id, subject: 'ana', by: olu, reason })
  for (const { grant } of [first, second])
    expect(await grantOf('ana', grant)).toMatchObject({ status: 401, body: { code: 'GRANT_INVALID' } })
  expect(apart.ends).toEqual([])
  expect((await grantOf('ana', other.body.grant)).status).toBe(201)
  apart.finish()
})

test('a login that the provider refused to refresh shuts its person out where that means everything, and nobody else', async () => {
  const ended = { reason, refused: true as const }
  const kill = async (by: Person, grant: string) => (await post(by, '/v1/sessions/kill', { ...ended, grant })).status
  expect(await kill('ana', (await grantOf('ana')).body.id)).toBe(200)
  expect(world.denied.find('ana')).toBeUndefined()
  world.state.ends = { logout: 'sessions', refused_refresh: 'everything' }
  // An admin who ends another's grant says nothing of that person's login.
  expect(await kill('olu', (await grantOf('ana')).body.id)).toBe(200)
  expect([world.denied.find('ana'), world.denied.find('olu')]).toEqual([undefined, undefined])
  expect(await post('ana', '/v1/sessions/kill', { ...ended, all: true })).toMatchObject({ status: 200 })
  expect(world.denied.find('ana')).toBeUndefined()
  expect(await kill('ana', (await grantOf('ana')).body.id)).toBe(200)
  expect(world.denied.find('ana')).toMatchObject({ by: { name: 'identity provider' } })
  world.state.ends = { logout: 'sessions', refused_refresh: 'sessions' }
  await world.denied.restore('ana', olu)
})

test('a grant that nobody knows can’t be revoked', async () => {
  expect(await post('olu', '/v1/sessions/kill', { reason, grant: 'none' })).toMatchObject({ status: 404 })
})

test.for<[string, Person, readonly string[], number, string | undefined]>([
  ['lost every group', 'ana', [], 403, 'you may no longer use vectordb'],
  ['moved to a group with the same policy', 'ana', ['contractors'], 201, undefined],
  ['may no longer see clear values', 'dora', ['ml-eng'], 201, 'what you may do on vectordb has changed'],
])('who %s since has it heeded at the next renewal', async ([, person, groups, status, about]) => {
  const { grant, id } = (await grantOf(person)).body
  const { chain } = await world.store.db
    .selectFrom('grants')
    .select('chain')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const live = await fakeSession(person, { chain, clear: person === 'dora' })
  const other = await fakeSession(person, { clear: person === 'dora' })
  const { sub, email } = people[person]
  const token = await world.idp.sign({ sub, email, groups: [...groups] })
  const body = { connection: 'vectordb', renews: grant }
  expect((await world.ask(undefined, '/v1/grants', { method: 'POST', body, token })).status).toBe(status)
  expect(live.ends.map(([error]) => error.about)).toEqual(about === undefined ? [] : [about])
  expect(other.ends).toEqual([])
  live.finish()
  other.finish()
})

test('a grant of somebody else, or one that is made up, ends nobody’s session', async () => {
  const { grant } = (await grantOf('ana')).body
  const live = await fakeSession('ana')
  for (const renews of [grant, 'nonsense']) expect((await grantOf('noor', renews)).status).toBeGreaterThanOrEqual(400)
  expect(live.ends).toEqual([])
  live.finish()
})

test('admins and auditors see who was here, and nobody else does', async () => {
  const live = await fakeSession('ben')
  for (const person of ['olu', 'ines'] as const) {
    const { people: seen } = (await world.ask(person, '/v1/people')).body as { people: PersonSeen[] }
    expect(seen.map(({ subject }) => subject).toSorted()).toEqual(Object.keys(people).toSorted())
    expect(seen.find(({ subject }) => subject === 'ben')).toMatchObject({ email: 'ben@example.com', live: 1 })
  }
  expect((await world.ask('ana', '/v1/people')).status).toBe(403)
  live.finish()
})

test('somebody who is revoked loses every session and every request, until they are restored', async () => {
  const [live, other] = await Promise.all([fakeSession('ana'), fakeSession('ben')])
  const { grant } = (await grantOf('ana')).body
  const done = await post<RevokeAnswer>('olu', '/v1/people/revoke', { person: 'ANA@example.com', reason })
  expect(done).toMatchObject({ status: 200, body: { subject: 'ana', revoked: { by: olu, reason } } })
  expect(done.body.sessions.map(({ id }) => id)).toEqual([live.id])
  expect(live.ends).toEqual([
    [expect.objectContaining({ code: 'SESSION_KILLED', about: `your access was revoked: ${reason}` }), 'killed', olu],
  ])
  expect(other.ends).toEqual([])
  expect(world.acts).toContainEqual({ act: 'person.revoke', target: 'ana', subject: 'ana', by: olu, reason })

  const refused = { status: 403, body: { code: 'PERSON_REVOKED', message: expect.stringContaining(reason) as string } }
  expect(await grantOf('ana')).toMatchObject(refused)
  expect(await grantOf('ana', grant)).toMatchObject(refused)
  expect((await world.ask('ana', '/v1/me')).status).toBe(403)
  const { people: seen } = (await world.ask('olu', '/v1/people')).body as { people: PersonSeen[] }
  expect(seen.find(({ subject }) => subject === 'ana')?.revoked).toMatchObject({ by: olu, reason })
  // What a gateway finds that starts on this store.
  expect((await DenyList.open(world.store.db)).find('ana')).toMatchObject({ by: olu, reason })

  expect((await post('olu', '/v1/people/restore', { person: 'ana@example.com' })).status).toBe(200)
  expect(world.acts.at(-1)).toEqual({ act: 'person.restore', target: 'ana', subject: 'ana', by: olu })
  expect(await grantOf('ana', grant)).toMatchObject({ status: 401, body: { code: 'GRANT_INVALID' } })
  expect((await grantOf('ana')).status).toBe(201)
  expect((await DenyList.open(world.store.db)).find('ana')).toBeUndefined()
  expect(await post('olu', '/v1/people/restore', { person: 'ana' })).toMatchObject({ status: 404 })
  other.finish()
})

test('a revocation ends by itself at its time', async () => {
  const until = new Date(Date.now() + 1000).toISOString()
  const { body } = await post<RevokeAnswer>('olu', '/v1/people/revoke', { person: 'ben', reason, until })
  expect(body.revoked.until).toBe(until)
  expect((await world.ask('ben', '/v1/me')).status).toBe(403)
  await expect.poll(async () => (await world.ask('ben', '/v1/me')).status, { timeout: 5000 }).toBe(200)
})

test.for<[Person, string]>([
  ['ana', 'revoke'],
  ['ines', 'revoke'],
  ['ana', 'restore'],
  ['ines', 'restore'],
])('%s may not %s anybody', async ([person, what]) => {
  const body = { person: 'ben', ...(what === 'revoke' && { reason }) }
  expect(await post(person, `/v1/people/${what}`, body)).toMatchObject({ status: 403, body: { code: 'ACCESS_DENIED' } })
  expect((await world.ask('ben', '/v1/me')).status).toBe(200)
})

test.for([
  ['an admin themselves', { person: 'olu' }, 403, 'ACCESS_DENIED'],
  ['somebody who was never seen', { person: 'zoe' }, 404, 'NOT_FOUND'],
  ['until a time that is over', { person: 'ben', until: '2020-01-01T00:00:00Z' }, 400, 'USAGE'],
] as const)('%s can’t be revoked', async ([, wanted, status, code]) => {
  expect(await post('olu', '/v1/people/revoke', { reason, ...wanted })).toMatchObject({ status, body: { code } })
})

test('a subject that was never seen is shut out where that is said', async () => {
  expect((await post('olu', '/v1/people/revoke', { person: 'zoe', reason, unseen: true })).status).toBe(200)
  const token = await world.idp.sign({ sub: 'zoe', email: 'zoe@example.com', groups: ['ml-eng'] })
  expect((await world.ask(undefined, '/v1/me', { token })).status).toBe(403)
  expect((await post('olu', '/v1/people/restore', { person: 'zoe' })).status).toBe(200)
  expect((await world.ask(undefined, '/v1/me', { token })).status).toBe(200)
})

test.for<[string, object]>([
  ['a number in place of a person', { person: 4711, reason: 'left' }],
  ['nothing in place of a reason', { person: 'ana', reason: null }],
  ['a truth in place of a reason', { person: 'ana', reason: true }],
  ['a list of one', { person: ['ana'], reason: 'left' }],
])('a body says itself what it is: %s is refused', async ([, body]) => {
  const answer = await world.ask('olu', '/v1/people/revoke', { method: 'POST', body })
  expect(answer).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } })
})
