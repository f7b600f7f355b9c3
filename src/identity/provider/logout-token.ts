import type { JWTPayload } from 'jose'
import { HoopError } from '../../lib/errors.js'
import type { Logout } from '../../store/people/logouts.js'
import { clockTolerance } from '../clock.js'
import type { IdpKeys } from './idp-keys.js'
import { isReserved } from '../account.js'
import { verifySigned } from './signed-token.js'

export interface LogoutTokenOptions {
  readonly issuer: string
  /** Of the clients that this gateway has at the issuer. */
  readonly clientIds: readonly string[]
}

const event = 'http://schemas.openid.net/event/backchannel-logout'

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const refuse = (about: string): never => {
  throw new HoopError('TOKEN_INVALID', about)
}

/** Explicitly typed, or untyped as before it was recommended; never a token of another kind (RFC 8725, section 3.11). */
const checkType = ({ typ }: { typ?: string | undefined }): void => {
  if (typ !== undefined && !/^(?:(?:application\/)?logout\+jwt|jwt)$/i.test(typ)) refuse('it is no logout token')
}

const word = (value: unknown, claim: string): string | undefined => {
  if (value === undefined) return undefined
  if (typeof value !== 'string' || value === '' || value.length > 255)
    return refuse(`its claim ${claim} is not acceptable`)
  return value
}

const logoutOf = ({ events, sub, sid, jti, iat = 0, exp = 0, ...rest }: JWTPayload): Logout => {
  if (!isObject(events) || !Object.hasOwn(events, event) || !isObject(events[event])) refuse('it is no logout token')
  // With a nonce it could be an ID token that somebody dressed up, or be taken for one.
  if (Object.hasOwn(rest, 'nonce')) refuse('a logout token has no nonce')
  const [subject, session, id] = [word(sub, 'sub'), word(sid, 'sid'), word(jti, 'jti')]
  if (subject === undefined && session === undefined) refuse('it names nobody')
  if (subject !== undefined && isReserved(subject)) refuse('it names nobody')
  return {
    ...(subject !== undefined && { subject }),
    ...(session !== undefined && { sid: session }),
    at: iat * 1000,
    jti: id ?? refuse('its claim jti is not acceptable'),
    until: (exp + 2 * clockTolerance) * 1000,
  }
}

/**
 * Checks a logout token, all but whether it was used before.
 * @throws {HoopError} TOKEN_INVALID, TOKEN_EXPIRED, IDP_UNREACHABLE
 * @see OpenID Connect Back-Channel Logout 1.0, section 2.6
 */
export const verifyLogoutToken = async (
  token: string,
  keys: Pick<IdpKeys, 'current' | 'renewed'>,
  { issuer, clientIds }: LogoutTokenOptions,
): Promise<Logout> => {
  const { payload, protectedHeader } = await verifySigned(token, keys, {
    issuer,
    audience: clientIds,
    requiredClaims: ['iat', 'exp', 'jti', 'events'],
  })
  checkType(protectedHeader)
  return logoutOf(payload)
}
