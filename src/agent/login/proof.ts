import { createHash, randomUUID } from 'node:crypto'
// By its parts, not as a whole: every command makes a proof, and the whole takes as long to load as the rest of a command.
import type { CryptoKey, JWK } from 'jose'
import { SignJWT } from 'jose/jwt/sign'
import { exportJWK } from 'jose/key/export'
import { generateKeyPair } from 'jose/key/generate/keypair'
import { importJWK } from 'jose/key/import'

/** A key pair for proofs of possession (RFC 9449): one per login, and one for tokens from elsewhere. */
export interface ProofKey {
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
}

export async function newProofKey(): Promise<{ key: ProofKey; jwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  return { key: { privateKey, publicJwk: await exportJWK(publicKey) }, jwk: await exportJWK(privateKey) }
}

/** The key as it was kept beside the tokens. */
export async function readProofKey(jwk: JWK): Promise<ProofKey> {
  const { d: _, ...publicJwk } = jwk
  return { privateKey: (await importJWK(jwk, 'ES256')) as CryptoKey, publicJwk }
}

/**
 * A proof for one request, bound to its method, its URL without query, and the token that goes with it, if one does.
 * @see RFC 9449, section 4.2
 */
export function prove(key: ProofKey, method: string, url: URL, token: string | undefined): Promise<string> {
  const { kty, crv, x, y } = key.publicJwk
  return new SignJWT({
    htm: method,
    htu: `${url.origin}${url.pathname}`,
    ...(token !== undefined && { ath: createHash('sha256').update(token, 'ascii').digest('base64url') }),
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } as JWK })
    .setJti(randomUUID())
    .setIssuedAt()
    .sign(key.privateKey)
}
