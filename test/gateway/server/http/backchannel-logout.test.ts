import { afterAll, beforeAll, expect, test } from 'vitest'
import { newProver } from '../../../identity/proofs.js'
import { people, startWorld, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await startWorld({ rates: { login: { per_address: '60/m' } } })
})
afterAll(() => world[Symbol.asyncDispose]())

const now = () => Math.floor(Date.now() / 1000)
let number = 0
const logoutToken = (claims: Record<string, unknown> = {}) =>
  world.idp.sign(
    {
      ...{ sub: 'ana', jti: `jti ${number++}`, exp: now() + 120 },
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      ...claims,
    },
    { typ: 'logout+jwt' },
  )
const form = 'application/x-www-form-urlencoded'
const post = (body: string, headers: Record<string, string | undefined> = {}) =>
  world.ask(undefined, '/v1/backchannel-logout', {
    method: 'POST',
    body,
    headers: { 'content-type': form, ...headers },
  })
const tell = async (claims?: Record<string, unknown>) => post(`logout_token=${await logoutToken(claims)}`)
const me = (token: string, prover = world.prover) => world.ask(undefined, '/v1/me', { token, prover })

test('ID tokens from before the logout are refused, those of a new login are good', async () => {
  const { ana, ben } = people
  const before = await world.idp.sign({ ...ana, iat: now() - 60 })
  expect((await me(before)).status).toBe(200)
  const answer = await tell({ iat: now() - 1 })
  expect([answer.status, answer.text, answer.headers['cache-control']]).toEqual([200, '', 'no-store'])
  expect(await me(before)).toMatchObject({ status: 401, body: { code: 'LOGGED_OUT', hint: 'Run: hoop login' } })
  expect((await me(await world.idp.sign(ana), await newProver())).status).toBe(200)
  // A login from before that was only refreshed since.
  const refreshed = await world.idp.sign({ ...ana, auth_time: now() - 600 })
  expect(await me(refreshed, await newProver())).toMatchObject({ status: 401, body: { code: 'LOGGED_OUT' } })
  expect((await me(await world.idp.sign({ ...ben, iat: now() - 60 }))).status).toBe(200)
})

test('a session at the provider ends alone, and what is refreshed of it stays out', async () => {
  const { ben } = people
  const [one, other] = await Promise.all(['s1', 's2'].map((sid) => world.idp.sign({ ...ben, sid })))
  expect((await tell({ sub: 'ben', sid: 's1' })).status).toBe(200)
  expect(await me(one!)).toMatchObject({ status: 401, body: { code: 'LOGGED_OUT' } })
  expect((await me(other!)).status).toBe(200)
  const later = await world.idp.sign({ ...ben, sid: 's1', iat: now() + 30 })
  expect(await me(later)).toMatchObject({ status: 401, body: { code: 'LOGGED_OUT' } })
  // By sid alone too; and another person's session of that name is another session.
  expect((await tell({ sub: undefined, sid: 's2' })).status).toBe(200)
  expect((await me(other!)).status).toBe(401)
  expect((await me(await world.idp.sign({ ...people.dora, sid: 's1' }))).status).toBe(200)
  expect(world.acts).toContainEqual({
    ...{ act: 'login.end', target: 's1', subject: 'ben', after: { at: expect.any(String) as string } },
    by: { subject: 'hoop:provider', name: 'identity provider' },
  })
})

test('a token that names person and session ends what of theirs named no session, and nobody else', async () => {
  const { yan, zoe } = { yan: { ...people.ana, sub: 'yan' }, zoe: { ...people.ana, sub: 'zoe' } }
  const prover = await newProver()
  const token = await world.idp.sign({ ...yan, iat: now() - 60 })
  const body = { connection: 'vectordb' }
  expect((await world.ask(undefined, '/v1/grants', { method: 'POST', body, token, prover })).status).toBe(201)
  const inAnother = await world.idp.sign({ ...yan, sid: 'other', iat: now() - 60 })
  expect((await tell({ sub: 'yan', sid: 'y1', iat: now() - 1 })).status).toBe(200)
  expect(await me(token, prover)).toMatchObject({ status: 401, body: { code: 'LOGGED_OUT' } })
  const grants = world.store.db.selectFrom('grants').select('revoked_at').where('subject', '=', 'yan')
  expect((await grants.execute()).map(({ revoked_at: at }) => at)).not.toContain(null)
  // Refreshed since, by the key of that login; a new login is good.
  const since = await world.idp.sign(yan)
  expect((await me(since, prover)).status).toBe(401)
  expect((await me(since, await newProver())).status).toBe(200)
  expect((await me(inAnother, await newProver())).status).toBe(200)
  expect((await me(await world.idp.sign({ ...zoe, iat: now() - 60 }))).status).toBe(200)
})

