import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify, type JWK, type JWTPayload } from 'jose'
import { HoopError } from '../lib/errors.js'
import { clockTolerance } from './clock.js'

/** A request as far as a proof covers it. */
export interface ProvedRequest {
  readonly method: string
  /** Addresses under which the client may have known this resource; queries and fragments don't count. */
  readonly urls: readonly string[]
  /** The access token that came with it; none where one is asked for (RFC 9449, section 5). */
  readonly token: string | undefined
}

export interface Proof {
  /** Thumbprint of the key that signed it (RFC 7638, SHA-256). */
  readonly jkt: string
  readonly jti: string
}

/** The longest jti that is remembered as it is; ours are UUIDs. */
const longestId = 256

const invalid = (about: string, cause?: unknown) => new HoopError('PROOF_INVALID', about, { cause })

const resource = (address: unknown): string | undefined => {
  const url = typeof address === 'string' ? URL.parse(address) : null
  return url ? url.origin + url.pathname : undefined
}

const checkTime = (iat: unknown) => {
  if (typeof iat !== 'number' || !Number.isFinite(iat)) throw invalid('it has no time')
  const ahead = Math.floor(iat) - Math.floor(Date.now() / 1000)
  if (Math.abs(ahead) > clockTolerance) {
    const word = ahead > 0 ? 'ahead of' : 'behind'
    throw new HoopError('CLOCK_SKEW', `this machine’s clock is ${Math.abs(ahead)} s ${word} the gateway’s`)
  }
}

const checkClaims = ({ htm, htu, ath, iat, jti }: JWTPayload, { method, urls, token }: ProvedRequest): string => {
  if (htm !== method) throw invalid('it is for another method')
  const sent = resource(htu)
  if (sent === undefined || !urls.some((url) => resource(url) === sent)) {
    throw new HoopError('PROOF_INVALID', 'it is for another address', {
      hint: 'Reach the gateway under the address that its operator configured (gateway.url).',
    })
  }
  const hash = token === undefined ? undefined : createHash('sha256').update(token).digest('base64url')
  if (ath !== hash) throw invalid('it is for another token')
  checkTime(iat)
  if (typeof jti !== 'string' || jti === '' || jti.length > longestId) throw invalid('it has no usable id')
  return jti
}

/**
 * Checks a DPoP proof against the request it came with. That it wasn't used before is the caller's to check, once the
 * token is known to be good.
 * @throws {HoopError} PROOF_INVALID, CLOCK_SKEW
 * @see RFC 9449, section 4.3
 */
export const verifyProof = async (proof: string, request: ProvedRequest): Promise<Proof> => {
  const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
    typ: 'dpop+jwt',
    algorithms: ['ES256', 'EdDSA', 'Ed25519'],
    // iat alone bounds a proof; the tolerance here only spares an `exp` that a client adds.
    clockTolerance,
  }).catch((error: unknown) => {
    throw invalid('', error)
  })
  const jti = checkClaims(payload, request)
  return { jkt: await calculateJwkThumbprint(protectedHeader.jwk as JWK), jti }
}
