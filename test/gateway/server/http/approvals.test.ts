import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Approval, StandingApproval } from '../../../../src/lib/api/approvals.js'
import type { ApprovalRecord } from '../../../../src/store/approvals/rows.js'
import { startWorld, type Person, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await startWorld()
  world.state.view = {
    ...world.state.view,
    policies: { research: { ...world.state.view.policies['research']!, approvers: ['ml-eng', 'dpo'] } },
  }
})
afterAll(() => world[Symbol.asyncDispose]())

let number = 0

/** A request of ben's that members of ml-eng decide on. */
const requested = async (more: Partial<ApprovalRecord> = {}): Promise<string> => {
  const id = `req${String(++number).padStart(4, '0')}`
  await world.approvals.add({
    ...{ id, key: id, state: 'open', mode: 'wait', subject: 'ben', name: 'ben@example.com', connection: 'vectordb' },
    ...{ database: 'vectors', session: 's1', policyHash: 'ab', rule: 'bulk-read', groups: ['ml-eng'], needed: 1 },
    ...{
      text: 'select 1',
      meaning: { user: 'gateway' },
      parameters: [],
      life: 60_000,
      votes: [],
      createdAt: new Date().toISOString(),
    },
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
    ...more,
  })
  return id
}

const get = async (who: Person, path: string) => (await world.ask(who, path)).status
const post = (who: Person, path: string, body: object = {}) => world.ask(who, path, { method: 'POST', body })
const listed = async (who: Person, query = '') => {
  const { approvals, version } = (await world.ask(who, `/v1/approvals${query}`)).body as {
    approvals: Approval[]
    version: string
  }
  return { version, ids: approvals.map(({ id }) => id), one: approvals[0]! }
}

test('requester, approvers, admins and auditors see a request; to everybody else it isn’t there', async () => {
  const id = await requested()
  for (const [who, status] of [
    ...([
      ['ben', 200],
      ['ana', 200],
      ['dora', 200],
      ['ines', 200],
      ['olu', 200],
      ['noor', 404],
    ] as const),
  ]) {
    expect([who, await get(who, `/v1/approvals/${id}`)]).toEqual([who, status])
    expect((await listed(who)).ids.includes(id)).toBe(status === 200)
  }
  expect((await listed('ana')).one).toMatchObject({ id, mayDecide: true })
  for (const who of ['ben', 'ines'] as const) expect((await listed(who)).one).toMatchObject({ mayDecide: false })
  expect((await listed('ana')).one).not.toHaveProperty('key')
})

test('only members of the rule’s groups decide, never on their own, once, and a denial says why', async () => {
  const id = await requested()
  for (const who of ['ben', 'ines', 'olu'] as const)
    expect((await post(who, `/v1/approvals/${id}/approve`)).status).toBe(403)
  expect((await post('noor', `/v1/approvals/${id}/approve`)).status).toBe(404)
  expect((await post('ana', `/v1/approvals/${id}/deny`)).status).toBe(400)
  for (const reason of [' ', 'no\u001b[2J', 'no\u202e', 'a\nb', 'x'.repeat(1001)])
    expect((await post('ana', `/v1/approvals/${id}/deny`, { reason })).status).toBe(400)
  const denied = await post('ana', `/v1/approvals/${id}/deny`, { reason: 'no' })
  expect(denied.body).toMatchObject({ id, state: 'denied', votes: [{ subject: 'ana', vote: 'deny', reason: 'no' }] })
  expect((await post('dora', `/v1/approvals/${id}/approve`)).status).toBe(409)
  expect((await world.ask(undefined, `/v1/approvals/${id}`)).status).toBe(401)
})

test('who asks with a version hears as soon as something has changed', async () => {
  const { version } = await listed('ana')
  const began = Date.now()
  const next = listed('ana', `?version=${version}&wait=20`)
  const id = await requested()
  expect((await next).ids).toContain(id)
  expect(Date.now() - began).toBeLessThan(10_000)
  expect((await next).version).not.toBe(version)
})

test('who is shut out while they wait hears that, and no list', async () => {
  const { version } = await listed('dora')
  const waits = vi.spyOn(world.approvals.news, 'after')
  const next = world.ask('dora', `/v1/approvals?version=${version}&wait=20`)
  await vi.waitFor(() => expect(waits).toHaveBeenCalled())
  expect((await post('olu', '/v1/people/revoke', { person: 'dora', reason: 'left', unseen: true })).status).toBe(200)
  expect(await next).toMatchObject({ status: 403, body: { code: 'PERSON_REVOKED' } })
  expect((await post('olu', '/v1/people/restore', { person: 'dora' })).status).toBe(200)
})

