import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from './world.js'

let world: World

beforeAll(async () => void (world = await startWorld()))
afterAll(() => world[Symbol.asyncDispose]())

test('who looks at what is kept for auditors is entered before the answer', async () => {
  world.reads.length = 0
  expect((await world.ask('ines', '/v1/acts?limit=5')).status).toBe(200)
  expect((await world.ask('ben', '/v1/sessions')).status).toBe(200)
  expect((await world.ask('ben', '/v1/gateway')).status).toBe(200)
  expect(world.reads).toEqual([
    { by: { subject: 'ines', name: 'ines@example.com' }, what: 'GET /v1/acts', target: '/v1/acts?limit=5' },
    { by: { subject: 'ben', name: 'ben@example.com' }, what: 'GET /v1/sessions', target: '/v1/sessions' },
  ])
})

test('where that can’t be entered nothing is shown, and what somebody did is not said to be done', async () => {
  world.state.failing = 'ledger'
  try {
    for (const path of ['/v1/acts', '/v1/sessions', '/v1/audit/bundle']) {
      const answer = await world.ask('ines', path)
      expect([path, answer.status, answer.body]).toEqual([
        path,
        503,
        expect.objectContaining({ code: 'LEDGER_FAILED' }),
      ])
      expect(answer.text).not.toContain('secret')
    }
    const revoked = await world.ask('olu', '/v1/people/revoke', {
      method: 'POST',
      body: { person: 'noor', reason: 'gone', unseen: true },
    })
    expect([revoked.status, revoked.body]).toEqual([503, expect.objectContaining({ code: 'LEDGER_FAILED' })])
    expect(revoked.text).not.toContain('secret')
  } finally {
    world.state.failing = undefined
  }
})

test('the record is for auditors', async () => {
  expect((await world.ask('ben', '/v1/audit/bundle')).status).toBe(403)
  expect((await world.ask('ines', '/v1/audit/bundle')).status).toBe(200)
  expect((await world.ask('ben', '/v1/audit/proofs/17')).status).toBe(403)
  expect((await world.ask('ines', '/v1/audit/proofs/17')).status).toBe(200)
  expect(world.reads.at(-1)).toMatchObject({ target: '/v1/audit/proofs/17' })
})

test('that words were searched for is entered, and not which', async () => {
  for (const [path, target] of [
    ['/v1/sessions?text=hunter2&limit=3', '/v1/sessions?text=%E2%80%A6&limit=3'],
    ['/v1/statements?limit=3&te%78t=hunter2', '/v1/statements?limit=3&text=%E2%80%A6'],
    ['/v1/statements?text=hunt%2B?er', '/v1/statements?text=%E2%80%A6'],
  ] as const) {
    world.reads.length = 0
    await world.ask('ines', path)
    expect(world.reads.map((read) => read.target)).toEqual([target])
  }
})

test('a null character in what is searched for is said to be one, and finds nothing by accident', async () => {
  for (const path of ['/v1/sessions', '/v1/statements']) {
    const { status, body } = await world.ask('ines', `${path}?text=abc%00def`)
    expect([path, status, body]).toEqual([
      path,
      400,
      expect.objectContaining({
        code: 'REQUEST_INVALID',
        message: expect.stringContaining('null character') as string,
      }),
    ])
  }
})

test('who looks at people, or at requests for approval of others, is entered; what is their own isn’t', async () => {
  const id = 'reqread1'
  await world.approvals.add({
    ...{ id, key: id, state: 'open', mode: 'wait', subject: 'ben', name: 'ben@example.com', connection: 'vectordb' },
    ...{ database: 'vectors', session: 's1', policyHash: 'ab', rule: 'bulk-read', groups: ['ml-eng'], needed: 1 },
    ...{ text: 'select 1', parameters: [], life: 60_000, votes: [], createdAt: new Date().toISOString() },
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
  })
  world.reads.length = 0
  const paths = ['/v1/people', '/v1/people/show?person=ben', '/v1/approvals', `/v1/approvals/${id}`]
  for (const path of paths) await world.ask('ines', path)
  expect(world.reads.map(({ target }) => target)).toEqual(paths)
  world.reads.length = 0
  for (const path of ['/v1/approvals', `/v1/approvals/${id}`]) expect((await world.ask('ben', path)).status).toBe(200)
  expect(world.reads).toEqual([])
  // Who waits for what is new has seen the rest.
  const { version } = (await world.ask('ines', '/v1/approvals')).body as { version: string }
  world.reads.length = 0
  await world.ask('ines', `/v1/approvals?version=${version}`)
  expect(world.reads).toEqual([])
})
