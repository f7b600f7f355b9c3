import { createHash, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'

/** A client's key, and proofs by it; every part of a proof can be made wrong. */
export interface Prover {
  readonly jkt: string
  readonly publicJwk: JWK
  readonly privateKey: CryptoKey
  prove(request: { method?: string; url: string; token: string }, over?: ProofChanges): Promise<string>
}

export interface ProofChanges {
  /** `undefined` leaves a claim out. */
  readonly claims?: Record<string, unknown>
  readonly header?: Record<string, unknown>
}

export const newProver = async (alg: 'ES256' | 'EdDSA' | 'RS256' = 'ES256'): Promise<Prover> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const publicJwk = await exportJWK(publicKey)
  return {
    jkt: await calculateJwkThumbprint(publicJwk),
    publicJwk,
    privateKey,
    prove: ({ method = 'GET', url, token }, { claims, header } = {}) =>
      new SignJWT({
        htm: method,
        htu: url,
        ath: createHash('sha256').update(token).digest('base64url'),
        jti: randomUUID(),
        iat: Math.floor(Date.now() / 1000),
        ...claims,
      })
        .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk: publicJwk, ...header })
        .sign(privateKey),
  }
}
