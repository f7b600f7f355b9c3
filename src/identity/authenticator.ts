import type { IncomingMessage } from 'node:http'
import { HoopError } from '../lib/errors.js'
import type { VerifiedToken } from './provider/id-token.js'
import { isGrant } from './grants.js'
import type { Identity } from './principal.js'
import { verifyProof, type Proof } from './proof.js'
import type { SpendsProofs } from './replay.js'
import type { Grant, Principal } from './types.js'

/** A request as far as identity goes. */
export interface SignedRequest {
  readonly method: string
  /** Path and query, as the request line has them. */
  readonly url: string
  readonly host: string | undefined
  readonly authorization: string | undefined
  readonly dpop: string | undefined
  /** Where it comes from, as far as that is known. */
  readonly address?: string | undefined
}

/** A kind of token that stands for somebody. ID tokens are one; a service token is another. */
export interface TokenKind {
  recognizes(token: string): boolean
  /** @throws {HoopError} of the identity codes */
  verify(token: string, from: Pick<SignedRequest, 'address'>): Promise<VerifiedToken>
  /** Told of a request that was proved by the right key. */
  used?(identity: Identity, from: Pick<SignedRequest, 'address'>): void
}

export interface AuthenticatorOptions {
  /** Asked in order; the first that recognizes a token checks it. */
  readonly tokens: readonly TokenKind[]
  /** Checks a grant against the key that proved the request. @throws {HoopError} GRANT_INVALID, GRANT_EXPIRED */
  readonly verifyGrant: (token: string, jkt: string) => Promise<Grant>
  readonly replay: Pick<SpendsProofs, 'use'>
  /** The gateway's address as clients use it, perhaps with a path where a reverse proxy adds one. */
  readonly gateway: () => string
  /** Whether a Host header names this gateway. The client chooses that header, so it proves nothing by itself. */
  readonly isOwnHost: (host: string) => boolean
}

export interface Authenticator {
  /** @throws {HoopError} NOT_LOGGED_IN, TOKEN_*, PROOF_*, CLOCK_SKEW, IDP_UNREACHABLE */
  principal(request: SignedRequest): Promise<Principal>
  /** @throws {HoopError} NOT_LOGGED_IN, GRANT_*, PROOF_*, CLOCK_SKEW */
  grant(request: SignedRequest): Promise<Grant>
  /**
   * Of a request that asks for a token and brings none: which key proves it. To be spent once it is known to be good.
   * @throws {HoopError} PROOF_*, CLOCK_SKEW
   */
  key(request: SignedRequest): Promise<{ readonly jkt: string; spend(): Promise<void> }>
}

export const signedRequest = ({ method, url, headers }: IncomingMessage, address?: string): SignedRequest => ({
  address,
  method: method ?? '',
  url: url ?? '',
  host: headers.host,
  authorization: headers.authorization,
  dpop: typeof headers.dpop === 'string' ? headers.dpop : undefined,
})

/** RFC 9449, section 7.1: the scheme is DPoP. A bearer token has no key behind it. */
const tokenOf = ({ authorization }: SignedRequest): string => {
  if (authorization === undefined) throw new HoopError('NOT_LOGGED_IN')
  const [, token] = /^DPoP +([\w.~+/=-]+)$/i.exec(authorization) ?? []
  if (token === undefined) throw new HoopError('TOKEN_INVALID', 'it must come as Authorization: DPoP <token>')
  return token
}

/** Checks who sends a request: the token, the proof that its sender holds the key, and that the proof is new. */
export const createAuthenticator = (options: AuthenticatorOptions): Authenticator => {
  const { tokens, replay } = options

  const prove = (request: SignedRequest, token: string | undefined): Promise<Proof> => {
    if (request.dpop === undefined) throw new HoopError('PROOF_INVALID', 'there is none')
    const { host } = request
    const urls = [
      new URL(options.gateway()).origin + request.url,
      options.gateway().replace(/\/$/, '') + request.url,
      ...(host !== undefined && options.isOwnHost(host) ? [`https://${host}${request.url}`] : []),
    ]
    return verifyProof(request.dpop, { method: request.method, urls, token })
  }

  // Only a proof that came with a good token is remembered, so that strangers can't fill the memory.
  const spend = async ({ jkt, jti }: Proof): Promise<void> => replay.use(`${jkt} ${jti}`)

  return {
    async principal(request) {
      const token = tokenOf(request)
      if (isGrant(token)) throw new HoopError('TOKEN_INVALID', 'a grant opens streams and nothing else')
      const kind = tokens.find((one) => one.recognizes(token))
      if (!kind) throw new HoopError('TOKEN_INVALID')
      const { identity, jkt, present } = await kind.verify(token, request)
      const proof = await prove(request, token)
      if (jkt !== undefined && jkt !== proof.jkt)
        throw identity.owner ? new HoopError('TOKEN_KEY') : new HoopError('TOKEN_INVALID', 'it is bound to another key')
      await present?.(proof.jkt)
      await spend(proof)
      kind.used?.(identity, request)
      return { ...identity, jkt: proof.jkt }
    },
    async grant(request) {
      const token = tokenOf(request)
      if (!isGrant(token)) throw new HoopError('GRANT_INVALID', 'a stream takes a grant')
      const proof = await prove(request, token)
      const grant = await options.verifyGrant(token, proof.jkt)
      await spend(proof)
      return grant
    },
    async key(request) {
      const proof = await prove(request, undefined)
      return { jkt: proof.jkt, spend: () => spend(proof) }
    },
  }
}
