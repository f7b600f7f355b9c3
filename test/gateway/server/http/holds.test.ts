import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Hold } from '../../../../src/lib/api/holds.js'
import { session } from '../../../store/fixtures.js'
import { type Person, startWorld, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await startWorld()
  await world.index.started(session('ses_ana', { startedAt: '2026-11-10T10:00:00.000Z' }))
  const ci = { subject: 'token:1', name: 'ci', owner: { subject: 'ana', name: 'ana@example.com' } }
  await world.index.started(session('ses_token', { ...ci, startedAt: '2026-11-12T10:00:00.000Z' }))
  await world.index.started(session('ses_ben', { subject: 'ben', name: 'ben@example.com' }))
  const end = { end: 'closed' as const, endedAt: '2026-11-11T10:00:00.000Z' }
  await world.index.ended('ses_ana', { ...end, counters: session('x').counters })
})
afterAll(() => world[Symbol.asyncDispose]())

const post = async (person: Person, path: string, body: unknown) => {
  const { status, body: answer } = await world.ask(person, path, { method: 'POST', body })
  return { status, body: answer as unknown as Hold & { code?: string } }
}
const list = async (query = '') =>
  ((await world.ask('ines', `/v1/audit/holds${query}`)).body as unknown as { holds: Hold[] }).holds

const reason = 'case 2026-114'
const ines = { subject: 'ines', name: 'ines@example.com' }

test('an auditor places a hold on a person and their tokens, an admin releases it, and both are acts', async () => {
  const { status, body } = await post('ines', '/v1/audit/holds', { person: 'ANA@example.com', reason })
  const person = { subject: 'ana', name: 'ana@example.com' }
  expect(status).toBe(201)
  expect(body).toMatchObject({ by: ines, reason, person, sessions: 2 })
  expect(world.acts.at(-1)).toEqual({
    ...{ act: 'hold.add', target: body.id, subject: 'ana', by: ines, reason },
    after: { person },
  })
  expect(await list()).toEqual([body])
  const released = await post('olu', `/v1/audit/holds/${body.id}/release`, { reason: 'closed' })
  expect(released.body.released).toMatchObject({ by: { subject: 'olu', name: 'olu@example.com' }, reason: 'closed' })
  expect(world.acts.at(-1)).toMatchObject({ act: 'hold.release', target: body.id, subject: 'ana', reason: 'closed' })
  expect([await list(), await list('?all=true')]).toEqual([[], [released.body]])
  expect((await post('olu', `/v1/audit/holds/${body.id}/release`, { reason })).status).toBe(404)
})

test.for<[object, number]>([
  [{ session: 'ses_t' }, 1],
  [{ since: '2026-11-11T09:00:00.000Z' }, 3],
  [{ since: '2026-11-11T11:00:00.000Z' }, 2],
  [{ until: '2026-11-10T11:00:00.000Z' }, 1],
  [{ since: '2026-11-11T11:00:00.000Z', person: 'ana' }, 1],
])('%j holds %i sessions', async ([scope, sessions]) => {
  expect((await post('ines', '/v1/audit/holds', { ...scope, reason })).body.sessions).toBe(sessions)
})

test.for<[Person, object, number]>([
  ['ana', { person: 'ana', reason }, 403],
  ['ines', { reason }, 400],
  ['ines', { person: 'ana' }, 400],
  ['ines', { person: 'nobody', reason }, 404],
  ['ines', { session: 'ses_', reason }, 404],
  ['ines', { since: '2026-11-11T11:00:00Z', until: '2026-11-11T11:00:00Z', reason }, 400],
])('%s asking for %j gets %i, and nothing is on hold for it', async ([person, body, status]) => {
  const before = (await list('?all=true')).length
  expect((await post(person, '/v1/audit/holds', body)).status).toBe(status)
  expect(await list('?all=true')).toHaveLength(before)
})

test('people without a role neither see holds nor release one', async () => {
  const { body } = await post('ines', '/v1/audit/holds', { person: 'ben', reason })
  expect((await world.ask('ben', '/v1/audit/holds')).status).toBe(403)
  expect((await post('ben', `/v1/audit/holds/${body.id}/release`, { reason })).status).toBe(403)
  expect((await list()).map(({ id }) => id)).toContain(body.id)
})

test('where the ledger can’t be written, nobody is told that something is on hold', async () => {
  world.state.failing = 'ledger'
  const { status } = await post('ines', '/v1/audit/holds', { person: 'ben', reason })
  world.state.failing = undefined
  expect(status).toBe(503)
})
