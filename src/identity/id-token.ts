import { decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions, type JWTVerifyResult } from 'jose'
import { HoopError } from '../lib/errors.js'
import { clockTolerance } from './clock.js'
import type { IdpKeys } from './idp-keys.js'
import { identityOf, type ClaimNames, type Identity } from './principal.js'

export interface IdTokenOptions {
  readonly issuer: string
  readonly clientId: string
  /** Where tokens are for another audience than the client. */
  readonly audience?: string | undefined
  readonly claims: ClaimNames
}

/** A verified token: who, and the key it is bound to where the provider bound it (RFC 7800). */
export interface VerifiedToken {
  readonly identity: Identity
  readonly jkt?: string
}

/** Signatures only, and no key that both sides share: `none` and HS* can never match. */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519']

const reasons: Partial<Record<string, string>> = {
  ERR_JOSE_ALG_NOT_ALLOWED: 'its algorithm is not allowed',
  ERR_JWKS_NO_MATCHING_KEY: 'the identity provider has no such key',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'its signature is wrong',
}

/** What the token says is wrong with it. */
export const tokenRefusal = (error: unknown): HoopError => {
  if (error instanceof HoopError) return error
  if (error instanceof errors.JWTExpired) {
    const ago = Math.round(Date.now() / 1000 - Number(error.payload.exp))
    return new HoopError('TOKEN_EXPIRED', `${ago} s ago`, { cause: error })
  }
  const about =
    error instanceof errors.JWTClaimValidationFailed
      ? `its claim ${error.claim} is not acceptable`
      : error instanceof errors.JOSEError
        ? (reasons[error.code] ?? 'it is malformed')
        : 'it is malformed'
  return new HoopError('TOKEN_INVALID', about, { cause: error })
}

export const checkTimes = ({ iat }: JWTPayload) => {
  const ahead = (iat ?? 0) - Date.now() / 1000
  if (ahead > clockTolerance) {
    throw new HoopError('TOKEN_INVALID', `it was issued ${Math.round(ahead)} s in the future`, {
      hint: 'The clocks of the identity provider and the gateway disagree: set the gateway’s clock.',
    })
  }
}

/** OpenID Connect Core 1.0, section 3.1.3.7: a token for several audiences says whom it was issued to. */
const checkParty = ({ aud, azp }: JWTPayload, { clientId, audience }: IdTokenOptions) => {
  const own = audience === undefined || audience === clientId
  const wrong = azp === undefined ? Array.isArray(aud) && aud.length > 1 : azp !== clientId
  if (own && wrong) throw new HoopError('TOKEN_INVALID', 'it was issued to another client')
}

/** A logout token (`events`) or an access token for the same client is signed by the same keys and is no proof of login. */
const checkType = ({ typ }: { typ?: string | undefined }, { events }: JWTPayload) => {
  if ((typ !== undefined && typ.toUpperCase() !== 'JWT') || events !== undefined) {
    throw new HoopError('TOKEN_INVALID', 'it is no ID token')
  }
}

const boundKey = ({ cnf }: JWTPayload): { jkt?: string } => {
  const jkt = (cnf as { jkt?: unknown } | undefined)?.jkt
  return typeof jkt === 'string' ? { jkt } : {}
}

/** Checks a signature of the issuer's, with its newest keys where the known ones don't do. @throws errors of jose */
export const verifySigned = async (
  token: string,
  keys: Pick<IdpKeys, 'current' | 'renewed'>,
  options: Omit<JWTVerifyOptions, 'algorithms'>,
): Promise<JWTVerifyResult> => {
  const checks = { ...options, algorithms }
  return jwtVerify(token, await keys.current(), checks).catch(async (error: unknown) => {
    const renewed = error instanceof errors.JWKSNoMatchingKey ? await keys.renewed() : undefined
    if (!renewed) throw error
    return jwtVerify(token, renewed, checks)
  })
}

/**
 * Checks an OIDC ID token.
 * @throws {HoopError} TOKEN_INVALID, TOKEN_EXPIRED, IDP_UNREACHABLE
 * @see OpenID Connect Core 1.0, section 3.1.3.7
 */
export const verifyIdToken = async (
  token: string,
  keys: Pick<IdpKeys, 'current' | 'renewed'>,
  options: IdTokenOptions,
): Promise<VerifiedToken> => {
  const checks = {
    issuer: options.issuer,
    audience: options.audience ?? options.clientId,
    requiredClaims: ['sub', 'exp', 'iat'],
    clockTolerance,
  }
  try {
    // A token that claims another issuer needs none of this one's keys.
    if (decodeJwt(token).iss !== options.issuer) throw new HoopError('TOKEN_INVALID', 'it comes from another issuer')
    const verified = await verifySigned(token, keys, checks)
    checkType(verified.protectedHeader, verified.payload)
    checkTimes(verified.payload)
    checkParty(verified.payload, options)
    return { identity: identityOf(verified.payload, options.claims), ...boundKey(verified.payload) }
  } catch (error) {
    throw tokenRefusal(error)
  }
}
