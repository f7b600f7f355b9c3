import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT, type JWK, type JWTPayload } from 'jose'
import { people, type Account } from './identity/accounts.js'
import { type Browser, walkDeviceLogin } from './identity/browser.js'
import { interact } from './identity/interactions.js'
import { type Backchannel, makeProvider, type WebClient } from './identity/provider.js'
import { Storage } from './identity/storage.js'

export interface IdpOptions {
  readonly accounts?: readonly Account[]
  /** 0, the default, takes a free one. */
  readonly port?: number
  readonly clientId?: string
  /** Where it is reached, if something stands before it; its own address otherwise. */
  readonly issuer?: string
  /** Seconds; defaults are an hour, ten minutes, a day. */
  /** Between two polls of a device login, in seconds; 1 unless set. */
  readonly interval?: number
  readonly lifetimes?: { readonly idToken?: number; readonly deviceCode?: number; readonly refreshToken?: number }
}

export interface Idp extends AsyncDisposable {
  readonly issuer: string
  readonly clientId: string
  readonly accounts: readonly Account[]
  /** Walks the browser's steps of the device login for a code: sign in and allow. */
  approve(userCode: string, account: string): Promise<void>
  /** The same, but the person says no at the consent page. */
  deny(userCode: string, account?: string): Promise<void>
  /** From now on the account can neither sign in nor refresh; `enable` takes that back. */
  disable(account: string): void
  enable(account: string): void
  /** Tells logouts there from now on (OpenID Connect Back-Channel Logout 1.0); before anybody has signed in. */
  tellLogouts(to: Backchannel): void
  /** Registers clients whose people sign in by a browser. */
  allowWeb(...clients: readonly WebClient[]): void
  /** Signs the account out of the provider, in the browser that last approved a login of it. */
  logOut(account: string): Promise<void>
  /** Answers the next polls of the token endpoint with `slow_down` (RFC 8628, section 3.5). */
  slowDown(polls: number): void
  /** Signs with a new key from now on; the old one stays published unless it is dropped. */
  rotateKey(options?: { readonly dropOld?: boolean }): Promise<void>
  /** Signs any claims with the key in force, over an ID token's own: for tokens that the flow never gives. */
  sign(claims: JWTPayload, header?: Readonly<Record<string, string>>): Promise<string>
}

const newKey = async (): Promise<JWK> => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk = await exportJWK(privateKey)
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'RS256', use: 'sig' }
}

/** Starts an OpenID provider on loopback, without TLS and without passwords: for the demo and for tests. */
export const startIdp = async ({
  accounts = people,
  port = 0,
  clientId = 'hoop-cli',
  issuer: reachedAt,
  interval = 1,
  lifetimes: { idToken = 3600, deviceCode = 600, refreshToken = 86_400 } = {},
}: IdpOptions = {}): Promise<Idp> => {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  const issuer = reachedAt ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const storage = new Storage()
  const disabled = new Set<string>()
  const enabled = () => accounts.filter(({ id }) => !disabled.has(id))
  let keys = [await newKey()]
  let backchannel: Backchannel | undefined
  let web: readonly WebClient[] = []
  const browsers = new Map<string, Browser>()
  const make = () =>
    makeProvider({
      issuer,
      clientId,
      storage,
      keys,
      account: (id) => enabled().find((account) => account.id === id),
      interval,
      ...{ backchannel, web },
      lifetimes: { idToken, deviceCode, refreshToken },
    })
  let provider = make()
  let slow = 0

  const slowDown = (response: ServerResponse) => {
    slow -= 1
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"slow_down"}')
  }
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    if (slow > 0 && request.url === '/token') return slowDown(response)
    if (request.url?.startsWith('/interaction/')) return interact(provider, enabled(), request, response)
    return provider.callback()(request, response)
  }
  server.on('request', (request, response) => {
    serve(request, response).catch((error: unknown) => response.writeHead(400).end(String(error)))
  })

  return {
    issuer,
    clientId,
    accounts,
    approve: async (userCode, account) =>
      void browsers.set(account, await walkDeviceLogin(`${issuer}/device`, userCode, account, 'allow')),
    deny: async (userCode, account) => {
      await walkDeviceLogin(`${issuer}/device`, userCode, account ?? '', account === undefined ? 'abort' : 'deny')
    },
    tellLogouts: (to) => {
      backchannel = to
      provider = make()
    },
    allowWeb: (...clients) => {
      web = clients
      provider = make()
    },
    logOut: async (account) => {
      const browser = browsers.get(account)
      if (!browser) throw new Error(`${account} has not signed in`)
      await browser.submit(await browser.open(`${issuer}/session/end`), { logout: 'yes' })
    },
    disable: (account) => void disabled.add(account),
    enable: (account) => void disabled.delete(account),
    slowDown: (polls) => void (slow = polls),
    rotateKey: async ({ dropOld = false } = {}) => {
      keys = [await newKey(), ...(dropOld ? [] : keys)]
      provider = make()
    },
    sign: async (claims, header) => {
      const [key] = keys
      if (!key) throw new Error('there is no key')
      const now = Math.floor(Date.now() / 1000)
      return new SignJWT({ iss: issuer, aud: clientId, iat: now, exp: now + idToken, jti: randomUUID(), ...claims })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(key.kid === undefined ? {} : { kid: key.kid }), ...header })
        .sign(await importJWK(key, 'RS256'))
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
