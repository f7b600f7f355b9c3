import { SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startIdp, type Idp } from '../../src/demo/idp.js'
import { verifyIdToken, type IdTokenOptions } from '../../src/identity/provider/id-token.js'
import { IdpKeys } from '../../src/identity/provider/idp-keys.js'

let idp: Idp
let keys: IdpKeys
let options: IdTokenOptions

beforeAll(async () => {
  idp = await startIdp()
  keys = new IdpKeys({ issuer: idp.issuer })
  options = { issuer: idp.issuer, clientId: idp.clientId, claims: { groups: 'groups' } }
})
afterAll(async () => {
  await idp[Symbol.asyncDispose]()
})

const now = () => Math.floor(Date.now() / 1000)
const verify = (token: string, over: Partial<IdTokenOptions> = {}) =>
  verifyIdToken(token, keys, { ...options, ...over })
const identity = async (claims: Record<string, unknown>, over: Partial<IdTokenOptions> = {}) =>
  (await verify(await idp.sign({ sub: 'ana', ...claims }), over)).identity

describe('an ID token is good', () => {
  test('and says who somebody is', async () => {
    const claims = { name: 'Ana B', preferred_username: 'anab', email: 'ana@example.com', groups: ['a', 'b'] }
    expect(await identity(claims)).toEqual({
      subject: 'ana',
      issuer: idp.issuer,
      name: 'ana@example.com',
      email: 'ana@example.com',
      groups: ['a', 'b'],
      login: { at: expect.any(Number) as number },
      namedAt: expect.any(Number) as number,
    })
  })

  test.for<[string, Record<string, unknown>, string]>([
    ['their e-mail address', { email: 'a@b.c', preferred_username: 'anab' }, 'a@b.c'],
    ['their user name', { preferred_username: 'anab', name: 'Ana' }, 'anab'],
    ['their subject', { name: 'Ana' }, 'ana'],
    [
      'their user name where the address is unverified',
      { email: 'x@y.z', email_verified: false, preferred_username: 'anab' },
      'anab',
    ],
    ['their subject where the rest are no words', { email: 7, preferred_username: '' }, 'ana'],
    ['their subject where the rest could drive a terminal', { email: '\x1b[2J', preferred_username: 'a\nb' }, 'ana'],
  ])('and calls people by %s', async ([, claims, name]) => {
    expect((await identity(claims)).name).toBe(name)
  })

  test('and calls people by the claim that the configuration chooses', async () => {
    const chosen = { claims: { groups: 'groups', name: 'name' } }
    expect((await identity({ name: 'Ana B', email: 'a@b.c' }, chosen)).name).toBe('Ana B')
    expect((await identity({ email: 'a@b.c' }, chosen)).name).toBe('a@b.c')
  })

  test('but an address that the provider calls unverified is not theirs', async () => {
    expect(await identity({ email: 'boss@example.com', email_verified: false })).not.toHaveProperty('email')
  })

  test.for<[string, Record<string, unknown>, string, string[]]>([
    ['a list', { groups: ['a', 'b'] }, 'groups', ['a', 'b']],
    ['one word', { groups: 'a' }, 'groups', ['a']],
    ['a path', { realm_access: { roles: ['a'] } }, 'realm_access.roles', ['a']],
    ['a name with dots', { 'https://x.example/groups': ['a'] }, 'https://x.example/groups', ['a']],
    ['nothing', {}, 'groups', []],
    ['something else', { groups: { a: 1 } }, 'groups', []],
    ['a list with other things', { groups: ['a', 1, null, ['b'], '\x07'] }, 'groups', ['a']],
    ['what every object has', {}, 'constructor.name', []],
  ])('with groups as %s', async ([, claims, groups, expected]) => {
    expect((await identity(claims, { claims: { groups } })).groups).toEqual(expected)
  })

  test.for([-50, 0])('%i s after its time is over', async (past) => {
    await expect(identity({ exp: now() + past })).resolves.toBeDefined()
  })

  test('50 s before it was issued', async () => {
    await expect(identity({ iat: now() + 50 })).resolves.toBeDefined()
  })

  test('for an audience that the configuration names, whichever client it was issued to', async () => {
    const claims = { aud: ['hoop', 'other'], azp: 'ci' }
    await expect(identity(claims, { audience: 'hoop' })).resolves.toBeDefined()
  })

  test('for several audiences when it was issued to this client', async () => {
    await expect(identity({ aud: [idp.clientId, 'other'], azp: idp.clientId })).resolves.toBeDefined()
  })

  test('and names the key it is bound to', async () => {
    const token = await idp.sign({ sub: 'ana', cnf: { jkt: 'k' } })
    expect(await verify(token)).toMatchObject({ jkt: 'k' })
  })
})

