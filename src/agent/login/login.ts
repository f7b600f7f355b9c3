import {
  AuthorizationResponseError,
  initiateDeviceAuthorization,
  pollDeviceAuthorizationGrant,
  ResponseBodyError,
} from 'openid-client'
import { deadline } from '../../lib/deadline.js'
import { HoopError } from '../../lib/errors.js'
import { readCaFile } from '../api/reach/ca-file.js'
import { type Claims, readClaims } from './claims.js'
import type { Environment } from '../files/environment.js'
import { reachGateway, skewError, toleratedSkew } from '../api/gateway-info.js'
import { bindingTo, discover, idpError } from './idp.js'
import { readLogin, writeLogin } from './secrets.js'
import { asAddress, findProfile, nameFor, newAccount, type Profile, saveProfile } from './profiles.js'
import { newProofKey, type ProofKey } from './proof.js'
import { routeTo } from '../api/target.js'

export interface LoginRequest {
  /** URL of a gateway or name of a profile; without it the current profile's. */
  readonly gateway?: string
  readonly caFile?: string
  readonly name?: string
}

/** What the person must do, and until when. @see RFC 8628, section 3.2 */
export interface DeviceCode {
  readonly url: string
  /** The same with the code in it, where the provider offers one. */
  readonly completeUrl?: string
  readonly userCode: string
  /** ISO 8601 */
  readonly expiresAt: string
}

export interface LoggedIn {
  readonly profile: Profile
  readonly claims: Claims
  readonly keptIn: 'keyring' | 'file'
}

/**
 * Logs in by the device flow (RFC 8628). Nothing is kept before the provider has answered, and then all of it, so that
 * an interruption leaves things as they were.
 * @throws {HoopError} LOGIN_EXPIRED, LOGIN_DENIED, IDP_UNREACHABLE, CLOCK_SKEW, GATEWAY_…
 */
export async function login(
  env: Environment,
  request: LoginRequest,
  show: (code: DeviceCode) => void,
  warn: (text: string) => void,
  signal: AbortSignal,
): Promise<LoggedIn> {
  const target = await targetOf(env, request)
  const { info, ahead } = await reachGateway(routeTo(env, target.url, target.ca), 15_000, signal)
  if (Math.abs(ahead) > toleratedSkew) throw skewError(ahead)
  const { issuer, clientId, scopes } = info
  const { key, jwk } = await newProofKey()
  const tokens = await deviceFlow(env, { issuer, clientId, scopes }, key, show, signal)

  const claims = tokens.id_token === undefined ? undefined : readClaims(tokens.id_token)
  if (!claims)
    throw new HoopError('LOGIN_DENIED', 'the identity provider gave no ID token', {
      hint: 'Ask the gateway’s operator to add the scope openid.',
    })
  signal.throwIfAborted()
  const before = await readLogin(env, target).catch(() => undefined)
  const vault = await writeLogin(
    env,
    target.account,
    { idToken: tokens.id_token!, ...(tokens.refresh_token && { refreshToken: tokens.refresh_token }), key: jwk },
    before?.vault.kind === 'file' ? () => undefined : warn,
  )
  const profile: Profile = { ...target, issuer, clientId, scopes, keptIn: vault.kind }
  await saveProfile(env, profile)
  return { profile, claims, keptIn: vault.kind }
}

async function targetOf(
  env: Environment,
  { gateway, caFile, name }: LoginRequest,
): Promise<Pick<Profile, 'name' | 'url' | 'ca' | 'account'>> {
  const known = await findProfile(env, gateway)
  const url = known?.url ?? asAddress(gateway ?? env['HOOP_GATEWAY'] ?? '')
  if (!url)
    throw new HoopError('USAGE', gateway ? `${gateway} is no https address of a gateway` : 'which gateway?', {
      hint: 'Run: hoop login https://HOST:PORT',
    })
  const ca = caFile === undefined ? known?.ca : await readCaFile(caFile, 'USAGE')
  const same = known !== undefined && (name === undefined || name === known.name)
  return {
    name: name ?? known?.name ?? (await nameFor(env, url)),
    url,
    ...(ca !== undefined && { ca }),
    account: same ? known.account : newAccount(),
  }
}

async function deviceFlow(
  env: Environment,
  { issuer, clientId, scopes }: { issuer: string; clientId: string; scopes: readonly string[] },
  key: ProofKey,
  show: (code: DeviceCode) => void,
  signal: AbortSignal,
): Promise<{ id_token?: string; refresh_token?: string }> {
  const config = await discover(env, { issuer, clientId }, signal)
  try {
    // Some providers want the consent asked for anew before they give a refresh token.
    const offline = scopes.includes('offline_access') ? { prompt: 'consent' } : {}
    const asked = await initiateDeviceAuthorization(config, { scope: scopes.join(' '), ...offline })
    const expiresAt = Date.now() + asked.expires_in * 1000
    show({
      url: asked.verification_uri,
      ...(asked.verification_uri_complete !== undefined && { completeUrl: asked.verification_uri_complete }),
      userCode: asked.user_code,
      expiresAt: new Date(expiresAt).toISOString(),
    })
    const lasting = deadline(asked.expires_in * 1000, signal)
    const polling = pollDeviceAuthorizationGrant(config, asked, undefined, {
      ...(await bindingTo(config, key)),
      signal: lasting,
    })
    polling.catch(() => undefined)
    // The library sleeps out its interval before it looks at the signal.
    return await Promise.race([polling, aborted(lasting)]).catch((error: unknown) => {
      if (lasting.aborted && !signal.aborted) throw new HoopError('LOGIN_EXPIRED', '', { cause: error })
      throw error
    })
  } catch (error) {
    signal.throwIfAborted()
    throw loginError(issuer, error)
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))

/** @see RFC 8628, section 3.5 */
function loginError(issuer: string, error: unknown): HoopError {
  if (error instanceof ResponseBodyError || error instanceof AuthorizationResponseError) {
    const about = error.error_description ?? error.error
    if (error.error === 'expired_token') return new HoopError('LOGIN_EXPIRED', '', { cause: error })
    if (error.error === 'access_denied') return new HoopError('LOGIN_DENIED', '', { cause: error })
    return new HoopError('LOGIN_DENIED', `the identity provider says ${about}`, { cause: error })
  }
  return idpError(issuer, error)
}
