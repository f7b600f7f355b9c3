import { readFile, writeFile } from 'node:fs/promises'
import { type Client, Query } from 'pg'
import { Agent, fetch as send, request } from 'undici'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parseDocument } from 'yaml'
import { HeldGrant } from '../../../../src/agent/link/grant.js'
import { environmentCredentials, tokenCredentials } from '../../../../src/agent/login/credentials.js'
import { refresh } from '../../../../src/agent/login/refresh.js'
import type { SessionSummary } from '../../../../src/lib/api.js'
import type { Act } from '../../../../src/lib/api/acts.js'
import type { Approval, StandingApproval } from '../../../../src/lib/api/approvals.js'
import type { PersonDetail } from '../../../../src/lib/api/people.js'
import type { ServiceTokenMade } from '../../../../src/lib/api/service-tokens.js'
import { hoop } from '../../../helpers/command/hoop.js'
import { deviceTokens, idToken } from '../../../helpers/login.js'
import { holder, type Person } from './person.js'
import { started, type Started } from './started.js'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const directorySecret = 'the-directory-s-own-secret-0123456789'
const statement = 'DELETE FROM leavers'

let it: Started
let [ines, olu]: Person[] = []

beforeAll(async () => {
  it = await started(
    async (folder) => {
      const document = parseDocument(await readFile(folder.config, 'utf8'))
      const approvers = { groups: ['security'], count: 1 }
      const policy = { rules: [{ name: 'deletions', when: { statement: ['delete'] }, do: 'approve', approvers }] }
      const people = ['contractors', 'ml-eng']
      document.setIn(
        ['connections', 'vectordb', 'access'],
        [
          { groups: people, policy: 'daily' },
          { groups: people, policy: 'incident', request: { approvers, longest: '4h' } },
        ],
      )
      document.set('policies', { daily: policy, incident: policy })
      document.setIn(['identity', 'admins'], ['platform'])
      document.setIn(['identity', 'auditors'], ['security'])
      document.setIn(['identity', 'grant', 'ttl'], '8s')
      document.setIn(['identity', 'scim'], { token: 'env:SCIM_TOKEN' })
      await writeFile(folder.config, document.toString())
    },
    { env: { SCIM_TOKEN: directorySecret } },
  )
  const dispatcher = new Agent({ connect: { ca: await readFile(it.caFile) } })
  it.idp.tellLogouts({
    uri: `${it.gateway.url}/v1/backchannel-logout`,
    session: false,
    fetch: (url: unknown, options: unknown) => send(url as string, { ...(options as object), dispatcher }),
  })
  ;[ines, olu] = [await it.person('ines'), await it.person('olu')]
})
afterAll(() => it?.[Symbol.asyncDispose]())

/** Rows without end, one at a time. @returns when the first has come; what ends it is what its client reads */
const stream = async (client: Client) => {
  const query = new Query("SELECT repeat('x', 9000), pg_sleep(0.02) FROM generate_series(1, 1000000)")
  const ended = new Promise<Error>((resolve) => query.on('error', resolve))
  const first = new Promise<void>((resolve) => query.on('row', () => resolve()))
  client.query(query)
  await first
  return { ended }
}

/** Somebody with all that a person can have going on, by a login of their own at the provider. */
const working = async (account: string) => {
  const reach = { url: it.gateway.url, caFile: it.caFile }
  const tokens = await deviceTokens(it.idp, account)
  let refreshToken = tokens.refreshToken
  const given = await tokenCredentials(tokens.idToken)
  const renew = async (signal: AbortSignal): Promise<string> => {
    const profile = { issuer: it.idp.issuer, clientId: it.idp.clientId } as Parameters<typeof refresh>[1]
    const next = await refresh({}, profile, refreshToken, given.key, signal)
    refreshToken = next.refreshToken ?? refreshToken
    return tokens.idToken
  }
  const them = await holder({ ...given, renew }, reach)
  const until = new Date(Date.now() + 3_600_000).toISOString()
  const made = await them.client.post<ServiceTokenMade>('/v1/tokens', {
    ...{ name: `nightly-${account}`, connections: [{ connection: 'vectordb', policy: 'daily' }], ttl: 86_400_000 },
  })
  const job = await holder(await environmentCredentials(made.secret, {}), reach)
  const wish = { connection: 'vectordb', policy: 'incident', for: 7_200_000, reason: 'OPS-1: pages are slow' }
  const access = await them.client.post<Approval>('/v1/access', wish)
  await ines!.client.post(`/v1/approvals/${access.id}/approve`, {})
  const over = new AbortController()
  const events = { renewed: () => undefined, renewalFailed: () => undefined }
  const held = await HeldGrant.obtain(them.client, { connection: 'vectordb' }, events, over.signal)
  const psql = await them.connect(held.current)
  await psql.client.query('CREATE TABLE IF NOT EXISTS leavers (id int)')
  const streams = await stream(psql.client)
  const standing = await ines!.client.post<StandingApproval>('/v1/standing-approvals', {
    ...{ person: account, connection: 'vectordb', text: 'DELETE FROM old_leavers', until, reason: 'backfill' },
  })
  const second = await them.connect(held.current)
  const waits = second.client.query(statement).catch((error: unknown) => error)
  const request = await vi.waitFor(async () => {
    const { approvals } = await them.client.get<{ approvals: Approval[] }>('/v1/approvals?state=open')
    return approvals.find(({ subject }) => subject === account) ?? Promise.reject(new Error('nothing waits'))
  }, 20_000)
  const program = await job.connect()
  const runs = await stream(program.client)
  return { account, them, job, made, standing, access, held, streams, waits, request, runs, over }
}