describe('an ID token is refused', () => {
  test.for<[string, Record<string, unknown>, string]>([
    ['of another issuer', { iss: 'https://evil.example.com' }, 'TOKEN_INVALID'],
    ['of no issuer', { iss: undefined }, 'TOKEN_INVALID'],
    ['for another audience', { aud: 'other' }, 'TOKEN_INVALID'],
    ['for no audience', { aud: undefined }, 'TOKEN_INVALID'],
    ['for several audiences, issued to another client', { aud: ['hoop-cli', 'o'], azp: 'o' }, 'TOKEN_INVALID'],
    ['for several audiences, issued to nobody knows whom', { aud: ['hoop-cli', 'o'] }, 'TOKEN_INVALID'],
    ['issued to another client', { azp: 'other' }, 'TOKEN_INVALID'],
    ['that has expired', { exp: Math.floor(Date.now() / 1000) - 90 }, 'TOKEN_EXPIRED'],
    ['that never expires', { exp: undefined }, 'TOKEN_INVALID'],
    ['of the future', { iat: Math.floor(Date.now() / 1000) + 600 }, 'TOKEN_INVALID'],
    ['not issued at any time', { iat: undefined }, 'TOKEN_INVALID'],
    ['not good yet', { nbf: Math.floor(Date.now() / 1000) + 600 }, 'TOKEN_INVALID'],
    ['for nobody', { sub: undefined }, 'TOKEN_INVALID'],
    ['for an empty subject', { sub: '' }, 'TOKEN_INVALID'],
    ['for a subject with a line break', { sub: 'ana\nroot' }, 'TOKEN_INVALID'],
    ['for a subject too long', { sub: 'a'.repeat(256) }, 'TOKEN_INVALID'],
    ['for a subject that is no word', { sub: 7 }, 'TOKEN_INVALID'],
    [
      'that is a logout token',
      { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
      'TOKEN_INVALID',
    ],
  ])('%s', async ([, claims, code]) => {
    await expect(identity(claims)).rejects.toMatchObject({ code })
  })

  test.for(['at+jwt', 'logout+jwt', 'hoop-grant+jwt', 'dpop+jwt'])('of type %s', async (typ) => {
    await expect(verify(await idp.sign({ sub: 'ana' }, { typ }))).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  const claims = () => ({ iss: idp.issuer, aud: idp.clientId, sub: 'ana', iat: now(), exp: now() + 300 })

  test('without a signature', async () => {
    await expect(verify(new UnsecuredJWT(claims()).encode())).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  test('signed with a shared secret, even if that is the public key', async () => {
    const { keys: published } = (await (await fetch(`${idp.issuer}/jwks`)).json()) as {
      keys: [{ kid: string; n: string }]
    }
    const [{ kid, n }] = published
    const forged = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256', kid })
      .sign(Buffer.from(n, 'base64url'))
    await expect(verify(forged)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  test('signed by somebody else under the same key id', async () => {
    await using other = await startIdp()
    const { keys: published } = (await (await fetch(`${idp.issuer}/jwks`)).json()) as { keys: [{ kid: string }] }
    const forged = await other.sign({ ...claims(), iss: idp.issuer }, { kid: published[0].kid })
    await expect(verify(forged)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  test('with a key of its own in the header', async () => {
    await using other = await startIdp()
    const { keys: published } = (await (await fetch(`${other.issuer}/jwks`)).json()) as { keys: [object] }
    const forged = await other.sign(
      { ...claims() },
      { jwk: published[0] as unknown as string, jku: `${other.issuer}/jwks` },
    )
    await expect(verify(forged)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  test.for(['', 'x', 'a.b.c', '..', `${'a'.repeat(9000)}.b.c`, 'eyJhbGciOiJSUzI1NiJ9.bnVsbA.x'])(
    'that reads %j',
    async (token) => {
      await expect(verify(token)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
    },
  )
})

test('a token that the real device flow gave is good', async () => {
  const started = (await (
    await fetch(`${idp.issuer}/device/auth`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: idp.clientId, scope: 'openid profile email groups' }),
    })
  ).json()) as { device_code: string; user_code: string }
  await idp.approve(started.user_code, 'casey')
  const answer = (await (
    await fetch(`${idp.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: idp.clientId,
        device_code: started.device_code,
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      }),
    })
  ).json()) as { id_token: string; access_token: string }
  expect((await verify(answer.id_token)).identity).toMatchObject({
    subject: 'casey',
    email: 'casey@contractor.example',
    groups: ['contractors'],
  })
  await expect(verify(answer.access_token)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
})
