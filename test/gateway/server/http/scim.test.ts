import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { LiveSession } from '../../../../src/gateway/session/registry.js'
import { counters } from '../../../store/fixtures.js'
import { newProver } from '../../../identity/proofs.js'
import { people, scimSecret, startWorld, type AskOptions, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await startWorld({ rates: { login: { per_address: '2000/m' } } })
  world.state.scim = { matching: 'externalId', groups: false }
})
afterAll(() => world[Symbol.asyncDispose]())
afterEach(() => (world.state.scim = { matching: 'externalId', groups: false }))

const scim = (path: string, options: AskOptions = {}) =>
  world.ask(undefined, `/scim/v2${path}`, {
    ...options,
    headers: { authorization: `Bearer ${scimSecret}`, 'content-type': 'application/scim+json', ...options.headers },
  })
const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
const patchOp = (...Operations: unknown[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
})
let number = 0
const add = async (over: Record<string, unknown> = {}) => {
  const n = ++number
  const user = { schemas, userName: `user${n}@example.com`, externalId: `ext${n}`, active: true, ...over }
  const answer = await scim('/Users', { method: 'POST', body: user })
  expect(answer.status).toBe(201)
  return { ...user, id: answer.body.id as string }
}
const change = (id: string, ...operations: unknown[]) =>
  scim(`/Users/${id}`, { method: 'PATCH', body: patchOp(...operations) })
const disable = { op: 'Replace', path: 'active', value: 'False' }
const enable = { op: 'Replace', path: 'active', value: 'True' }
const me = async (sub: string, claims: Record<string, unknown> = {}) =>
  world.ask(undefined, '/v1/me', {
    token: await world.idp.sign({ sub, groups: ['ml-eng'], ...claims }),
    prover: await newProver(),
  })
const find = async (filter: string, more = '') =>
  (await scim(`/Users?filter=${encodeURIComponent(filter)}${more}`)).body as {
    totalResults: number
    Resources: { id: string }[]
  }

/** Stands for a session that runs: notes how it is ended. */
const session = (subject: string, groups: readonly string[] = ['ml-eng'], email?: string) => {
  const { promise: finished, resolve } = Promise.withResolvers<void>()
  const ends: string[] = []
  const person = { subject, groups, ...(email !== undefined && { email }) }
  const live: LiveSession = {
    ...{ id: `s${++number}`, subject, name: subject, connection: 'vectordb', chain: `c${number}`, counters, finished },
    access: { person, policy: 'research', clear: false, breakGlass: false },
    ...{ key: { pid: 1, secret: Buffer.alloc(4) }, busy: false },
    cancel: async () => undefined,
    end: ({ message }) => {
      ends.push(message)
      resolve()
    },
  }
  world.registry.add(live, new Date(Date.now() + 600_000))
  return { ends, finish: resolve }
}