test('a standing approval is listed to giver, receiver and auditors, and taken back by its giver or an admin', async () => {
  const from = await requested()
  const until = new Date(Date.now() + 3_600_000).toISOString()
  const add = (who: Person, more: object = {}) =>
    post(who, '/v1/standing-approvals', { from, until, reason: 'backfill', ...more })
  const added = await add('ana')
  expect(added.status).toBe(201)
  const { id } = added.body as unknown as StandingApproval
  expect(added.body).toMatchObject({
    subject: 'ben',
    connection: 'vectordb',
    database: 'vectors',
    text: 'select 1',
    by: { subject: 'ana' },
  })
  const sees = async (who: Person) =>
    ((await world.ask(who, '/v1/standing-approvals')).body as { standing: StandingApproval[] }).standing.some(
      (one) => one.id === id,
    )
  for (const [who, does] of [
    ...([
      ['ana', true],
      ['ben', true],
      ['ines', true],
      ['olu', true],
      ['dora', false],
      ['noor', false],
    ] as const),
  ])
    expect([who, await sees(who)]).toEqual([who, does])
  const revoke = async (who: Person) =>
    (await world.ask(who, `/v1/standing-approvals/${id}`, { method: 'DELETE' })).status
  for (const who of ['ben', 'ines', 'dora'] as const) expect(await revoke(who)).toBe(404)
  expect(await revoke('olu')).toBe(200)
  expect(await sees('ana')).toBe(false)
  const all = (await world.ask('ana', '/v1/standing-approvals?all=true')).body as { standing: StandingApproval[] }
  expect(all.standing[0]).toMatchObject({ id, revokedBy: 'olu' })
})

test('nobody gives themselves one, for longer than 30 days, or from a request that they may not see', async () => {
  const [until, late] = [3_600_000, 31 * 86_400_000].map((more) => new Date(Date.now() + more).toISOString())
  const from = await requested()
  const own = await requested({ subject: 'ana', name: 'ana@example.com' })
  const others = await requested({ groups: ['dba'] })
  const add = async (who: Person, body: object) =>
    (await post(who, '/v1/standing-approvals', { until, reason: 'backfill', ...body })).status
  expect(await add('ana', { from: own })).toBe(403)
  expect(await add('ben', { from })).toBe(403)
  expect(await add('ana', { from, until: late })).toBe(400)
  expect(await add('ana', { from: others })).toBe(404)
  expect(await add('ana', {})).toBe(400)
})

test('who is shut out has no standing approval from or for them, and no vote that counts, also once they are back', async () => {
  const until = new Date(Date.now() + 3_600_000).toISOString()
  const standing = async (from: string) =>
    (await post('ana', '/v1/standing-approvals', { from, until, reason: 'backfill' }))
      .body as unknown as StandingApproval
  const two = await requested({ needed: 2, groups: ['ml-eng'] })
  const ready = await requested({ mode: 'retry' })
  const own = await requested({ mode: 'retry', subject: 'ana', name: 'ana@example.com' })
  for (const id of [two, ready]) expect((await post('ana', `/v1/approvals/${id}/approve`)).status).toBe(200)
  const given = await standing(two)
  for (const what of ['revoke', 'restore'])
    await post('olu', `/v1/people/${what}`, { person: 'ana', ...(what === 'revoke' && { reason: 'left' }) })

  const one = async (id: string) => (await world.ask('olu', `/v1/approvals/${id}`)).body as unknown as Approval
  expect(await one(ready)).toMatchObject({ state: 'withdrawn', why: 'somebody who approved it was shut out' })
  expect(await one(own)).toMatchObject({ state: 'withdrawn', why: 'whoever asked was shut out' })
  expect((await one(two)).votes).toMatchObject([{ subject: 'ana', revokedAt: expect.any(String) as string }])
  expect((await post('dora', `/v1/approvals/${two}/approve`)).body).toMatchObject({ state: 'open' })
  expect((await world.approvals.standing.find(given.id)).revokedBy).toBe('olu')

  const next = await standing(await requested())
  await post('olu', '/v1/people/revoke', { person: 'ben', reason: 'left' })
  expect((await world.approvals.standing.find(next.id)).revokedBy).toBe('olu')
  const later = await post('ana', '/v1/standing-approvals', { from: two, until, reason: 'backfill' })
  expect(later).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining('ben@example.com is shut out') as string },
  })
  await post('olu', '/v1/people/restore', { person: 'ben' })
})

test('a vote that was on its way when its giver was shut out is taken back', async () => {
  const id = await requested({ needed: 2 })
  const person = { subject: 'ana', name: 'ana@example.com', groups: ['ml-eng'] }
  const voted = world.approvals.decide(id, person, 'approve', undefined)
  voted.catch(() => undefined)
  await post('olu', '/v1/people/revoke', { person: 'ana', reason: 'left' })
  await world.approvals.decide(await requested(), person, 'approve', undefined).catch(() => undefined)
  await post('olu', '/v1/people/restore', { person: 'ana' })
  const found = await world.approvals.records.list({ states: ['open', 'approved'] }, 100)
  expect(found.flatMap(({ votes }) => votes).filter(({ revokedAt }) => revokedAt === undefined)).not.toContainEqual(
    expect.objectContaining({ subject: 'ana' }),
  )
})

test('one person’s requests can’t bury those of others', async () => {
  const flood = { subject: 'noor', name: 'noor@example.com', mode: 'retry' } as const
  for (let i = 0; i < 100; i++) await requested(flood)
  await expect(requested(flood)).rejects.toMatchObject({ code: 'APPROVAL_REQUIRED' })
  const other = await requested()
  expect((await listed('ana')).ids).toContain(other)
})
