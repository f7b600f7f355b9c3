import * as client from 'openid-client'
import type { Idp } from '../../src/demo/idp.js'
import { startHoop, type HoopOptions, type HoopResult } from './command/hoop.js'

export interface Tokens {
  readonly idToken: string
  readonly refreshToken: string
}

/** Tokens of an account by the device flow, without the CLI. Takes a second, the provider's polling interval. */
export const deviceTokens = async (idp: Idp, account: string): Promise<Tokens> => {
  const config = await client.discovery(new URL(idp.issuer), idp.clientId, undefined, client.None(), {
    execute: [client.allowInsecureRequests],
  })
  const device = await client.initiateDeviceAuthorization(config, { scope: 'openid profile email offline_access' })
  await idp.approve(device.user_code, account)
  const { id_token, refresh_token } = await client.pollDeviceAuthorizationGrant(config, device)
  if (!id_token || !refresh_token) throw new Error('the provider gave no ID token or no refresh token')
  return { idToken: id_token, refreshToken: refresh_token }
}

/** An ID token for an account, signed at once: as the device flow gives it, without the wait. */
export const idToken = (idp: Idp, account: string): Promise<string> => {
  const found = idp.accounts.find(({ id }) => id === account)
  if (!found) throw new Error(`there is no account ${account}`)
  const { id, name, email, groups } = found
  return idp.sign({ sub: id, name, preferred_username: id, email, groups: [...groups] })
}

/** `hoop login`, with a script at the browser. */
export const hoopLogin = async (
  idp: Idp,
  account: string,
  gateway: { readonly url: string; readonly caFile: string },
  options: HoopOptions,
): Promise<HoopResult> => {
  await using login = startHoop(['login', gateway.url, '--ca', gateway.caFile], options)
  const [code] = await login.until(/\b[A-Z]{4}-[A-Z]{4}\b/)
  await idp.approve(code, account)
  return await login.ended
}