test('where a logout means everything, whoever it names is shut out, once for each token', async () => {
  world.state.ends = { logout: 'everything', refused_refresh: 'sessions' }
  const vic = { ...people.ana, sub: 'vic', email: 'vic@example.com' }
  const prover = await newProver()
  const token = await world.idp.sign({ ...vic, sid: 'v1', iat: now() - 60 })
  const body = { connection: 'vectordb' }
  expect((await world.ask(undefined, '/v1/grants', { method: 'POST', body, token, prover })).status).toBe(201)
  // The session alone: whose it is, grants tell.
  const told = `logout_token=${await logoutToken({ sub: undefined, sid: 'v1' })}`
  expect((await post(told)).status).toBe(200)
  expect(world.denied.find('vic')).toMatchObject({
    ...{ by: { name: 'identity provider' }, reason: 'logged out at the identity provider' },
  })
  await world.denied.restore('vic', { subject: 'olu', name: 'olu' })
  expect((await post(told)).status).toBe(400)
  expect(world.denied.find('vic')).toBeUndefined()
  world.state.ends = { logout: 'sessions', refused_refresh: 'sessions' }
  expect((await tell({ sub: 'vic' })).status).toBe(200)
  expect(world.denied.find('vic')).toBeUndefined()
})

test('a logout that the store failed to keep whole has its effect when it is said again', async () => {
  world.state.ends = { logout: 'everything', refused_refresh: 'sessions' }
  const told = `logout_token=${await logoutToken({ sub: 'wes' })}`
  world.state.failing = 'leaving'
  expect((await post(told)).status).not.toBe(200)
  world.state.failing = undefined
  expect(world.denied.find('wes')).toBeUndefined()
  // The login is over even so.
  expect((await me(await world.idp.sign({ ...people.ana, sub: 'wes', iat: now() - 60 }))).body).toMatchObject({
    code: 'LOGGED_OUT',
  })
  expect((await post(told)).status).toBe(200)
  expect(world.denied.find('wes')).toBeDefined()
  expect((await post(told)).status).toBe(400)
  world.state.ends = { logout: 'sessions', refused_refresh: 'sessions' }
})

test('grants remember their login: one from before the logout can’t be renewed, nor its key used again', async () => {
  const prover = await newProver()
  const token = await world.idp.sign({ ...people.dora, iat: now() - 60 })
  const body = { connection: 'vectordb' }
  const grant = await world.ask(undefined, '/v1/grants', { method: 'POST', body, token, prover })
  expect(grant.status).toBe(201)
  expect((await tell({ sub: 'dora', iat: now() - 1 })).status).toBe(200)
  const row = await world.store.db
    .selectFrom('grants')
    .selectAll()
    .where('subject', '=', 'dora')
    .executeTakeFirstOrThrow()
  expect(row.revoked_at).not.toBeNull()
  // The provider went on to refresh the login: its key tells that it is no new one.
  const refreshed = await world.idp.sign(people.dora)
  expect(await me(refreshed, prover)).toMatchObject({ status: 401, body: { code: 'LOGGED_OUT' } })
  expect((await me(refreshed, await newProver())).status).toBe(200)
})

test('a token is good once, and an older one takes nothing back', async () => {
  const body = `logout_token=${await logoutToken({ sub: 'ines', iat: now() - 10 })}`
  expect((await post(body)).status).toBe(200)
  const again = await post(body)
  expect(again).toMatchObject({
    status: 400,
    body: { error: 'invalid_request', error_description: expect.stringContaining('used before') as string },
  })
  expect(again.headers['cache-control']).toBe('no-store')
  expect((await tell({ sub: 'ines', iat: now() - 300 })).status).toBe(200)
  expect((await me(await world.idp.sign({ ...people.ines, iat: now() - 20 }))).status).toBe(401)
})

test('of two that race, one is good', async () => {
  const body = `logout_token=${await logoutToken({ sub: 'zoe' })}`
  const answers = await Promise.all(Array.from({ length: 5 }, () => post(body)))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400, 400, 400])
})

test.for<[string, () => Promise<string> | string, Record<string, string>?]>([
  ['no token', () => ''],
  ['an empty token', () => 'logout_token='],
  ['another field', () => 'token=abc'],
  ['two tokens', async () => `logout_token=${await logoutToken()}&logout_token=${await logoutToken()}`],
  ['rubbish', () => 'logout_token=rubbish'],
  ['a token that is too long', () => `logout_token=${'a'.repeat(20_000)}`],
  ['a body that is too large', () => `logout_token=${'a'.repeat(100_000)}`],
  ['JSON', async () => JSON.stringify({ logout_token: await logoutToken() }), { 'content-type': 'application/json' }],
  ['plain text', async () => `logout_token=${await logoutToken()}`, { 'content-type': 'text/plain' }],
  ['an ID token', async () => `logout_token=${await world.idp.sign(people.ana)}`],
  ['a prototype', () => '__proto__=x&logout_token=a'],
])('%s is answered with 400 and what is wrong', async ([, body, headers]) => {
  const answer = await post(await body(), headers)
  expect(answer).toMatchObject({
    status: 400,
    body: { error: 'invalid_request', error_description: expect.any(String) as string },
  })
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(answer.text).not.toMatch(/\bat .*\.[jt]s:\d/)
})

test('the token is in no log line', () => {
  expect(world.logged.join('\n')).toContain('/v1/backchannel-logout')
  expect(world.logged.join('\n')).not.toMatch(/eyJ/)
})

test('who guesses is slowed down', async () => {
  for (let tries = 0; tries < 60; tries++) await post('logout_token=rubbish')
  const answer = await tell({ sub: 'yan' })
  expect([answer.status, answer.body.error]).toEqual([429, 'invalid_request'])
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
})
