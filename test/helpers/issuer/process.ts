/**
 * Issuers of programs' tokens, in a process of their own: each has keys, discovery and a key set under a path of its name,
 * and misbehaves when it is told to. `/github` gives tokens as GitHub does to a job; `/control` is the test's.
 */
import { KeyObject, sign as signRaw } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { absent } from './absent.ts'
import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

/** How a key set is given out; `good` as it should be. */
export type Fault = 'good' | 'down' | 'slow' | 'garbage' | 'huge' | 'redirecting' | 'empty' | 'list'

interface Key {
  readonly alg: string
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly jwk: JWK
}

class Issuer {
  keys: Key[] = []
  published: JWK[] = []
  fault: Fault = 'good'
  asked = 0
  /** Claims over the usual ones that GitHub's endpoint signs. */
  claims: Record<string, unknown> = {}

  async add({ alg = 'RS256', kid, publish = true }: { alg?: string; kid?: string; publish?: boolean } = {}) {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    const bare = await exportJWK(publicKey)
    const own = kid ?? (await calculateJwkThumbprint(bare))
    const jwk = { ...bare, kid: own, alg, use: 'sig' }
    this.keys.unshift({ alg, kid: own, privateKey, jwk })
    if (publish) this.published.unshift(jwk)
    return own
  }
}

const issuers = new Map<string, Issuer>()
let origin = ''

const issuerOf = async (name: string): Promise<Issuer> => {
  let issuer = issuers.get(name)
  if (!issuer) {
    issuers.set(name, (issuer = new Issuer()))
    await issuer.add()
  }
  return issuer
}

const without = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== absent))

const sign = async (name: string, claims: Record<string, unknown>, header: Record<string, unknown> = {}) => {
  const { keys } = await issuerOf(name)
  const { alg, kid, privateKey } = keys.find((key) => header['alg'] === undefined || key.alg === header['alg'])!
  const now = Math.floor(Date.now() / 1000)
  const usual = { iss: `${origin}/${name}`, iat: now, exp: now + 300, jti: crypto.randomUUID() }
  return new SignJWT(without({ ...usual, ...claims }))
    .setProtectedHeader({ alg, ...without({ kid, typ: 'JWT', ...header }) })
    .sign(privateKey)
}

/** The claims, and one of them once more: by hand, since no library writes that. */
const twice = async (name: string, claims: Record<string, unknown>): Promise<string> => {
  const { keys } = await issuerOf(name)
  const { alg, kid, privateKey } = keys[0]!
  const part = (text: string): string => Buffer.from(text).toString('base64url')
  const payload = JSON.stringify(claims).replace(/}$/, `,"sub":${JSON.stringify(claims['sub'])}}`)
  const input = `${part(JSON.stringify({ alg, kid }))}.${part(payload)}`
  return `${input}.${signRaw('sha256', Buffer.from(input), KeyObject.from(privateKey)).toString('base64url')}`
}

const controls = {
  sign,
  twice,
  add: async (name: string, options: { alg?: string; kid?: string; publish?: boolean }) =>
    (await issuerOf(name)).add(options),
  drop: async (name: string) => void (await issuerOf(name)).published.splice(1),
  keys: async (name: string) => (await issuerOf(name)).published,
  asked: async (name: string) => (await issuerOf(name)).asked,
  fault: async (name: string, fault: Fault) => void ((await issuerOf(name)).fault = fault),
  claims: async (name: string, claims: Record<string, unknown>) => void ((await issuerOf(name)).claims = claims),
}

export type Controls = typeof controls

const json = (response: ServerResponse, body: unknown, status = 200) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

const faults: Record<Exclude<Fault, 'good'>, (response: ServerResponse) => unknown> = {
  down: (response) => response.destroy(),
  slow: () => undefined,
  garbage: (response) => response.end('<html>it works</html>'),
  huge: (response) => response.end(`{"keys":[${'{"kty":"oct"},'.repeat(200_000)}{}]}`),
  redirecting: (response) => response.writeHead(302, { location: `${origin}/other/jwks` }).end(),
  empty: (response) => json(response, { keys: [] }),
  list: (response) => json(response, [{ kty: 'RSA' }]),
}

/** GitHub's endpoint of a job: a bearer of its own, an audience, one token. */
const github = async (request: IncomingMessage, response: ServerResponse, url: URL) => {
  if (request.headers.authorization !== 'bearer job-secret') return json(response, { message: 'no' }, 401)
  const issuer = await issuerOf('github')
  json(response, { value: await sign('github', { ...issuer.claims, aud: url.searchParams.get('audience') }) })
}

const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = new URL(request.url ?? '/', origin)
  const [, name = '', ...rest] = url.pathname.split('/')
  if (name === 'control') {
    const { method, args } = JSON.parse(await text(request)) as { method: keyof Controls; args: unknown[] }
    const control = controls[method] as (...all: unknown[]) => Promise<unknown>
    return json(response, (await control(...args)) ?? null)
  }
  if (name === 'job') return github(request, response, url)
  const issuer = await issuerOf(name)
  if (rest.join('/') === '.well-known/openid-configuration')
    return json(response, { issuer: `${origin}/${name}`, jwks_uri: `${origin}/${name}/jwks` })
  issuer.asked++
  if (issuer.fault !== 'good') return void faults[issuer.fault](response)
  json(response, { keys: issuer.published })
}

const listener: RequestListener = (request, response) =>
  void serve(request, response).catch((error: unknown) => json(response, String(error), 500))
const { ISSUER_CERT: cert, ISSUER_KEY: key } = process.env
const server =
  cert && key
    ? createSecureServer({ cert: readFileSync(cert), key: readFileSync(key) }, listener)
    : createServer(listener)
server.listen(0, '127.0.0.1', () => {
  origin = `${cert ? 'https://localhost' : 'http://127.0.0.1'}:${(server.address() as AddressInfo).port}`
  process.stdout.write(`${origin}\n`)
})
process.on('disconnect', () => process.exit())
