import type { JWTPayload } from 'jose'
import { HoopError } from '../../lib/errors.js'
import type { IdpKeys } from './idp-keys.js'
import { identityOf, type ClaimNames, type Identity } from '../principal.js'
import { verifySigned } from './signed-token.js'

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
  /** Milliseconds since 1970. */
  readonly expiresAt?: number
  /** Told which key presents the token, before it counts for anything. @throws {HoopError} TOKEN_BOUND, STORE_FAILED */
  readonly present?: (jkt: string) => Promise<void>
}

/** OpenID Connect Core 1.0, section 3.1.3.7: a token for several audiences says whom it was issued to. */
const checkParty = ({ aud, azp }: JWTPayload, { clientId, audience }: IdTokenOptions) => {
  const own = audience === undefined || audience === clientId
  const wrong = azp === undefined ? Array.isArray(aud) && aud.length > 1 : azp !== clientId
  if (own && wrong) throw new HoopError('TOKEN_INVALID', 'it was issued to another client')
}

/** A logout token (`events`) or an access token for the same client is signed by the same keys and is no proof of login. */
export const checkType = ({ typ }: { typ?: string | undefined }, { events }: JWTPayload) => {
  if ((typ !== undefined && typ.toUpperCase() !== 'JWT') || events !== undefined) {
    throw new HoopError('TOKEN_INVALID', 'it is no ID token')
  }
}

const boundKey = ({ cnf }: JWTPayload): { jkt?: string } => {
  const jkt = (cnf as { jkt?: unknown } | undefined)?.jkt
  return typeof jkt === 'string' ? { jkt } : {}
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
  const { protectedHeader, payload } = await verifySigned(token, keys, {
    issuer: options.issuer,
    audience: options.audience ?? options.clientId,
    requiredClaims: ['sub', 'exp', 'iat'],
  })
  checkType(protectedHeader, payload)
  checkParty(payload, options)
  const expiresAt = (payload.exp ?? 0) * 1000
  return { identity: identityOf(payload, options.claims), expiresAt, ...boundKey(payload) }
}