test('a user is provisioned as Okta does it, found, read, replaced and deleted', async () => {
  const none = await find('userName eq "test.user@okta.local"', '&startIndex=1&count=100')
  expect(none).toMatchObject({ totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] })
  const okta = {
    ...{ schemas, userName: 'test.user@okta.local', locale: 'en-US', externalId: '00ujl29u0le5T6Aj10h7' },
    name: { givenName: 'Test', familyName: 'User' },
    emails: [{ primary: true, value: 'test.user@okta.local', type: 'work' }],
    ...{ displayName: 'Test User', groups: [], password: '1mz050nq', active: true },
  }
  const made = await scim('/Users', { method: 'POST', body: okta })
  expect([made.status, made.headers['content-type']]).toEqual([201, 'application/scim+json; charset=utf-8'])
  const { password: _password, groups: _groups, ...kept } = okta
  const id = made.body.id as string
  const location = `${world.url}/scim/v2/Users/${id}`
  expect(made.headers.location).toBe(location)
  expect(made.body).toEqual({
    ...kept,
    id,
    meta: expect.objectContaining({ resourceType: 'User', location }) as object,
  })
  expect(world.logged.join()).not.toContain('1mz050nq')
  expect((await scim(`/Users/${id}`)).body).toEqual(made.body)
  expect(await scim('/Users', { method: 'POST', body: okta })).toMatchObject({
    status: 409,
    body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '409', scimType: 'uniqueness' },
  })
  const put = await scim(`/Users/${id}`, { method: 'PUT', body: { ...okta, name: { givenName: 'Another' } } })
  expect(put).toMatchObject({ status: 200, body: { id, name: { givenName: 'Another' }, active: true } })
  expect(put.body.name).not.toHaveProperty('familyName')
  expect((await scim(`/Users/${id}`, { method: 'DELETE' })).status).toBe(204)
  for (const method of ['GET', 'DELETE', 'PUT'] as const)
    expect(await scim(`/Users/${id}`, { method, ...(method === 'PUT' && { body: okta }) })).toMatchObject({
      status: 404,
      body: { status: '404', detail: expect.stringContaining(id) as string },
    })
  expect((await scim('/Users', { method: 'POST', body: okta })).status).toBe(201)
  expect(world.acts.filter(({ target }) => target === id).map(({ act, by }) => [act, by.name])).toEqual([
    ['scim.user.add', 'SCIM'],
    ['scim.user.change', 'SCIM'],
    ['scim.user.remove', 'SCIM'],
  ])
})

test('users are listed by pages and filters, and in part', async () => {
  const { id } = await add({
    userName: 'Entra@example.com',
    emails: [{ type: 'work', value: 'e@example.com' }],
    active: false,
  })
  for (const filter of [
    'userName eq "entra@EXAMPLE.com"',
    'emails[type eq "work"].value eq "e@example.com"',
    'userName sw "entra" and active eq false',
    'externalId pr and not (active eq true)',
  ])
    expect((await find(filter)).Resources.map((one) => one.id)).toEqual([id])
  for (let more = 0; more < 4; more++) await add({ title: 'paged' })
  const pages = await Promise.all([1, 3, 5].map((start) => find('title eq "paged"', `&startIndex=${start}&count=2`)))
  expect(pages.map(({ totalResults, Resources }) => [totalResults, Resources.length])).toEqual([
    [4, 2],
    [4, 2],
    [4, 0],
  ])
  expect(new Set(pages.flatMap(({ Resources }) => Resources.map((one) => one.id))).size).toBe(4)
  expect((await find('title eq "paged"', '&count=0')).Resources).toEqual([])
  expect((await find('title eq "paged"', '&count=-5&startIndex=-3')).totalResults).toBe(4)
  const [part] = (await find('title eq "paged"', '&attributes=userName,name.givenName')).Resources
  expect(Object.keys(part!).toSorted()).toEqual(['id', 'schemas', 'userName'])
})

test('who is disabled is out at once, whoever asks, and in again when enabled', async () => {
  const { id } = await add({ externalId: 'ana' })
  const live = session('ana')
  expect((await me('ana')).status).toBe(200)
  expect((await change(id, disable)).body).toMatchObject({ id, active: false })
  expect(live.ends).toEqual([expect.stringContaining('your access was revoked: disabled by the directory')])
  expect(await me('ana')).toMatchObject({ status: 403, body: { code: 'PERSON_REVOKED' } })
  expect(world.acts).toContainEqual(
    expect.objectContaining({ act: 'person.revoke', subject: 'ana', reason: 'disabled by the directory' }),
  )
  expect((await change(id, { op: 'replace', value: { displayName: 'Ana' } })).status).toBe(200)
  expect((await me('ana')).status).toBe(403)
  expect((await change(id, enable)).status).toBe(200)
  expect((await me('ana')).status).toBe(200)
})

test('DELETE shuts out, also who was never here; and who is provisioned anew is in again', async () => {
  const { id, userName } = await add({ externalId: 'zoe' })
  await scim(`/Users/${id}`, { method: 'DELETE' })
  expect(await me('zoe')).toMatchObject({ status: 403, body: { code: 'PERSON_REVOKED' } })
  await add({ externalId: 'zoe', userName })
  expect((await me('zoe')).status).toBe(200)
})

