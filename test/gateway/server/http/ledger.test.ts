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
