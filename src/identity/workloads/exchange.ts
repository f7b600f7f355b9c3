import type { JWTPayload } from 'jose'
import { asHoopError, catalogue, HoopError } from '../../lib/errors.js'
import { checkType } from '../provider/id-token.js'
import type { IdpKeys } from '../provider/idp-keys.js'
import type { TokenOwners } from '../presented.js'
import { issuerOf, verifySigned } from '../provider/signed-token.js'
import { workloadIdentity } from './identity.js'
import { issueWorkloadToken, type WorkloadIdentity, type WorkloadTokenOptions } from './token.js'
import { match, type WorkloadTrust } from './trust.js'

export interface ExchangeOptions extends Omit<WorkloadTokenOptions, 'trust'> {
  /** Of the configuration in force, in its order: the first that fits holds. */
  readonly trusts: () => readonly WorkloadTrust[]
  readonly keysOf: (trust: WorkloadTrust) => Pick<IdpKeys, 'current' | 'renewed'>
  readonly owners: Pick<TokenOwners, 'exchange'>
  /** Milliseconds that a gateway token lives. */
  readonly lifetime: () => number
}

/** A token of a platform that is to become one of the gateway's. */
export interface ExchangeRequest {
  readonly token: string
  /** Whom the caller wants to reach, where they say so. */
  readonly audience: string | undefined
  /** Thumbprint of the key that proved the request. */
  readonly jkt: string
  /** Uses the proof up, once the token is known to be good. @throws {HoopError} PROOF_REPLAYED */
  readonly spend: () => Promise<void>
}

export interface Exchanged {
  readonly token: string
  readonly identity: WorkloadIdentity
  /** Seconds. */
  readonly expiresIn: number
}

/** What one trust says of a token: nobody's, or whose it is. */
interface Look {
  readonly trust: WorkloadTrust
  readonly payload?: JWTPayload
  readonly identity?: WorkloadIdentity
  readonly failed?: readonly string[]
  readonly error?: HoopError
}

/** The caller wants a token for somebody else. @see RFC 8693, section 2.2.2 */
export class InvalidTarget extends HoopError {
  constructor() {
    super('REQUEST_INVALID', 'the audience is another than this gateway', {
      hint: 'Ask for a token for the gateway’s own address, or set HOOP_AUDIENCE to what its operator says.',
    })
  }
}

/** An address is one with or without a last slash. */
const forms = (audience: string): readonly string[] => [audience.replace(/\/$/, ''), `${audience.replace(/\/$/, '')}/`]

const audiencesOf = ({ audience }: WorkloadTrust, gateway: string): readonly string[] =>
  audience === undefined ? forms(gateway) : [audience]

/** People log in again; a program's platform has to be looked at. */
const forPrograms = (error: HoopError): HoopError => {
  const { code, about, hint, cause } = error
  if (hint !== catalogue.TOKEN_INVALID.hint) return error
  return new HoopError(code, about, {
    hint: 'Look at the token that the platform gives: its issuer, its time, and its audience, which has to be the gateway’s URL.',
    cause,
  })
}

/** @throws {HoopError} TOKEN_INVALID where others can pass it on, or take it for one that is for them */
const checkAudience = ({ aud }: JWTPayload) => {
  if (Array.isArray(aud) && aud.length !== 1) throw new HoopError('TOKEN_INVALID', 'it is for several audiences')
}

/** @throws {HoopError} TOKEN_INVALID: what isn't text can't be remembered as one */
const idOf = ({ jti }: JWTPayload): string | undefined => {
  if (jti !== undefined && (typeof jti !== 'string' || jti === ''))
    throw forPrograms(new HoopError('TOKEN_INVALID', 'its claim jti is not acceptable'))
  return jti
}

const unverifiedIssuer = (token: string): string | undefined => {
  try {
    return issuerOf(token)
  } catch (error) {
    throw forPrograms(asHoopError(error))
  }
}

/** Why nobody takes it. For whoever runs the gateway: which conditions there are is nobody else's business. */
const refusal = (looks: readonly Look[]): HoopError => {
  const failed = looks.filter((look) => look.failed !== undefined)
  if (failed.length === 0) return looks[0]?.error ?? new HoopError('WORKLOAD_REFUSED', 'nobody trusts its issuer here')
  const words = failed.map(({ trust, failed: names = [] }) => `${trust.name}: ${names.join(', ')}`)
  return new HoopError('WORKLOAD_REFUSED', '', {
    cause: new Error(`conditions that did not hold: ${words.join('; ')}`),
  })
}

const look = async (trust: WorkloadTrust, token: string, options: ExchangeOptions): Promise<Look> => {
  try {
    const { payload, protectedHeader } = await verifySigned(token, options.keysOf(trust), {
      issuer: trust.issuer,
      audience: audiencesOf(trust, options.gateway()),
      algorithms: trust.algorithms,
      requiredClaims: ['sub', 'exp', 'iat'],
    })
    checkType(protectedHeader, payload)
    checkAudience(payload)
    const matched = match(trust, payload)
    if ('failed' in matched) return { trust, failed: matched.failed }
    const identity = workloadIdentity(trust, payload, matched.claims) as WorkloadIdentity
    return { trust, payload, identity: { ...identity, namedAt: payload.iat! * 1000 } }
  } catch (error) {
    return { trust, error: forPrograms(asHoopError(error)) }
  }
}

/**
 * Gives a gateway token, bound to the caller's key, for a token that a trusted issuer signed for this gateway.
 * @throws {HoopError} TOKEN_*, WORKLOAD_REFUSED, IDP_UNREACHABLE, STORE_FAILED; REQUEST_INVALID for another audience
 * @see RFC 8693
 */
export const exchangeToken = async (
  { token, audience, jkt, spend }: ExchangeRequest,
  options: ExchangeOptions,
): Promise<Exchanged> => {
  const trusts = options.trusts()
  const known = [...forms(options.gateway()), ...trusts.flatMap((trust) => audiencesOf(trust, options.gateway()))]
  if (audience !== undefined && !known.includes(audience)) throw new InvalidTarget()
  const issuer = unverifiedIssuer(token)
  const looks: Look[] = []
  for (const trust of trusts.filter((one) => one.issuer === issuer)) {
    const seen = await look(trust, token, options)
    looks.push(seen)
    if (!seen.identity || !seen.payload) continue
    const expiresAt = (seen.payload.exp ?? 0) * 1000
    const asked = { token, jti: idOf(seen.payload), again: trust.reuse === 'same-key' }
    await spend()
    await options.owners.exchange(asked, seen.identity, jkt, expiresAt)
    const expiresIn = Math.floor(options.lifetime() / 1000)
    const find = (name: string) => trusts.find((one) => one.name === name)
    const made = await issueWorkloadToken(seen.identity, jkt, expiresIn, { ...options, trust: find })
    return { token: made, identity: seen.identity, expiresIn }
  }
  throw refusal(looks)
}
