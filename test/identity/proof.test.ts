import { exportJWK, SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { verifyProof } from '../../src/identity/proof.js'
import { newProver, type ProofChanges, type Prover } from './proofs.js'

const url = 'https://gateway.example.com:8443/v1/grants'
const token = 'a.b.c'
const request = { method: 'POST', urls: [url], token }
const now = () => Math.floor(Date.now() / 1000)

let prover: Prover
beforeAll(async () => {
  prover = await newProver()
})

// The clock stands still, so that the bounds can be tested to the second.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const check = async (changes?: ProofChanges) =>
  verifyProof(await prover.prove({ method: 'POST', url, token }, changes), request)

describe('a proof is good', () => {
  test.for(['ES256', 'EdDSA'] as const)('by a key for %s, and names its thumbprint', async (alg) => {
    const other = await newProver(alg)
    const proof = await other.prove({ method: 'POST', url, token })
    expect(await verifyProof(proof, request)).toMatchObject({ jkt: other.jkt })
  })

  test.for([
    'https://GATEWAY.example.com:8443/v1/grants',
    'https://gateway.example.com:8443/v1/grants?a=b#c',
    'https://gateway.example.com:8443/v1/x/../grants',
  ])('for the address %s, which is the same', async (htu) => {
    await expect(check({ claims: { htu } })).resolves.toMatchObject({ jkt: prover.jkt })
  })

  test('for any of the addresses under which the gateway is known', async () => {
    const proof = await prover.prove({ method: 'POST', url: 'https://localhost/v1/grants', token })
    await expect(
      verifyProof(proof, { ...request, urls: [url, 'https://localhost:443/v1/grants?x'] }),
    ).resolves.toBeDefined()
  })

  test.for([-60, 0, 60])('with a clock that is %i s off', async (off) => {
    await expect(check({ claims: { iat: now() + off } })).resolves.toBeDefined()
  })
})

describe('a proof is refused', () => {
  test.for<[string, ProofChanges]>([
    ['for another method', { claims: { htm: 'GET' } }],
    ['for no method', { claims: { htm: undefined } }],
    ['for another path', { claims: { htu: 'https://gateway.example.com:8443/v1/me' } }],
    ['for another host', { claims: { htu: 'https://evil.example.com:8443/v1/grants' } }],
    ['for another port', { claims: { htu: 'https://gateway.example.com/v1/grants' } }],
    ['for http', { claims: { htu: 'http://gateway.example.com:8443/v1/grants' } }],
    ['for no address', { claims: { htu: undefined } }],
    ['for what is no address', { claims: { htu: '/v1/grants' } }],
    ['for another token', { claims: { ath: 'AAAA' } }],
    ['for no token', { claims: { ath: undefined } }],
    ['without a time', { claims: { iat: undefined } }],
    ['with words for a time', { claims: { iat: 'now' } }],
    ['without an id', { claims: { jti: undefined } }],
    ['with an empty id', { claims: { jti: '' } }],
    ['with an id too long to remember', { claims: { jti: 'x'.repeat(257) } }],
    ['of another type', { header: { typ: 'JWT' } }],
    ['of no type', { header: { typ: undefined } }],
    ['without a key', { header: { jwk: undefined } }],
  ])('%s', async ([, changes]) => {
    await expect(check(changes)).rejects.toMatchObject({ code: 'PROOF_INVALID' })
  })

  test('with the private key in it', async () => {
    const { privateKey } = prover
    await expect(check({ header: { jwk: await exportJWK(privateKey) } })).rejects.toMatchObject({
      code: 'PROOF_INVALID',
    })
  })

  test('with a key that did not sign it', async () => {
    const { publicJwk } = await newProver()
    await expect(check({ header: { jwk: publicJwk } })).rejects.toMatchObject({ code: 'PROOF_INVALID' })
  })

  test('by an RSA key', async () => {
    const rsa = await newProver('RS256')
    const proof = await rsa.prove({ method: 'POST', url, token })
    await expect(verifyProof(proof, request)).rejects.toMatchObject({ code: 'PROOF_INVALID' })
  })

  test('with a shared secret in place of a key', async () => {
    const secret = Buffer.alloc(32, 1)
    const jwk = { kty: 'oct', k: secret.toString('base64url') }
    const proof = await new SignJWT({ htm: 'POST', htu: url, jti: 'x', iat: now() })
      .setProtectedHeader({ alg: 'HS256', typ: 'dpop+jwt', jwk })
      .sign(secret)
    await expect(verifyProof(proof, request)).rejects.toMatchObject({ code: 'PROOF_INVALID' })
  })

  test.for(['', 'x', 'a.b.c', 'a.b', '.'.repeat(1000), new UnsecuredJWT({ htm: 'POST', htu: url }).encode()])(
    'that reads %j',
    async (proof) => {
      await expect(verifyProof(proof, request)).rejects.toMatchObject({ code: 'PROOF_INVALID' })
    },
  )

  test.for([
    [-600, /600 s behind/],
    [600, /600 s ahead/],
    [-61, /61 s behind/],
    [61, /61 s ahead/],
  ] as const)('with a clock that is %i s off, and the error says by how much', async ([off, words]) => {
    const error: unknown = await check({ claims: { iat: now() + off } }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'CLOCK_SKEW' })
    expect(String(error)).toMatch(words)
  })
})