type Working = Awaited<ReturnType<typeof working>>

const show = (account: string) => olu!.client.get<PersonDetail>(`/v1/people/show?person=${account}`)
const approval = (id: string) => olu!.client.get<Approval>(`/v1/approvals/${id}`)

/** All that was theirs is there before. */
const expectWhole = async ({ account, access, request, made, standing }: Working): Promise<void> => {
  const before = await show(account)
  expect(before.liveSessions).toHaveLength(3)
  expect(before.tokens.map(({ id }) => id)).toEqual([made.token.id])
  expect(before.standing.map(({ id }) => id)).toEqual([standing.id])
  expect(before.requests.map(({ id }) => id).toSorted()).toEqual([access.id, request.id].toSorted())
  expect(before.reaches).toMatchObject([{ connection: 'vectordb', policy: 'incident', access: access.id }])
}

/** @param words that stand on their screens */
const expectEnded = async ({ streams, waits }: Working, words: string): Promise<void> => {
  for (const error of await Promise.all([streams.ended, waits]))
    expect(error).toMatchObject({
      ...{ code: '57P01', severity: 'FATAL' },
      message: expect.stringContaining(words) as string,
    })
}

/** What the directory sends. */
const directory = async (method: string, path: string, body: object) => {
  const dispatcher = new Agent({ connect: { ca: await readFile(it.caFile) } })
  const answer = await request(`${it.gateway.url}/scim/v2/Users${path}`, {
    ...{ method, dispatcher, body: JSON.stringify(body) },
    headers: { authorization: `Bearer ${directorySecret}`, 'content-type': 'application/scim+json' },
  })
  return { statusCode: answer.statusCode, user: (await answer.body.json()) as { id: string } }
}

/** What it takes an auditor to see what somebody had and did: one command each, as they are typed. */
const typed = async (account: string, ...args: string[]): Promise<unknown> => {
  const env = {
    ...{ HOOP_TOKEN: await idToken(it.idp, 'olu'), HOOP_GATEWAY: it.gateway.url, HOOP_CA: it.caFile },
  }
  const { stdout, stderr, status } = await hoop([...args, account, '--json'], { home: it.folder.path, env })
  expect([stderr, status]).toEqual(['', 0])
  return JSON.parse(stdout)
}

/** The directory disables somebody: all that was theirs is over, and one command each says what it was. */
const disabled = async (known?: string): Promise<string> => {
  const casey = await working('casey')
  await expectWhole(casey)
  const user = { userName: 'casey@contractor.example', externalId: 'casey', active: false }
  const told = known === undefined ? directory('POST', '', user) : directory('PUT', `/${known}`, user)
  const why = 'your access was revoked: disabled by the directory'
  const [, job] = await Promise.all([expectEnded(casey, why), casey.runs.ended, told])
  expect(job).toMatchObject({ code: '57P01', message: expect.stringContaining('revoked') as string })
  expect((await told).statusCode).toBe(known === undefined ? 201 : 200)

  const after = await show('casey')
  expect(after).toMatchObject({ ...{ liveSessions: [], tokens: [], grants: [], requests: [] } })
  // What the configuration has for them, and what they are kept from by.
  expect(after.reaches.filter(({ access }) => access !== undefined)).toEqual([])
  expect(after.revoked).toMatchObject({ reason: 'disabled by the directory', by: { name: 'SCIM' } })
  expect(after.standing).toEqual([])
  for (const id of [casey.request.id, casey.access.id]) expect((await approval(id)).state).toBe('withdrawn')
  for (const one of [casey.them, casey.job]) await expect(one.grant()).rejects.toHaveProperty('code')
  await expect(casey.them.connect(casey.held.current)).rejects.toMatchObject({ code: 'PERSON_REVOKED' })

  const shown = (await typed('casey', 'people', 'show')) as PersonDetail
  expect(shown.lastSessions).toHaveLength(known === undefined ? 3 : 6)
  const { acts } = (await typed('casey', 'audit', 'acts', '--person')) as { acts: Act[] }
  expect(acts.map(({ act }) => act)).toEqual(
    expect.arrayContaining([
      'person.revoke',
      'session.kill',
      'token.create',
      'token.revoke',
      'access.request',
      'access.approve',
      'access.revoke',
      'standing.add',
    ]),
  )
  const { sessions } = (await typed('casey', 'sessions', 'list', '--person')) as { sessions: SessionSummary[] }
  expect(sessions.length).toBeGreaterThanOrEqual(2)
  casey.over.abort()
  return (await told).user.id
}