test('what an administrator did stands, either way', async () => {
  const { id } = await add({ externalId: 'ben' })
  await world.ask('ben', '/v1/me')
  const revoke = { person: 'ben', reason: 'laptop stolen', unseen: true }
  expect((await world.ask('olu', '/v1/people/revoke', { method: 'POST', body: revoke })).status).toBe(200)
  await change(id, disable)
  await change(id, enable)
  expect(await me('ben')).toMatchObject({
    status: 403,
    body: { message: expect.stringContaining('laptop stolen') as string },
  })
  // An administrator lets in whom the directory has shut out: that holds until the directory changes them again.
  expect((await world.ask('olu', '/v1/people/restore', { method: 'POST', body: { person: 'ben' } })).status).toBe(200)
  await change(id, disable)
  expect((await me('ben')).status).toBe(403)
  expect((await world.ask('olu', '/v1/people/restore', { method: 'POST', body: { person: 'ben' } })).status).toBe(200)
  expect((await me('ben')).status).toBe(200)
  await change(id, { op: 'add', path: 'title', value: 'x' })
  expect((await me('ben')).status).toBe(200)
  await change(id, enable)
  await change(id, disable)
  expect((await me('ben')).status).toBe(403)
})

test('where people are matched by e-mail address, who is unknown is shut out when they show up', async () => {
  world.state.scim = { matching: 'email', groups: false }
  const emails = [{ type: 'work', value: 'Yan@Example.com' }]
  const { id } = await add({ emails })
  await change(id, disable)
  expect((await me('y-1', { email: 'yan@example.com', email_verified: false })).status).toBe(200)
  expect(await me('y-2', { email: 'yan@example.com' })).toMatchObject({ status: 403, body: { code: 'PERSON_REVOKED' } })
  await world.store.db
    .insertInto('people')
    .values({ subject: 'y-2', name: 'yan', email: 'yan@example.com', first_seen: 1, last_seen: 1 })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await change(id, enable)
  expect((await me('y-2', { email: 'yan@example.com' })).status).toBe(200)
  // Two of one address would be a guess.
  expect(await scim('/Users', { method: 'POST', body: { schemas, userName: 'other', emails } })).toMatchObject({
    status: 409,
    body: { scimType: 'uniqueness' },
  })
})

test('a directory has no say in programs, nor in who is matched by nothing', async () => {
  for (const over of [{ externalId: 'token:abc' }, { externalId: undefined, userName: 'noor' }]) {
    const { id } = await add(over)
    expect((await change(id, disable)).status).toBe(200)
  }
  expect(world.acts.filter(({ act, subject }) => act === 'person.revoke' && subject === 'token:abc')).toEqual([])
  expect((await me('noor')).status).toBe(200)
})

test('groups of the directory stand in for those of the token where that is set, for live sessions at once', async () => {
  const [one, two] = [await add({ externalId: 'dora' }), await add({ externalId: 'ines' })]
  const body = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'ml-eng',
    externalId: 'g',
    members: [{ value: one.id }],
  }
  const made = await scim('/Groups', { method: 'POST', body })
  expect(made.status).toBe(201)
  const { id } = made.body as { id: string }
  expect((await me('dora', { groups: ['dpo'] })).body.groups).toEqual(['dpo'])
  world.state.scim = { matching: 'externalId', groups: true }
  expect((await me('dora', { groups: ['dpo'] })).body.groups).toEqual(['ml-eng'])
  expect((await me('ines', { groups: ['security'] })).body.groups).toEqual([])
  expect((await me('stranger', { groups: ['platform'] })).body.groups).toEqual([])

  const live = session('dora')
  const members = (operation: Record<string, unknown>) =>
    scim(`/Groups/${id}`, { method: 'PATCH', body: patchOp(operation) })
  expect((await members({ op: 'Add', path: 'members', value: [{ value: two.id }] })).body.members).toHaveLength(2)
  expect((await me('ines')).body.groups).toEqual(['ml-eng'])
  expect(live.ends).toEqual([])
  expect((await scim(`/Users/${one.id}`)).body.groups).toMatchObject([{ value: id, display: 'ml-eng' }])
  await members({ op: 'Remove', path: `members[value eq "${one.id}"]` })
  expect(live.ends).toEqual([expect.stringContaining('you may no longer use vectordb')])
  expect((await me('dora')).body.groups).toEqual([])
  // Renamed, the group gives nothing of the old name.
  await members({ op: 'replace', value: { id, displayName: 'Other' } })
  expect((await me('ines')).body.groups).toEqual(['Other'])
  const found = await scim(`/Groups?filter=${encodeURIComponent('displayName eq "other"')}&excludedAttributes=members`)
  expect(found.body.Resources).toEqual([expect.not.objectContaining({ members: expect.anything() as unknown })])
  await scim(`/Users/${two.id}`, { method: 'DELETE' })
  expect((await scim(`/Groups/${id}`)).body.members).toEqual([])
  expect((await scim(`/Groups/${id}`, { method: 'DELETE' })).status).toBe(204)
  expect((await scim(`/Groups/${id}`)).status).toBe(404)
})

