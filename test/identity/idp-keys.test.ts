import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { verifyIdToken } from '../../src/identity/provider/id-token.js'
import { IdpKeys, type IdpKeysOptions } from '../../src/identity/provider/idp-keys.js'
import { startFakeIdp, type FakeIdp } from './idp-fake.js'

const discovery = '/.well-known/openid-configuration'

const setUp = async (over: Partial<IdpKeysOptions> = {}) => {
  const idp = await startFakeIdp()
  const keys = new IdpKeys({ issuer: idp.issuer, ...over })
  const options = { issuer: idp.issuer, clientId: idp.clientId, claims: { groups: 'groups' } }
  return {
    idp,
    keys,
    verify: (token: string) => verifyIdToken(token, keys, options),
    [Symbol.asyncDispose]: () => idp[Symbol.asyncDispose](),
  }
}

const ask = (idp: FakeIdp) => idp.seen['/jwks'] ?? 0

test.for(['RS256', 'PS256', 'ES256', 'EdDSA'])('a token signed with %s is good', async (alg) => {
  await using world = await setUp()
  await world.idp.addKey({ alg })
  await expect(world.verify(await world.idp.sign())).resolves.toMatchObject({ identity: { subject: 'ana' } })
})

test.for(['RS384', 'PS512', 'ES384'])('a token signed with %s is refused', async (alg) => {
  await using world = await setUp()
  await world.idp.addKey({ alg })
  await expect(world.verify(await world.idp.sign())).rejects.toThrow(/algorithm/)
})

test('keys are asked for once, however many tokens come at once', async () => {
  await using world = await setUp()
  const token = await world.idp.sign()
  await Promise.all(Array.from({ length: 20 }, () => world.verify(token)))
  expect(world.idp.seen).toEqual({ [discovery]: 1, '/jwks': 1 })
  expect(world.keys.known).toBe(true)
})

test('a token under a new key is good at once when the cooldown is over', async () => {
  await using world = await setUp({ cooldown: 0 })
  await world.verify(await world.idp.sign())
  await world.idp.addKey({ alg: 'ES256', only: true })
  await expect(world.verify(await world.idp.sign())).resolves.toBeDefined()
  expect(ask(world.idp)).toBe(2)
})

test('tokens that name unknown keys do not make the gateway ask again and again', async () => {
  await using world = await setUp({ cooldown: 60_000 })
  await world.verify(await world.idp.sign())
  await world.idp.addKey({ publish: false })
  for (let n = 0; n < 5; n++) await expect(world.verify(await world.idp.sign())).rejects.toThrow(/no such key/)
  expect(ask(world.idp)).toBe(1)
})

test('a key that was withdrawn stops working when the known ones are old', async () => {
  await using world = await setUp({ freshFor: 50, cooldown: 0 })
  const token = await world.idp.sign()
  await world.verify(token)
  await world.idp.addKey({ only: true })
  await sleep(60)
  await expect(world.verify(token)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
})

test('while the provider is down, known keys verify, also when they are old', async () => {
  await using world = await setUp({ freshFor: 10, cooldown: 0 })
  const token = await world.idp.sign()
  await world.verify(token)
  await world.idp.stop()
  await sleep(20)
  await expect(world.verify(token)).resolves.toMatchObject({ identity: { subject: 'ana' } })
})

test('a provider that never answered is unreachable, and asked again as soon as somebody comes', async () => {
  await using world = await setUp()
  const token = await world.idp.sign()
  world.idp.answers[discovery] = (response) => response.writeHead(503).end()
  await expect(world.verify(token)).rejects.toMatchObject({ code: 'IDP_UNREACHABLE' })
  expect(world.keys.known).toBe(false)
  delete world.idp.answers[discovery]
  await expect(world.verify(token)).resolves.toBeDefined()
})

test('a token of another issuer is refused without asking anybody', async () => {
  await using world = await setUp()
  await expect(world.verify(await world.idp.sign({ iss: 'https://x.example' }))).rejects.toMatchObject({
    code: 'TOKEN_INVALID',
  })
  expect(world.idp.seen).toEqual({})
})

test.for<[string, string, string, RegExp]>([
  ['calls itself something else', discovery, '{"issuer":"https://other.example","jwks_uri":"x"}', /calls itself/],
  ['names no keys', discovery, '{"issuer":"ISSUER"}', /jwks_uri/],
  ['has its keys on plain http elsewhere', discovery, '{"issuer":"ISSUER","jwks_uri":"http://192.0.2.1/"}', /https/],
  ['has its keys in a file', discovery, '{"issuer":"ISSUER","jwks_uri":"file:///etc/passwd"}', /https/],
  ['sends no JSON', discovery, '<html>', /JSON/],
  ['sends null', discovery, 'null', /JSON/],
  ['sends keys of another shape', '/jwks', '{"keys":7}', /JSON Web Key Set/],
  ['sends without end', '/jwks', ' '.repeat(2 << 20), /larger/],
])('a provider that %s is refused', async ([, path, body, words]) => {
  await using world = await setUp()
  world.idp.answers[path] = (response) => response.end(body.replace('ISSUER', world.idp.issuer))
  await expect(world.verify(await world.idp.sign())).rejects.toThrow(words)
})

test('a provider that redirects is refused', async () => {
  await using world = await setUp()
  world.idp.answers['/jwks'] = (response) => response.writeHead(302, { location: '/elsewhere' }).end()
  await expect(world.verify(await world.idp.sign())).rejects.toMatchObject({ code: 'IDP_UNREACHABLE' })
  expect(world.idp.seen['/elsewhere']).toBeUndefined()
})

test('a provider that never finishes is given up', async () => {
  await using world = await setUp({ timeout: 100 })
  world.idp.answers['/jwks'] = (response) => void response.write('{')
  await expect(world.verify(await world.idp.sign())).rejects.toMatchObject({ code: 'IDP_UNREACHABLE' })
})

test('an issuer on plain http elsewhere is a mistake in the configuration', async () => {
  await expect(new IdpKeys({ issuer: 'http://login.example.com' }).current()).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  })
})
