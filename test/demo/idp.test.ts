import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startIdp, type Idp } from '../../src/demo/idp.js'
import { deviceTokens } from '../helpers/login.js'

let idp: Idp
let config: client.Configuration
const scope = 'openid profile email groups offline_access'

beforeAll(async () => {
  idp = await startIdp()
  config = await client.discovery(new URL(idp.issuer), idp.clientId, undefined, client.None(), {
    execute: [client.allowInsecureRequests],
  })
})
afterAll(() => idp[Symbol.asyncDispose]())

const login = async (account: string) => {
  const device = await client.initiateDeviceAuthorization(config, { scope })
  await idp.approve(device.user_code, account)
  return client.pollDeviceAuthorizationGrant(config, device)
}

test('a device login gives an ID token with the groups, and a refresh token that rotates', async () => {
  const tokens = await login('casey')
  expect(tokens.claims()).toMatchObject({ sub: 'casey', email: 'casey@contractor.example', groups: ['contractors'] })
  const again = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
  expect(again.claims()).toMatchObject({ sub: 'casey', groups: ['contractors'] })
  expect(again.refresh_token).not.toBe(tokens.refresh_token)
  await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
})

test('a revoked refresh token and a disabled account refresh no more', async () => {
  const revoked = await login('mika')
  await client.tokenRevocation(config, revoked.refresh_token ?? '')
  await expect(client.refreshTokenGrant(config, revoked.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  const tokens = await login('mika')
  idp.disable('mika')
  await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  idp.enable('mika')
  await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
})

test.for([undefined, 'casey'])('a denied login is told to the device (%s)', async (account) => {
  const device = await client.initiateDeviceAuthorization(config, { scope })
  await idp.deny(device.user_code, account)
  await expect(client.pollDeviceAuthorizationGrant(config, device)).rejects.toMatchObject({ error: 'access_denied' })
})

test('an unknown code is refused in the browser', async () => {
  await expect(idp.approve('BBBB-BBBB', 'casey')).rejects.toThrow('not valid')
})

test('a rotated key is published beside the old one, and signs', async () => {
  const before = await idp.sign({ sub: 'casey' })
  await idp.rotateKey()
  const after = await idp.sign({ sub: 'casey' })
  const keys = createRemoteJWKSet(new URL(`${idp.issuer}/jwks`))
  const { idToken } = await deviceTokens(idp, 'casey')
  for (const token of [before, after, idToken])
    await jwtVerify(token, keys, { issuer: idp.issuer, audience: idp.clientId })
})
