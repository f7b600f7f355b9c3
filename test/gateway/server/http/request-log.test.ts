import { afterAll, beforeAll, expect, test } from 'vitest'
import { people, startWorld, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

const last = () => JSON.parse(world.logged.at(-1) ?? '{}') as Record<string, unknown>

test('each request leaves one line that says who did what, with what result', async () => {
  world.logged.length = 0
  await world.ask('ana', '/v1/sessions/abc')
  expect(world.logged).toHaveLength(1)
  expect(last()).toMatchObject({
    msg: 'request',
    reqId: expect.stringMatching(/^[\da-f-]{36}$/) as string,
    subject: 'ana',
    method: 'GET',
    route: '/v1/sessions/:id',
    status: 404,
    code: 'NOT_FOUND',
    ms: expect.any(Number) as number,
    address: '127.0.0.1',
  })
})

test('a client cannot choose the request’s id', async () => {
  await world.ask(undefined, '/healthz', { headers: { 'request-id': 'mine', 'x-request-id': 'mine' } })
  expect(JSON.stringify(last())).not.toContain('mine')
})

test('neither tokens nor proofs nor what was searched for are logged, whatever happens', async () => {
  world.logged.length = 0
  const token = await world.idp.sign(people.ana)
  const jti = 'jti-that-nobody-should-see'
  const proof = { claims: { jti } }
  await world.ask('ana', '/v1/sessions?text=needle', { token, proof })
  await world.ask('ana', '/v1/sessions?text=needle', { token, proof })
  await world.ask('ana', '/v1/sessions?text=needle&cursor=needle', { token })
  await world.ask('ana', '/v1/needle', { token })
  const granted = await world.ask('ana', '/v1/grants', {
    method: 'POST',
    token,
    body: { connection: 'vectordb', reason: 'needle' },
  })
  await world.ask('ana', '/v1/grants', {
    method: 'POST',
    token,
    body: { connection: 'vectordb', renews: `${granted.body.grant as string}x` },
  })
  const text = world.logged.join('')
  expect(world.logged.length).toBeGreaterThan(5)
  for (const part of [...token.split('.'), ...(granted.body.grant as string).split('.'), jti, 'needle']) {
    expect(text).not.toContain(part)
  }
})

test('a whole request that somebody logs loses its secrets', async () => {
  const token = await world.idp.sign(people.ana)
  world.app.log.info(
    { headers: { authorization: `DPoP ${token}`, dpop: 'secret' }, req: { headers: { dpop: 'secret' } } },
    'oops',
  )
  expect(world.logged.at(-1)).toContain('[Redacted]')
  expect(world.logged.at(-1)).not.toMatch(/secret|eyJ/)
})