test.for<[string, string, AskOptions, number, string?]>([
  ['no secret', '/Users', { headers: { authorization: undefined } }, 401],
  ['another secret', '/Users', { headers: { authorization: `Bearer ${scimSecret}x` } }, 401],
  ['a beginning of the secret', '/Users', { headers: { authorization: `Bearer ${scimSecret.slice(0, -1)}` } }, 401],
  ['an empty secret', '/Users', { headers: { authorization: 'Bearer ' } }, 401],
  ['the secret as Basic', '/Users', { headers: { authorization: `Basic ${scimSecret}` } }, 401],
  ['the secret as DPoP', '/Users', { headers: { authorization: `DPoP ${scimSecret}` } }, 401],
  ['no JSON', '/Users', { method: 'POST', body: '{' }, 400, 'invalidSyntax'],
  ['an empty body', '/Users', { method: 'POST', body: '' }, 400, 'invalidSyntax'],
  ['a list', '/Users', { method: 'POST', body: '[]' }, 400, 'invalidSyntax'],
  [
    'a prototype',
    '/Users',
    { method: 'POST', body: '{"__proto__":{"active":true},"userName":"x"}' },
    400,
    'invalidSyntax',
  ],
  [
    'a constructor',
    '/Users',
    { method: 'POST', body: '{"constructor":{"prototype":{}},"userName":"x"}' },
    400,
    'invalidSyntax',
  ],
  [
    'a form',
    '/Users',
    { method: 'POST', body: 'userName=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
  ],
  ['a body that is too large', '/Users', { method: 'POST', body: `{"userName":"${'a'.repeat(1.1e6)}"}` }, 413],
  ['nobody', '/Users', { method: 'POST', body: { schemas } }, 400, 'invalidValue'],
  ['an empty name', '/Users', { method: 'POST', body: { schemas, userName: '' } }, 400, 'invalidValue'],
  [
    'a name with an escape',
    '/Users',
    { method: 'POST', body: { schemas, userName: 'a\u001b[31m' } },
    400,
    'invalidValue',
  ],
  ['a wrong filter', '/Users?filter=userName', {}, 400, 'invalidFilter'],
  ['two filters', '/Users?filter=title%20pr&filter=title%20pr', {}, 400, 'invalidValue'],
  ['a filter on nothing', '/Users?filter=nothing%20pr', {}, 400, 'invalidFilter'],
  ['a count that is no number', '/Users?count=many', {}, 400, 'invalidValue'],
  ['somebody unknown', '/Users/unknown', {}, 404],
  ['a change of somebody unknown', '/Users/unknown', { method: 'PATCH', body: patchOp(disable) }, 404],
  ['an id that is SQL', `/Users/${encodeURIComponent("' or 1=1 --")}`, {}, 404],
  [
    'a group within a group',
    '/Groups',
    { method: 'POST', body: { displayName: 'g', members: [{ value: 'x', type: 'Group' }] } },
    400,
    'invalidValue',
  ],
  [
    'a member whom nobody knows',
    '/Groups',
    { method: 'POST', body: { displayName: 'g', members: [{ value: 'x' }] } },
    400,
    'invalidValue',
  ],
  ['another address', '/Bulk', { method: 'POST', body: {} }, 404],
])('%s is refused in SCIM’s form', async ([, path, options, status, scimType]) => {
  const answer = await scim(path, options)
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toBe('application/scim+json; charset=utf-8')
  expect(answer.body).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(status),
    detail: expect.any(String) as string,
    ...(scimType !== undefined && { scimType }),
  })
  expect(answer.text).not.toMatch(/\bat .*\.[jt]s:\d/)
  if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
})

