import { SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startIdp, type Idp } from '../../src/demo/idp.js'
import { verifyIdToken } from '../../src/identity/provider/id-token.js'
import { IdpKeys } from '../../src/identity/provider/idp-keys.js'
import { verifyLogoutToken } from '../../src/identity/provider/logout-token.js'

let idp: Idp
let keys: IdpKeys
beforeAll(async () => {
  idp = await startIdp()
  keys = new IdpKeys({ issuer: idp.issuer })
})
afterAll(() => idp[Symbol.asyncDispose]())

const now = () => Math.floor(Date.now() / 1000)
const event = 'http://schemas.openid.net/event/backchannel-logout'
const usual = () => ({ sub: 'ana', jti: 'a', exp: now() + 120, events: { [event]: {} } })
const typ = { typ: 'logout+jwt' }
const verify = (token: string) => verifyLogoutToken(token, keys, { issuer: idp.issuer, clientIds: [idp.clientId] })

test.for<[string, Record<string, unknown>, Record<string, unknown>]>([
  ['of a person', {}, { subject: 'ana' }],
  ['of a session', { sub: undefined, sid: 's' }, { sid: 's' }],
  ['of a person’s session', { sid: 's' }, { subject: 'ana', sid: 's' }],
  ['whose event has members', { events: { [event]: { reason: 'left' } } }, { subject: 'ana' }],
  ['among other events', { events: { [event]: {}, 'https://example.com/other': {} } }, { subject: 'ana' }],
])('a logout token %s is good', async ([, claims, said]) => {
  const logout = await verify(await idp.sign({ ...usual(), ...claims }, typ))
  expect(logout).toEqual({ ...said, jti: 'a', at: expect.any(Number) as number, until: expect.any(Number) as number })
  expect(Math.abs(logout.at - Date.now())).toBeLessThan(5000)
  // For longer than a clock a minute off could let it in again.
  expect(logout.until).toBeGreaterThan((now() + 120 + 60) * 1000)
})

test.for(['JWT', 'logout+jwt', 'application/logout+jwt', 'LOGOUT+JWT'])('its type may be %s', async (type) => {
  expect(await verify(await idp.sign(usual(), { typ: type }))).toMatchObject({ subject: 'ana' })
})

test.for<[string, Record<string, unknown>, Record<string, string>?]>([
  ['an ID token', { events: undefined }],
  ['without the event', { events: {} }],
  ['for another event', { events: { 'https://example.com/other': {} } }],
  ['with events in a list', { events: [event] }],
  ['with events as text', { events: event }],
  ['whose event is text', { events: { [event]: '' } }],
  ['whose event is a list', { events: { [event]: [] } }],
  ['whose event is null', { events: { [event]: null } }],
  ['with a nonce', { nonce: 'n' }],
  ['with an empty nonce', { nonce: '' }],
  ['with a nonce of null', { nonce: null }],
  ['that names nobody', { sub: undefined }],
  ['that names nobody by an empty subject', { sub: '' }],
  ['whose subject is a number', { sub: 7 }],
  ['whose session is an object', { sid: {} }],
  ['whose subject is too long', { sub: 'a'.repeat(256) }],
  ['for a service token', { sub: 'token:abc' }],
  ['for a workload', { sub: 'workload:github:1' }],
  ['without jti', { jti: undefined }],
  ['with an empty jti', { jti: '' }],
  ['whose jti is a number', { jti: 1 }],
  ['without exp', { exp: undefined }],
  ['without iat', { iat: undefined }],
  ['that has expired', { exp: now() - 120 }],
  ['of the future', { iat: now() + 600 }],
  ['not yet valid', { nbf: now() + 600 }],
  ['for another client', { aud: 'other' }],
  ['for nobody', { aud: undefined }],
  ['of another issuer', { iss: 'https://evil.example.com' }],
  ['of no issuer', { iss: undefined }],
  ['that is typed as an access token', {}, { typ: 'at+jwt' }],
  ['that is typed as a proof', {}, { typ: 'dpop+jwt' }],
  ['that is typed as a grant of the gateway', {}, { typ: 'hoop-grant+jwt' }],
  ['by an unknown key', {}, { kid: 'unknown' }],
])('a token %s logs nobody out', async ([, claims, header]) => {
  const token = await idp.sign({ ...usual(), ...claims }, header ?? typ)
  await expect(verify(token)).rejects.toMatchObject({
    code: expect.stringMatching(/^TOKEN_(INVALID|EXPIRED)$/) as string,
  })
})

test('one without a signature, by a shared secret, by another provider or of rubbish logs nobody out', async () => {
  await using other = await startIdp()
  const claims = { iss: idp.issuer, aud: idp.clientId, iat: now(), ...usual() }
  const known = await keys.current()
  const publicKey = JSON.stringify(known.jwks().keys[0])
  for (const token of [
    new UnsecuredJWT(claims).encode(),
    await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', ...typ }).sign(Buffer.from(publicKey)),
    await other.sign(claims, typ),
    `${(await idp.sign(usual(), typ)).slice(0, -6)}AAAAAA`,
    'a.b.c',
    '',
  ])
    await expect(verify(token)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
})

test('a logout token is no ID token', async () => {
  const options = { issuer: idp.issuer, clientId: idp.clientId, claims: { groups: 'groups' } }
  for (const header of [typ, { typ: 'JWT' }])
    await expect(verifyIdToken(await idp.sign(usual(), header), keys, options)).rejects.toMatchObject({
      code: 'TOKEN_INVALID',
    })
})

test('the provider may have changed its keys meanwhile', async () => {
  await using rotating = await startIdp()
  const its = new IdpKeys({ issuer: rotating.issuer, cooldown: 0 })
  await its.current()
  await rotating.rotateKey({ dropOld: true })
  const options = { issuer: rotating.issuer, clientIds: [rotating.clientId] }
  expect(await verifyLogoutToken(await rotating.sign(usual(), typ), its, options)).toMatchObject({ subject: 'ana' })
})
