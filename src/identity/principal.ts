import type { JWTPayload } from 'jose'
import { HoopError } from '../lib/errors.js'
import { isReserved } from './account.js'
import type { Login, Principal } from './types.js'

/** Who a token names, before it is known which key proves the request. */
export type Identity = Omit<Principal, 'jkt'>

export interface ClaimNames {
  /** A claim, or a path into one: `realm_access.roles`. */
  readonly groups: string
  /** Where people are called by another claim than e-mail or preferred_username. */
  readonly name?: string | undefined
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** A claim by its whole name (`https://example.com/groups`), else by the path that its dots spell. */
const claim = (claims: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(claims, name)
    ? claims[name]
    : name
        .split('.')
        .reduce<unknown>(
          (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
          claims,
        )

/** A word that may be shown on a terminal and written into a log: nothing that steers it or turns text around is one. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[^\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]{1,1000}$/u.test(value) ? value : undefined

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? (value as unknown[]) : [value]).map(text).filter((one) => one !== undefined)

/** A refreshed token tells when its login was made, where the provider says it (OpenID Connect Core 1.0, section 12.2). */
const loginOf = ({ iat, auth_time: made, sid }: JWTPayload): { login?: Login } => {
  if (iat === undefined) return {}
  const session = text(sid)
  const at = typeof made === 'number' ? Math.min(iat, made) : iat
  return { login: { at, ...(session !== undefined && { sid: session }) } }
}

/**
 * The person that verified claims name. An e-mail address that the provider calls unverified counts for nothing: anyone
 * could have typed it.
 * @throws {HoopError} TOKEN_INVALID without a usable `sub` (OpenID Connect Core 1.0, section 2: at most 255 characters)
 */
export const identityOf = (claims: JWTPayload, names: ClaimNames): Identity => {
  const { iss, email_verified: verified } = claims
  const sub = text(claims.sub)
  if (sub === undefined || sub.length > 255) throw new HoopError('TOKEN_INVALID', 'it names nobody')
  if (isReserved(sub.normalize('NFKC'))) throw new HoopError('TOKEN_INVALID', 'its subject is one of no person')
  const email = verified === false || verified === 'false' ? undefined : text(claims.email)
  const chosen = names.name === undefined ? undefined : text(claim(claims, names.name))
  return {
    subject: sub,
    issuer: iss ?? '',
    name: chosen ?? email ?? text(claims.preferred_username) ?? sub,
    ...(email !== undefined && { email }),
    groups: texts(claim(claims, names.groups)),
    ...loginOf(claims),
    ...(claims.iat !== undefined && { namedAt: claims.iat * 1000 }),
  }
}
