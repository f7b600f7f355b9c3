import { afterAll, beforeAll, expect, test } from 'vitest'
import { startIdp } from '../../../../src/demo/idp.js'
import { newProver } from '../../../identity/proofs.js'
import { people, startWorld, type AskOptions, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

const now = () => Math.floor(Date.now() / 1000)

test('somebody with a token and a proof is known', async () => {
  expect(await world.ask('ana', '/v1/me')).toMatchObject({
    status: 200,
    body: { subject: 'ana', name: 'ana@example.com', email: 'ana@example.com', groups: ['ml-eng'], roles: [] },
  })
})

test.for([
  ['olu', ['admin']],
  ['ines', ['auditor']],
] as const)('%s has the roles of their groups', async ([person, roles]) => {
  expect((await world.ask(person, '/v1/me')).body.roles).toEqual(roles)
})

test.for<[string, number, string, AskOptions]>([
  ['a proof for another method', 401, 'PROOF_INVALID', { proof: { claims: { htm: 'POST' } } }],
  ['a proof for another address', 401, 'PROOF_INVALID', { proof: { claims: { htu: 'https://localhost/v1/me' } } }],
  ['a proof for another token', 401, 'PROOF_INVALID', { proof: { claims: { ath: 'x' } } }],
  ['no proof', 401, 'PROOF_INVALID', { headers: { dpop: undefined } }],
  ['a clock ten minutes behind', 401, 'CLOCK_SKEW', { proof: { claims: { iat: now() - 600 } } }],
  ['a clock ten minutes ahead', 401, 'CLOCK_SKEW', { proof: { claims: { iat: now() + 600 } } }],
  ['a token as bearer', 401, 'TOKEN_INVALID', { headers: { authorization: 'Bearer abc' } }],
  ['no token', 401, 'NOT_LOGGED_IN', { headers: { authorization: undefined } }],
  ['rubbish for a token', 401, 'TOKEN_INVALID', { token: 'rubbish' }],
])('%s is refused with its own code, a hint and a challenge', async ([, status, code, options]) => {
  const answer = await world.ask('ana', '/v1/me', options)
  expect(answer).toMatchObject({
    status,
    body: { code, message: expect.any(String) as string, hint: expect.any(String) as string },
  })
  expect(answer.headers['www-authenticate']).toMatch(/^DPoP algs=/)
  expect(answer.text).not.toMatch(/\bat .*\.[jt]s:\d/)
})

test.for<[string, string, Record<string, unknown>]>([
  ['expired', 'TOKEN_EXPIRED', { exp: now() - 120 }],
  ['for another audience', 'TOKEN_INVALID', { aud: 'other' }],
  ['of another issuer', 'TOKEN_INVALID', { iss: 'https://evil.example.com' }],
  ['of the future', 'TOKEN_INVALID', { iat: now() + 600 }],
])('a token that is %s is refused', async ([, code, claims]) => {
  const token = await world.idp.sign({ ...people.ana, ...claims })
  expect(await world.ask('ana', '/v1/me', { token })).toMatchObject({ status: 401, body: { code } })
})

test('a request that is sent again is refused', async () => {
  const proof = { claims: { jti: 'once' } }
  expect((await world.ask('ana', '/v1/me', { proof })).status).toBe(200)
  expect(await world.ask('ana', '/v1/me', { proof })).toMatchObject({ status: 401, body: { code: 'PROOF_REPLAYED' } })
})

test('the identity provider may change its key, and withdraw the old one', async () => {
  const before = await world.idp.sign(people.ana)
  expect((await world.ask('ana', '/v1/me', { token: before })).status).toBe(200)
  await world.idp.rotateKey({ dropOld: true })
  expect((await world.ask('ana', '/v1/me')).status).toBe(200)
  expect(await world.ask('ana', '/v1/me', { token: before })).toMatchObject({
    status: 401,
    body: { code: 'TOKEN_INVALID' },
  })
})

test('a token of another provider is refused', async () => {
  await using other = await startIdp()
  const token = await other.sign({ ...people.olu, iss: world.idp.issuer })
  expect(await world.ask('olu', '/v1/me', { token })).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } })
})

test('a new key may come with every request: it is the grant that is bound to one', async () => {
  expect((await world.ask('ana', '/v1/me', { prover: await newProver('EdDSA') })).status).toBe(200)
})
