import { decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions, type JWTVerifyResult } from 'jose'
import { HoopError } from '../../lib/errors.js'
import { clockTolerance } from '../clock.js'
import type { IdpKeys } from './idp-keys.js'
import { repeatedName } from './repeated-name.js'

/** Signatures only, and no key that both sides share: `none` and HS* can never match. */
export const usualAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] as const

export interface SignedTokenChecks {
  /** Exactly as the issuer calls itself. */
  readonly issuer: string
  readonly audience: string | readonly string[]
  readonly algorithms?: readonly string[] | undefined
  readonly requiredClaims: readonly string[]
}

/** Longest token that is looked at, characters: a header of HTTP holds no longer one. */
const longest = 24 * 1024

/** Seconds until the end of a token that ends at all. */
const farthest = 366 * 86_400

const reasons: Partial<Record<string, string>> = {
  ERR_JOSE_ALG_NOT_ALLOWED: 'its algorithm is not allowed',
  ERR_JWKS_NO_MATCHING_KEY: 'the identity provider has no such key',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'the identity provider has several keys that it may mean',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'its signature is wrong',
}

const reason = (error: unknown): HoopError => {
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

const checkTimes = ({ iat, exp }: JWTPayload) => {
  const now = Date.now() / 1000
  const ahead = (iat ?? 0) - now
  if (ahead > clockTolerance) {
    throw new HoopError('TOKEN_INVALID', `it was issued ${Math.round(ahead)} s in the future`, {
      hint: 'The clocks of the identity provider and the gateway disagree: set the gateway’s clock.',
    })
  }
  // JSON's 1e999 is a number too, and what never ends can't be remembered until then.
  if (exp !== undefined && !(exp - now < farthest))
    throw new HoopError('TOKEN_INVALID', 'it is good for more than a year')
}

/** Both parts are signed, and were read once already: what they say twice they say to nobody. */
const checkNames = (token: string) => {
  for (const part of token.split('.').slice(0, 2)) {
    const name = repeatedName(Buffer.from(part, 'base64url').toString('utf8'))
    if (name !== undefined) throw new HoopError('TOKEN_INVALID', 'it names a claim twice')
  }
}

/** Who a token claims to be from, before anything is checked. @throws {HoopError} TOKEN_INVALID */
export const issuerOf = (token: string): string | undefined => {
  if (token.length > longest) throw new HoopError('TOKEN_INVALID', `it is longer than ${longest} characters`)
  try {
    return decodeJwt(token).iss
  } catch (error) {
    throw reason(error)
  }
}

/**
 * Checks a JWT of an issuer whose keys are fetched: signature, issuer, audience and times.
 * @throws {HoopError} TOKEN_INVALID, TOKEN_EXPIRED, IDP_UNREACHABLE
 * @see RFC 7519, section 7.2; RFC 8725
 */
export const verifySigned = async (
  token: string,
  keys: Pick<IdpKeys, 'current' | 'renewed'>,
  { issuer, audience, algorithms = usualAlgorithms, requiredClaims }: SignedTokenChecks,
): Promise<JWTVerifyResult> => {
  const checks: JWTVerifyOptions = {
    algorithms: [...algorithms],
    issuer,
    audience: typeof audience === 'string' ? audience : [...audience],
    requiredClaims: [...requiredClaims],
    clockTolerance,
  }
  // A token that claims another issuer needs none of this one's keys.
  if (issuerOf(token) !== issuer) throw new HoopError('TOKEN_INVALID', 'it comes from another issuer')
  try {
    const verified = await jwtVerify(token, await keys.current(), checks).catch(async (error: unknown) => {
      const renewed = error instanceof errors.JWKSNoMatchingKey ? await keys.renewed() : undefined
      if (!renewed) throw error
      return jwtVerify(token, renewed, checks)
    })
    checkNames(token)
    checkTimes(verified.payload)
    return verified
  } catch (error) {
    throw reason(error)
  }
}