test('what is required stays', async () => {
  const { id } = await add()
  expect(await change(id, { op: 'remove', path: 'userName' })).toMatchObject({
    status: 400,
    body: { scimType: 'invalidValue' },
  })
  // A removed `active` says nothing: nobody is let in by it.
  await change(id, disable)
  expect((await change(id, { op: 'remove', path: 'active' })).body).toMatchObject({ active: false })
})

test('of changes that race, the last one holds', async () => {
  const { id } = await add({ externalId: 'racer' })
  await Promise.all(Array.from({ length: 21 }, (_, turn) => change(id, turn % 2 === 0 ? disable : enable)))
  expect((await scim(`/Users/${id}`)).body.active).toBe(false)
  expect((await me('racer')).status).toBe(403)
})

test('it says what of SCIM there is', async () => {
  expect((await scim('/ServiceProviderConfig')).body).toMatchObject({
    patch: { supported: true },
    bulk: { supported: false },
  })
  expect((await scim('/ResourceTypes')).body.Resources).toMatchObject([{ id: 'User' }, { id: 'Group' }])
  expect((await scim('/ResourceTypes/User')).body).toMatchObject({ endpoint: '/Users' })
  expect((await scim('/Schemas')).body.totalResults).toBe(3)
  const user = (await scim(`/Schemas/${schemas[0]}`)).body as { attributes: { name: string }[] }
  expect(user.attributes.map(({ name }) => name)).toContain('userName')
  expect((await scim('/Schemas/nothing')).status).toBe(404)
})

test('without SCIM in the configuration there is no such address', async () => {
  world.state.scim = undefined
  expect((await scim('/Users')).status).toBe(404)
  expect((await me('racer')).status).toBe(403)
})

test('the secret is in no log line, and who guesses it is slowed down', async () => {
  const lines = world.logged.join('\n')
  expect(lines).toContain('/scim/v2/Users')
  expect(lines).not.toContain(scimSecret)
  const guess = (n: number) => scim('/Users', { headers: { authorization: `Bearer ${n}` } })
  let status = 401
  for (let n = 0; n < 2100 && status === 401; n++) status = (await guess(n)).status
  expect(status).toBe(429)
  expect((await scim('/Users')).status).toBe(429)
})

test('those who were provisioned are known after a restart', async () => {
  const { Scim } = await import('../../../../src/gateway/scim/scim.js')
  const revoked: string[] = []
  const nothing = {
    sessions: 0,
    tokens: 0,
    standing: 0,
    signIns: 0,
    grants: 0,
    requests: 0,
    accessRequests: 0,
    accesses: 0,
  }
  const again = await Scim.open({
    store: world.store,
    write: async () => undefined,
    settings: () => ({ matching: 'externalId', groups: true }),
    registry: world.registry,
    lost: () => undefined,
    regrouped: async () => undefined,
    url: () => world.url,
    denied: { find: () => undefined, isLasting: () => false },
    control: {
      revoke: async (subject) => (
        revoked.push(subject),
        { revoked: { by: people.olu as never, reason: '', at: '' }, sessions: [], ended: nothing }
      ),
      restore: async () => undefined,
    },
  })
  await world.store.db.deleteFrom('revocations').where('subject', '=', 'racer').execute()
  await expect(again.admit({ subject: 'racer', groups: ['x'] })).rejects.toMatchObject({ code: 'PERSON_REVOKED' })
  expect(revoked).toEqual(['racer'])
})
