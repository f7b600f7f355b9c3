import { decodeProtectedHeader, errors, jwtVerify, SignJWT, type JWTPayload } from 'jose'
import { HoopError } from '../../lib/errors.js'
import type { TokenKind } from '../authenticator.js'
import { type SigningKeys, verifyingKey } from '../keys.js'
import type { Identity } from '../principal.js'
import type { WorkloadProof } from '../types.js'
import type { WorkloadTrust } from './trust.js'

const tokenType = 'hoop-workload+jwt'

/** A workload's identity, kept with the proof that makes it one. */
export type WorkloadIdentity = Identity & { readonly workload: WorkloadProof }

export interface WorkloadTokenOptions {
  /** Who issues and accepts it: the gateway's address. */
  readonly gateway: () => string
  readonly keys: () => SigningKeys
  /** The trust of that name in the configuration in force. */
  readonly trust: (name: string) => Pick<WorkloadTrust, 'digest'> | undefined
}

interface Claims extends JWTPayload {
  sub: string
  iat: number
  exp: number
  idp: string
  name: string
  workload: WorkloadProof
  terms: string
  cnf: { jkt: string }
}

/** Signs a gateway token for a workload, bound to the key that proved the exchange. @param lifetime whole seconds */
export const issueWorkloadToken = async (
  { subject, issuer, name, workload }: WorkloadIdentity,
  jkt: string,
  lifetime: number,
  { gateway, keys, trust }: WorkloadTokenOptions,
): Promise<string> => {
  const [key] = keys()
  const terms = trust(workload.trust)?.digest ?? ''
  return new SignJWT({ idp: issuer, name, workload, terms, cnf: { jkt } })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: tokenType })
    .setIssuer(gateway())
    .setAudience(gateway())
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + lifetime)
    .sign(key.privateKey)
}

const isWorkloadToken = (token: string): boolean => {
  try {
    return decodeProtectedHeader(token).typ === tokenType
  } catch {
    return false
  }
}

/** The gateway tokens of workloads: its own clock made them, so no difference between clocks is tolerated. */
export const workloadTokens = ({ gateway, keys, trust }: WorkloadTokenOptions): TokenKind => ({
  recognizes: isWorkloadToken,
  verify: async (token) => {
    const key = ({ kid }: { kid?: string }) => {
      const found = verifyingKey(keys(), kid, Date.now())
      if (!found) throw new errors.JWKSNoMatchingKey()
      return found
    }
    const { payload } = await jwtVerify<Claims>(token, key, {
      typ: tokenType,
      algorithms: ['EdDSA', 'ES256'],
      issuer: gateway(),
      audience: gateway(),
      requiredClaims: ['exp', 'iat', 'sub'],
    }).catch((error: unknown) => {
      const code = error instanceof errors.JWTExpired ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID'
      throw new HoopError(code, '', { cause: error, hint: 'Exchange a token of your platform again.' })
    })
    const { sub: subject, idp: issuer, name, workload, cnf } = payload
    if (trust(workload.trust)?.digest !== payload.terms)
      throw new HoopError('TOKEN_EXPIRED', 'what the gateway trusts has changed since', {
        hint: 'Exchange a token of your platform again.',
      })
    // By its time, who was shut out and let in again needs a new one.
    const namedAt = payload.iat * 1000
    const identity = { subject, issuer, name, groups: [], workload, namedAt }
    return { identity, jkt: cnf.jkt, expiresAt: payload.exp * 1000 }
  },
})
