import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { KilledSession, SessionSummary } from '../../../../src/lib/api.js'
import type { Act } from '../../../../src/lib/api/acts.js'
import type { ServiceTokenInfo, ServiceTokenMade } from '../../../../src/lib/api/service-tokens.js'
import { tokenHash } from '../../../../src/lib/service-token.js'
import { type FreshDatabase, freshDatabase } from '../../../helpers/database.js'
import { holder } from '../../server/start/person.js'
import { type Stage, stage } from './stage.js'

let database: FreshDatabase
let at: Stage
beforeAll(async () => {
  database = await freshDatabase()
  await (
    await database.client()
  ).query("CREATE TABLE people AS SELECT i AS id, '123-45-' || (1000 + i) AS ssn FROM generate_series(1, 50) i")
  at = await stage({ counted: { budgets: { identity: { rows: 30, per: 'day' } } } }, database.url)
})
afterAll(async () => {
  await at[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const post = (account: string, path: string, body: object, claims = {}) =>
  at.as(account, path, { method: 'POST', body }, claims)

/** A service token of somebody whose groups are the test's own to change. */
const tokenOf = async (account: string, over: object = {}, claims: object = {}): Promise<ServiceTokenMade> => {
  const body = { name: 'job', connections: [{ connection: 'vectordb' }], ttl: 3_600_000, ...over }
  const { told, body: made } = await post(account, '/v1/tokens', body, { groups: ['ml-eng'], ...claims })
  expect(told).toBe('201 ok')
  return made as unknown as ServiceTokenMade
}

/** A statement that would run for a minute, and how it ends. */
const running = async (secret: string) => {
  const person = await at.holder(secret)
  const { client } = await person.connect()
  const began = client.query('SELECT pg_sleep(60)').catch((error: unknown) => error)
  await sleep(50)
  return { person, ended: began as Promise<Error & { code?: string; hint?: string; severity?: string }> }
}

const fatal = (message: string) => ({
  severity: 'FATAL',
  code: '57P01',
  message: `hoop: the session was ended: ${message}`,
})

test('revoking ends what runs in under a second, with the reason and what to do', async () => {
  const made = await tokenOf('ada')
  const { ended } = await running(made.secret)
  const began = performance.now()
  const { body } = await post('ada', '/v1/tokens/job/revoke', { reason: 'it stood in a log' })
  expect(await ended).toMatchObject({
    ...fatal('the service token job was revoked: it stood in a log'),
    hint: 'Ask its owner for a new one: hoop tokens create',
  })
  expect(performance.now() - began).toBeLessThan(1000)
  expect(body).toMatchObject({
    token: { marks: ['revoked'], revoked: { by: { subject: 'ada' }, reason: 'it stood in a log' } },
    sessions: [{ subject: `token:${made.token.id}`, owner: { subject: 'ada' }, ended: true }],
  })
})

test('a token that expires ends what runs by it, with the reason', async () => {
  const { secret } = await tokenOf('bea', { ttl: 2500 })
  const { ended } = await running(secret)
  const { message, ...error } = await ended
  expect([error, message]).toMatchObject([
    { code: '57P01', severity: 'FATAL' },
    expect.stringMatching(/^hoop: the session was ended: the token has expired: the service token job, at 20/),
  ])
})

test('a rotation without overlap ends what the old secret opened, and nothing that the new one has', async () => {
  const made = await tokenOf('cal')
  const old = await running(made.secret)
  const { body } = await post('cal', '/v1/tokens/job/rotate', { overlap: 0 })
  expect(await old.ended).toMatchObject(fatal('the service token job was given a new secret'))
  const { secret, token, sessions } = body as unknown as ServiceTokenMade
  expect([token.id, sessions.length]).toEqual([made.token.id, 1])
  const { client } = await (await at.holder(secret)).connect()
  expect((await client.query('SELECT 1')).rowCount).toBe(1)
})

test('at the end of an overlap sessions of the old secret end', async () => {
  const made = await tokenOf('dan')
  const old = await running(made.secret)
  const { body } = await post('dan', '/v1/tokens/job/rotate', { overlap: 1500 })
  const fresh = await at.holder((body as unknown as ServiceTokenMade).secret)
  const { client } = await fresh.connect()
  expect(await old.ended).toMatchObject({
    code: '57P01',
    message: expect.stringContaining('a new secret took the place of this one') as string,
  })
  expect((await client.query('SELECT 1')).rowCount).toBe(1)
})

test('a second rotation ends what the secret before the last one opened, whatever its overlap', async () => {
  const made = await tokenOf('twice')
  const [first, second] = [
    await running(made.secret),
    await post('twice', '/v1/tokens/job/rotate', { overlap: 60_000 }),
  ]
  const kept = await running((second.body as unknown as ServiceTokenMade).secret)
  const began = performance.now()
  await post('twice', '/v1/tokens/job/rotate', { overlap: 60_000 })
  expect(await first.ended).toMatchObject({ code: '57P01' })
  expect(performance.now() - began).toBeLessThan(5000)
  expect(await Promise.race([kept.ended, sleep(300, 'lives')])).toBe('lives')
})

test('a secret that stands where an id belongs means its token, and is repeated nowhere', async () => {
  const made = await tokenOf('typo')
  const act = (token: string) => post('typo', `/v1/tokens/${token}/revoke`, { reason: 'it stood in a chat' })
  const cut = made.secret.slice(0, -3)
  for (const wrong of [cut, encodeURIComponent(`typo/${cut}`)]) {
    const { told, body } = await act(wrong)
    expect([told, JSON.stringify(body)]).toEqual(['404 NOT_FOUND', expect.not.stringContaining(cut)])
  }
  expect(await act(made.secret)).toMatchObject({ told: '200 ok', body: { token: { id: made.token.id } } })
  expect(JSON.stringify(at.it.log)).not.toContain(cut)
})

test('a token of one of two people who are called the same is not guessed', async () => {
  const called = { email: 'sam@acme.example' }
  const [one, other] = [await tokenOf('sam1', {}, called), await tokenOf('sam2', {}, called)]
  expect(one.token.owner.name).toBe(other.token.owner.name)
  const show = (token: string) => at.as('boss', `/v1/tokens/${encodeURIComponent(token)}`, {}, { groups: ['platform'] })
  const { told, body } = await show(`${one.token.owner.name}/job`)
  expect([told, body['detail']]).toEqual(['404 NOT_FOUND', expect.stringContaining('sam2')])
  expect((await show('sam2/job')).body['id']).toBe(other.token.id)
})

test('a grant is renewed from the token, and no more when it is revoked', async () => {
  const made = await tokenOf('eve')
  const agent = await at.holder(made.secret)
  const grant = await agent.grant()
  const session = await agent.connect(grant)
  const renewed = await agent.grant(grant)
  expect(renewed.id).not.toBe(grant.id)
  expect((await session.client.query('SELECT 1')).rowCount).toBe(1)
  await post('eve', '/v1/tokens/job/revoke', { reason: 'over' })
  await expect(agent.grant(renewed)).rejects.toMatchObject({ code: 'TOKEN_REVOKED' })
  await expect(agent.connect(renewed)).rejects.toMatchObject({
    message: expect.stringContaining('revoked: over') as string,
  })
})

test('a grant opens no stream from an address that the token is not for', async () => {
  const { secret } = await tokenOf('fay', { networks: ['192.0.2.0/24'] })
  const { body } = await at.ask(secret, '/v1/grants', {
    method: 'POST',
    body: { connection: 'vectordb' },
    from: '192.0.2.1',
  })
  const give = (): Promise<string> => Promise.resolve(secret)
  const claims = { subject: 'x', name: 'x', expiresAt: Infinity }
  const url = at.it.gateway.url
  // The same key: nothing but the address is another.
  await using thief = await holder({ key: at.prover, claims, token: give, renew: give }, { url, caFile: at.it.caFile })
  await expect(thief.grant()).rejects.toMatchObject({ code: 'TOKEN_ADDRESS' })
  await expect(thief.connect(body as never)).rejects.toMatchObject({ code: 'TOKEN_ADDRESS' })
})

test.for<[string, (account: string) => Promise<unknown>, string]>([
  [
    'lost the group',
    (account) => at.as(account, '/v1/me', {}, { groups: ['others'] }),
    'this service token is no longer good for vectordb',
  ],
  [
    'is given another policy',
    (account) => at.as(account, '/v1/me', {}, { groups: ['contractors'] }),
    'this service token is no longer good for vectordb',
  ],
  [
    'is shut out',
    (account) => post('olu', '/v1/people/revoke', { person: account, reason: 'left' }),
    'your access was revoked: left',
  ],
])('what a token runs ends when its owner %s', async ([what, lose, message]) => {
  const account = `g${what.length}`
  const { secret } = await tokenOf(account)
  const { ended } = await running(secret)
  await lose(account)
  expect(await ended).toMatchObject(fatal(message))
})

test('a reload that takes the access away ends what a token runs', async () => {
  const { secret } = await tokenOf('hal')
  const { ended } = await running(secret)
  await at.configure((document) => document.setIn(['connections', 'vectordb', 'access', 0, 'policy'], 'counted'))
  expect(await ended).toMatchObject(fatal('this service token is no longer good for vectordb'))
  await at.configure((document) => document.setIn(['connections', 'vectordb', 'access', 0, 'policy'], 'research'))
})

test('who sees values in the clear has tokens that don’t', async () => {
  const claims = { groups: ['dpo', 'ml-eng'] }
  const { secret } = await tokenOf('ivy', {}, claims)
  const { client } = await (await at.holder(secret)).connect()
  const { rows } = await client.query('SELECT ssn FROM people WHERE id = 1')
  expect(rows).toEqual([{ ssn: '****1001' }])
  const connections = await at.ask(secret, '/v1/connections')
  expect(connections.body).toMatchObject({ connections: [{ name: 'vectordb', policy: 'research', clear: false }] })
  expect((await at.as('ivy', '/v1/connections', {}, claims)).body).toMatchObject({
    connections: [{ name: 'archive' }, { name: 'vectordb', clear: true }],
  })
})

test('what tokens get counts against their owner, however many there are', async () => {
  await at.configure((document) => document.setIn(['connections', 'vectordb', 'access', 0, 'policy'], 'counted'))
  const [first, second] = [await tokenOf('jon', { name: 'a' }), await tokenOf('jon', { name: 'b' })]
  const read = async (secret: string, rows: number) => {
    const { client } = await (await at.holder(secret)).connect()
    return client.query(`SELECT id FROM people LIMIT ${rows}`).then(({ rowCount }) => rowCount)
  }
  expect(await read(first.secret, 20)).toBe(20)
  await expect(read(second.secret, 20)).rejects.toMatchObject({ code: '53400' })
  const theirs = await at.as('jon', '/v1/usage')
  expect(theirs.body['connections']).toContainEqual(
    expect.objectContaining({
      connection: 'vectordb',
      budgets: [expect.objectContaining({ unit: 'rows', used: 30, left: 0 })],
    }),
  )
  const { body } = await at.ask(second.secret, '/v1/usage')
  expect(body).toMatchObject({
    connections: [{ connection: 'vectordb', budgets: [{ unit: 'rows', used: 30, left: 0 }] }],
  })
  await at.configure((document) => document.setIn(['connections', 'vectordb', 'access', 0, 'policy'], 'research'))
})

test('sessions of tokens count against what their owner may have at once', async () => {
  await at.configure((document) => document.setIn(['connections', 'archive', 'limits', 'sessions_per_person'], 2))
  const archive = { connections: [{ connection: 'archive' }] }
  const [first, second] = [
    await tokenOf('una', { name: 'a', ...archive }),
    await tokenOf('una', { name: 'b', ...archive }),
  ]
  const holders = await Promise.all([first, second].map(({ secret }) => at.holder(secret, 'archive')))
  for (const agent of holders) await agent.connect()
  for (const agent of holders) await expect(agent.connect()).rejects.toMatchObject({ code: '53300' })
})

test('who is shut out while a token of theirs is being made has none when they are let in again', async () => {
  const making = post('vic', '/v1/tokens', { name: 'job', connections: [{ connection: 'vectordb' }], ttl: 60_000 })
  const revoking = post('olu', '/v1/people/revoke', { person: 'vic', reason: 'left', unseen: true })
  const [made] = await Promise.all([making, revoking])
  await post('olu', '/v1/people/restore', { person: 'vic' })
  const { secret } = made.body as { secret?: string }
  if (secret !== undefined) expect((await at.ask(secret, '/v1/me')).told).toBe('401 TOKEN_REVOKED')
  // An ID token of the second in which they were shut out counts as older.
  const theirs = async () => (await at.as('vic', '/v1/tokens')).body['tokens'] as ServiceTokenInfo[] | undefined
  await expect.poll(theirs, { timeout: 10_000 }).toBeDefined()
  expect((await theirs())!.every(({ marks }) => marks.includes('revoked'))).toBe(true)
})

test('nobody approves what their own token asks for', async () => {
  const made = await tokenOf('kim')
  const { client } = await (await at.holder(made.secret)).connect()
  const waiting = client.query('TRUNCATE people').catch((error: unknown) => error)
  await expect
    .poll(async () => ((await at.as('ines', '/v1/approvals?state=open')).body['approvals'] as []).length)
    .toBe(1)
  const claims = { groups: ['ml-eng'] }
  const { body } = await at.as('kim', '/v1/approvals?state=open', {}, claims)
  const [request] = body['approvals'] as { id: string }[]
  expect(request).toMatchObject({
    subject: `token:${made.token.id}`,
    name: 'kim@acme.example/job',
    owner: 'kim',
    mayDecide: false,
  })
  const refused = await post('kim', `/v1/approvals/${request!.id}/approve`, {}, claims)
  expect(refused.told).toBe('403 ACCESS_DENIED')
  expect((await post('ines', `/v1/approvals/${request!.id}/deny`, { reason: 'not today' })).status).toBe(200)
  expect(await waiting).toMatchObject({ code: '42501' })
})

test('whoever made a token for somebody else decides nothing that it asks for, and gets no new secret of it', async () => {
  await at.as('uma', '/v1/me', {}, { groups: ['ml-eng'] })
  const made = await tokenOf('olu', { owner: 'uma' }, { groups: ['platform', 'security'] })
  const { client } = await (await at.holder(made.secret)).connect()
  const waiting = client.query('TRUNCATE people').catch((error: unknown) => error)
  await expect
    .poll(async () => ((await at.as('ines', '/v1/approvals?state=open')).body['approvals'] as []).length)
    .toBe(1)
  const [request] = (await at.as('ines', '/v1/approvals?state=open')).body['approvals'] as { id: string }[]
  const claims = { groups: ['platform', 'security'] }
  expect((await post('olu', `/v1/approvals/${request!.id}/approve`, {}, claims)).told).toBe('403 ACCESS_DENIED')
  expect((await post('ines', `/v1/approvals/${request!.id}/deny`, { reason: 'not today' })).status).toBe(200)
  expect(await waiting).toMatchObject({ code: '42501' })
  const rotated = await post('olu', `/v1/tokens/${made.token.id}/rotate`, { overlap: 0 }, claims)
  expect(rotated.told).toBe('404 NOT_FOUND')
})

test('sessions and recordings name the token and its owner, who may see and end them', async () => {
  const made = await tokenOf('lea')
  const agent = await at.holder(made.secret)
  const { client } = await agent.connect()
  await client.query('SELECT 42')
  const subject = `token:${made.token.id}`
  const who = { subject, name: 'lea@acme.example/job', owner: { subject: 'lea', name: 'lea@acme.example' } }
  for (const path of ['/v1/sessions?person=lea%40acme.example', '/v1/sessions?person=lea', '/v1/sessions'])
    expect(
      ((await at.as(path === '/v1/sessions' ? 'lea' : 'ines', path)).body['sessions'] as SessionSummary[])[0],
    ).toMatchObject(who)
  const [session] = (await at.as('lea', '/v1/sessions')).body['sessions'] as SessionSummary[]
  expect((await at.as('mika', `/v1/sessions/${session!.id}`)).told).toBe('404 NOT_FOUND')
  const recorded = await at.as('ines', `/v1/sessions/${session!.id}/events`)
  expect(recorded.body).toMatchObject({ type: 'start', ...who, groups: ['ml-eng'] })
  const killed = await post('olu', '/v1/sessions/kill', { person: 'LEA@acme.example', reason: 'enough' })
  expect(killed.body['sessions'] as KilledSession[]).toMatchObject([{ ...who, ended: true }])
  const again = await agent.connect()
  const own = await post('lea', '/v1/sessions/kill', { all: true, reason: 'done' })
  expect(own.body['sessions'] as KilledSession[]).toMatchObject([who])
  expect(await again.ended).toMatchObject({ code: '57P01' })
})

test('acts on tokens are kept with what was so before and is after, and no secret is anywhere', async () => {
  const made = await tokenOf('moe', { networks: ['127.0.0.1'] })
  const rotated = (await post('moe', '/v1/tokens/job/rotate', { overlap: 60_000 })).body as unknown as ServiceTokenMade
  await (await at.holder(rotated.secret)).grant()
  await post('moe', '/v1/tokens/job/revoke', { reason: 'over' })
  const { body } = await at.as('ines', '/v1/acts?person=moe')
  expect(body['acts'] as Act[]).toMatchObject([
    { act: 'token.revoke', target: made.token.id, reason: 'over', before: { secret: 2 }, after: { revoked: true } },
    { act: 'token.rotate', before: { secret: 1 }, after: { secret: 2, oldSecretUntil: expect.any(String) as string } },
    { act: 'token.create', by: { subject: 'moe' }, subject: 'moe', after: { name: 'job', networks: ['127.0.0.1'] } },
  ])
  const files = await Promise.all(
    ['hoop.db', 'hoop.db-wal'].map((file) => readFile(at.it.folder.file(file), 'latin1').catch(() => '')),
  )
  const everything = files.join('') + JSON.stringify(at.it.log) + JSON.stringify(body)
  for (const secret of [made.secret, rotated.secret]) expect(everything).not.toContain(secret.slice(19, 62))
  expect(JSON.stringify(at.it.log) + JSON.stringify(body)).not.toContain(tokenHash(made.secret))
})

test('a token’s last use is noted, and tokens are there after a restart', async () => {
  const { secret, token } = await tokenOf('nia')
  await at.ask(secret, '/v1/me', { from: '192.0.2.77' })
  await at.ask(secret, '/v1/me', { from: '192.0.2.78' })
  const shown = async () =>
    (await at.as('nia', '/v1/tokens/job', {}, { groups: ['ml-eng'] })).body as unknown as ServiceTokenInfo
  const { lastUsed } = await shown()
  expect(lastUsed).toMatchObject({ from: '192.0.2.77' })
  await at.restart()
  expect((await shown()).lastUsed).toEqual(lastUsed)
  expect((await at.ask(secret, '/v1/me')).body).toMatchObject({
    ...{ subject: `token:${token.id}`, name: 'nia@acme.example/job', roles: [] },
    token: { owner: { subject: 'nia' }, expiresAt: token.expiresAt },
  })
})
