import { refreshTokenGrant, ResponseBodyError, tokenRevocation } from 'openid-client'
import { HoopError } from '../../lib/errors.js'
import type { Environment } from '../files/environment.js'
import { bindingTo, discover, idpError } from './idp.js'
import type { Profile } from './profiles.js'
import type { ProofKey } from './proof.js'

/** What passes by itself (RFC 6749, section 4.1.2.1; RFC 8628, section 3.5). */
const passing = new Set(['temporarily_unavailable', 'server_error', 'slow_down'])

/**
 * New tokens for a refresh token. A provider may keep the old ID token or refresh token; what is absent stays.
 * @throws {HoopError} LOGIN_ENDED where the provider ended the login, IDP_UNREACHABLE where it doesn't answer
 * @see RFC 6749, section 6
 */
export async function refresh(
  env: Environment,
  profile: Profile,
  refreshToken: string,
  key: ProofKey,
  signal: AbortSignal,
): Promise<{ idToken?: string; refreshToken?: string }> {
  const config = await discover(env, profile, signal)
  try {
    const tokens = await refreshTokenGrant(config, refreshToken, undefined, await bindingTo(config, key))
    return {
      ...(tokens.id_token && { idToken: tokens.id_token }),
      ...(tokens.refresh_token && { refreshToken: tokens.refresh_token }),
    }
  } catch (error) {
    // Too many requests, or one at a bad moment, is no word on the login.
    if (error instanceof ResponseBodyError && error.status < 500 && error.status !== 429 && !passing.has(error.error))
      throw new HoopError('LOGIN_ENDED', `it says ${error.error_description ?? error.error}`, { cause: error })
    throw idpError(profile.issuer, error)
  }
}

/** Ends a refresh token at the identity provider. @returns why it could not be done. @see RFC 7009 */
export async function revoke(
  env: Environment,
  profile: Profile,
  refreshToken: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const config = await discover(env, profile, signal)
    if (!config.serverMetadata().revocation_endpoint) return 'the identity provider has no way to revoke tokens'
    await tokenRevocation(config, refreshToken, { token_type_hint: 'refresh_token' })
    return undefined
  } catch (error) {
    signal.throwIfAborted()
    return idpError(profile.issuer, error).message
  }
}
