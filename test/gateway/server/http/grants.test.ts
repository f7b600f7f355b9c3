import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { GrantAnswer } from '../../../../src/lib/api.js'
import { newProver, type Prover } from '../../../identity/proofs.js'
import { startWorld, type AskOptions, type Person, type World } from './world.js'

let world: World
let thief: Prover
beforeAll(async () => {
  world = await startWorld()
  thief = await newProver()
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})
afterEach(() => {
  world.state.draining = false
})

const grant = (person: Person, body: unknown, options: AskOptions = {}) =>
  world.ask(person, '/v1/grants', { method: 'POST', body, ...options })
const granted = async (person: Person = 'ana', more: object = {}): Promise<GrantAnswer> =>
  (await grant(person, { connection: 'vectordb', ...more })).body as unknown as GrantAnswer

/** What a stream does with the grant. */
const tunnel = async (token: string, prover = world.prover) =>
  world.authenticator.grant({
    method: 'GET',
    url: '/v1/tunnel',
    host: undefined,
    authorization: `DPoP ${token}`,
    dpop: await prover.prove({ url: `${world.url}/v1/tunnel`, token }),
  })

test('a grant says on what terms, and opens a stream with the key that asked for it', async () => {
  const answer = await grant('ana', { connection: 'vectordb', reason: 'ticket 7' })
  expect(answer).toMatchObject({
    status: 201,
    body: {
      subject: 'ana',
      connection: {
        name: 'vectordb',
        policy: 'research',
        database: 'vectors',
        clear: false,
        masks: [expect.any(String)],
      },
    },
  })
  const { grant: token, id, expiresAt } = answer.body as unknown as GrantAnswer
  expect(Math.abs(Date.parse(expiresAt) - Date.now() - 600_000)).toBeLessThan(5_000)
  expect(await tunnel(token)).toMatchObject({
    id,
    chain: id,
    connection: 'vectordb',
    reason: 'ticket 7',
    principal: { subject: 'ana' },
  })
  await expect(tunnel(token, thief)).rejects.toMatchObject({ code: 'GRANT_INVALID' })
})

test('a grant is no login', async () => {
  const { grant: token } = await granted()
  expect(await world.ask('ana', '/v1/me', { token })).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } })
})

test('a renewal keeps the chain, and the gateway tells the live sessions', async () => {
  const first = await granted()
  const second = await granted('ana', { renews: first.grant })
  expect(second.id).not.toBe(first.id)
  expect(await tunnel(second.grant)).toMatchObject({ chain: first.id })
  expect(world.renewed.at(-1)).toMatchObject({ chain: first.id, grant: { id: second.id } })
})

test.for<[string, Person, AskOptions]>([
  ['another person', 'ben', {}],
  ['another key', 'ana', {}],
])('a grant is not renewed by %s', async ([what, person]) => {
  const first = await granted()
  const before = world.renewed.length
  const options = what === 'another key' ? { prover: thief } : {}
  const answer = await grant(person, { connection: 'vectordb', renews: first.grant }, options)
  expect(answer).toMatchObject({ status: 401, body: { code: 'GRANT_INVALID' } })
  expect(world.renewed).toHaveLength(before)
})

test('who may not use a connection cannot tell it from one that is not there', async () => {
  const forbidden = await grant('ana', { connection: 'payroll' })
  const unknown = await grant('ana', { connection: 'nothing' })
  expect(forbidden).toMatchObject({ status: 403, body: { code: 'ACCESS_DENIED' } })
  expect(unknown.status).toBe(403)
  expect(unknown.text.replaceAll('nothing', 'payroll')).toBe(forbidden.text)
})

test.for(['__proto__', 'constructor', 'toString'])('%s is no connection', async (connection) => {
  expect(await grant('olu', { connection })).toMatchObject({ status: 403, body: { code: 'ACCESS_DENIED' } })
})

test('access that was taken away ends renewals', async () => {
  const first = await granted()
  const { view } = world.state
  world.state.view = { ...view, connections: {} }
  const answer = await grant('ana', { connection: 'vectordb', renews: first.grant })
  world.state.view = view
  expect(answer).toMatchObject({ status: 403, body: { code: 'ACCESS_DENIED' } })
})

test('a gateway that is about to stop gives no new grants, but renews', async () => {
  const first = await granted()
  world.state.draining = true
  expect(await grant('ana', { connection: 'vectordb' })).toMatchObject({
    status: 503,
    body: { code: 'GATEWAY_DRAINING' },
  })
  expect((await grant('ana', { connection: 'vectordb', renews: first.grant })).status).toBe(201)
})

test.for<[string, unknown]>([
  ['no connection', {}],
  ['an empty connection', { connection: '' }],
  ['a field nobody knows', { connection: 'vectordb', admin: true }],
  ['a list', []],
  ['null', null],
  ['no JSON', '{"connection":'],
  ['a poisoned prototype', '{"connection":"vectordb","__proto__":{"a":1}}'],
  ['a long reason', { connection: 'vectordb', reason: 'x'.repeat(1001) }],
  ['a word for an object', '"vectordb"'],
])('%s is no request for a grant', async ([, body]) => {
  expect(await grant('ana', body === null ? 'null' : body)).toMatchObject({
    status: 400,
    body: { code: 'REQUEST_INVALID' },
  })
})

test('a form is refused', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  expect(await grant('ana', 'connection=vectordb', { headers })).toMatchObject({
    status: 400,
    body: { code: 'REQUEST_INVALID' },
  })
})

test('the first entry that fits a person holds', async () => {
  expect((await granted('ben')).connection.policy).toBe('narrow')
})

test('connections are those one may use, on one’s own terms', async () => {
  const names = async (person: Person) =>
    ((await world.ask(person, '/v1/connections')).body.connections as { name: string; clear: boolean }[]).map(
      ({ name, clear }) => [name, clear],
    )
  expect(await names('ana')).toEqual([['vectordb', false]])
  expect(await names('dora')).toEqual([['vectordb', true]])
  expect(await names('olu')).toEqual([['payroll', false]])
  expect(await names('noor')).toEqual([])
})
