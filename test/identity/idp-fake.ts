import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose'

type Answer = (response: ServerResponse, request: IncomingMessage) => void

/** A stand-in for an identity provider that misbehaves on demand, which a real one doesn't. */
export interface FakeIdp extends AsyncDisposable {
  readonly issuer: string
  readonly clientId: string
  /** Requests so far, by path. */
  readonly seen: Record<string, number>
  /** Answers in place of the right ones, by path. */
  readonly answers: Record<string, Answer | undefined>
  /** Adds a key, first in line; with `only` the others are gone. */
  addKey(options?: { alg?: string; only?: boolean; publish?: boolean }): Promise<void>
  sign(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>
  /** Stops answering: connections are refused. */
  stop(): Promise<void>
}

const discovery = '/.well-known/openid-configuration'

export const startFakeIdp = async (): Promise<FakeIdp> => {
  const seen: FakeIdp['seen'] = {}
  const answers: FakeIdp['answers'] = {}
  const clientId = 'hoop-cli'
  let keys: {
    jwk: JWK
    sign: (claims: Record<string, unknown>, header: Record<string, unknown>) => Promise<string>
  }[] = []
  let published: JWK[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    seen[path] = (seen[path] ?? 0) + 1
    const answer = answers[path]
    if (answer) return answer(response, request)
    response.setHeader('content-type', 'application/json')
    if (path === discovery) return response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks` }))
    if (path === '/jwks') return response.end(JSON.stringify({ keys: published }))
    response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = async () => {
    if (!server.listening) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }

  const idp: FakeIdp = {
    issuer,
    clientId,
    seen,
    answers,
    stop,
    addKey: async ({ alg = 'RS256', only = false, publish = true } = {}) => {
      const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
      const kid = `key-${keys.length}-${alg}`
      const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }
      const sign = (claims: Record<string, unknown>, header: Record<string, unknown>) =>
        new SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'JWT', ...header }).sign(privateKey)
      keys = [{ jwk, sign }, ...keys]
      if (publish) published = [jwk, ...(only ? [] : published)]
    },
    sign: (claims = {}, header = {}) => {
      const now = Math.floor(Date.now() / 1000)
      const usual = { iss: issuer, aud: clientId, sub: 'ana', iat: now, exp: now + 300 }
      return keys[0]!.sign({ ...usual, ...claims }, header)
    },
    [Symbol.asyncDispose]: stop,
  }
  await idp.addKey()
  return idp
}