let caseyInDirectory: string

test('somebody whom the directory disables has nothing any more: streams, job, request, approval, access, tokens', async () => {
  caseyInDirectory = await disabled()
})

test('who is logged out at the provider has no session, request or grant; people revoke ends the rest', async () => {
  const mika = await working('mika')
  await expectWhole(mika)
  await Promise.all([expectEnded(mika, 'you were logged out at the identity provider'), it.idp.logOut('mika')])
  expect((await approval(mika.request.id)).state).toBe('withdrawn')
  await expect(mika.them.grant()).rejects.toMatchObject({ code: 'LOGGED_OUT' })
  await expect(mika.them.connect(mika.held.current)).rejects.toMatchObject({ code: 'LOGGED_OUT' })
  await expectRest(mika)
})

test('whom the provider refuses to refresh loses their sessions with the next renewal; people revoke ends the rest', async () => {
  const dora = await working('dora')
  await expectWhole(dora)
  it.idp.disable('dora')
  await expectEnded(dora, 'the identity provider refused to renew the login')
  expect((await approval(dora.request.id)).state).toBe('withdrawn')
  await expect(dora.held.token(dora.over.signal)).rejects.toMatchObject({ code: 'LOGIN_ENDED' })
  await expectRest(dora)
})

/** A logout, or a login that has ended, is no leave: what goes on without its person is listed, and ended by one word. */
const expectRest = async ({ account, runs, made, access, job, over }: Working): Promise<void> => {
  over.abort()
  const left = await show(account)
  expect(left.liveSessions.map(({ subject }) => subject)).toEqual([`token:${made.token.id}`])
  const { ended } = await olu!.client.post<{ ended: Record<string, number> }>('/v1/people/revoke', {
    ...{ person: account, reason: 'left the company' },
  })
  expect(ended).toMatchObject({ sessions: 1, tokens: 1, standing: 1, accesses: 1 })
  expect(await runs.ended).toMatchObject({ code: '57P01' })
  await expect(job.grant()).rejects.toHaveProperty('code')
  expect((await approval(access.id)).state).toBe('withdrawn')
  const after = await show(account)
  expect(after).toMatchObject({ ...{ liveSessions: [], tokens: [], grants: [], requests: [] } })
  expect(after.revoked).toMatchObject({ reason: 'left the company' })
  expect(after.standing).toEqual([])
}

/** The same as if somebody had shut them out by hand. */
const expectGone = async ({ account, runs, made, access, request, job, them, over }: Working, reason: string) => {
  over.abort()
  expect(await runs.ended).toMatchObject({ code: '57P01' })
  await vi.waitFor(async () => {
    const after = await show(account)
    expect(after).toMatchObject({ ...{ liveSessions: [], tokens: [], grants: [], requests: [], standing: [] } })
    expect(after.revoked).toMatchObject({ reason, by: { name: 'identity provider' } })
    expect(after.acts.map(({ act, target }) => [act, target])).toContainEqual(['token.revoke', made.token.id])
  }, 20_000)
  for (const id of [request.id, access.id]) expect((await approval(id)).state).toBe('withdrawn')
  await expect(job.grant()).rejects.toHaveProperty('code')
  await expect(them.grant()).rejects.toMatchObject({ code: 'PERSON_REVOKED' })
}

/** The token of a login in the second of the revocation counts as older. */
const nextSecond = async () => {
  const second = Math.floor(Date.now() / 1000)
  await expect.poll(() => Math.floor(Date.now() / 1000)).toBeGreaterThan(second)
}

const restored = async (account: string) => {
  await olu!.client.post('/v1/people/restore', { person: account })
  await nextSecond()
}

test('where a logout means everything, and a refused refresh does, nothing is left of who was ended so', async () => {
  const document = parseDocument(await readFile(it.folder.config, 'utf8'))
  document.setIn(['identity', 'ends'], { logout: 'everything', refused_refresh: 'everything' })
  await writeFile(it.folder.config, document.toString())
  await it.gateway.reload()

  await restored('mika')
  const mika = await working('mika')
  await expectWhole(mika)
  await Promise.all([expectEnded(mika, 'you were logged out at the identity provider'), it.idp.logOut('mika')])
  await expectGone(mika, 'logged out at the identity provider')

  it.idp.enable('dora')
  await restored('dora')
  const dora = await working('dora')
  await expectWhole(dora)
  it.idp.disable('dora')
  await expectEnded(dora, 'the identity provider refused to renew the login')
  await expectGone(dora, 'the identity provider refused to renew the login')
})

test('and who is disabled by the directory then is out as ever', async () => {
  const user = { userName: 'casey@contractor.example', externalId: 'casey', active: true }
  expect((await directory('PUT', `/${caseyInDirectory}`, user)).statusCode).toBe(200)
  await nextSecond()
  await disabled(caseyInDirectory)
})
