import {
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientError,
  type Configuration,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { HoopError } from '../../lib/errors.js'
import { type Identity, text } from '../principal.js'
import { Flows } from './flows.js'
import { discover, type WebClient } from './provider.js'

/** The client in force, as the configuration has it. */
export interface WebSettings {
  readonly issuer: string
  readonly clientId: string
  /** The command line's. */
  readonly mainClientId: string
  readonly scopes: readonly string[]
  /** How long a session may live, milliseconds. */
  readonly life: number
}

export interface WebSignInOptions {
  /** In force now; undefined where nobody signs in by a browser. */
  readonly settings: () => WebSettings | undefined
  /** @throws {HoopError} SECRET_MISSING */
  readonly secret: () => Promise<string | undefined>
  /** Exactly what is registered at the provider. */
  readonly redirectUri: () => string
  /** Who an ID token of this client names. @throws {HoopError} TOKEN_INVALID, TOKEN_EXPIRED, IDP_UNREACHABLE */
  readonly verify: (token: string, clientId: string) => Promise<Identity>
}

export interface SignedIn {
  readonly person: Identity
  readonly client: string
  readonly expiresAt: number
  /** The request that they came for. */
  readonly request: string | undefined
}

/** Milliseconds for which what the provider says of itself is believed. */
const freshFor = 600_000

const stale = () =>
  new HoopError('SIGN_IN_FAILED', 'it did not begin in this browser, took too long, or has ended already')

/** @see OpenID Connect Core 1.0, section 8: pairwise subjects */
const otherSubjects = () =>
  new HoopError('SIGN_IN_FAILED', 'the identity provider calls people by another subject for each client', {
    hint: 'Ask the gateway’s operator to set identity.web.client_id to identity.client_id.',
  })

const notTheClient = (cause?: unknown) =>
  new HoopError('SIGN_IN_FAILED', 'the gateway can’t prove itself to the identity provider', {
    hint: 'Ask the gateway’s operator to look at client_id and client_secret under identity.web.',
    cause,
  })

/** @returns what a client of the gateway may know of it */
const reason = (error: unknown, issuer: string): HoopError => {
  if (error instanceof HoopError) return error
  // RFC 6749, section 5.2: with client_secret_basic the refusal comes as a challenge.
  const isOurs = error instanceof ResponseBodyError && ['invalid_client', 'unauthorized_client'].includes(error.error)
  if (isOurs || error instanceof WWWAuthenticateChallengeError) return notTheClient(error)
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError)
    return new HoopError('SIGN_IN_FAILED', `the identity provider says: ${text(error.error) ?? 'no'}`, { cause: error })
  if (error instanceof ClientError && error.code !== 'OAUTH_TIMEOUT')
    return new HoopError('SIGN_IN_FAILED', 'the identity provider’s answer does not fit', { cause: error })
  return new HoopError('IDP_UNREACHABLE', issuer, { cause: error })
}

/**
 * Signs people in by a browser: authorization code with PKCE, `state` and `nonce`, at the provider of the command line.
 * @see OpenID Connect Core 1.0, section 3.1; RFC 7636; RFC 9207; RFC 9700
 */
export class WebSignIn {
  readonly #options: WebSignInOptions
  readonly #flows = new Flows()
  #known: { readonly key: string; readonly at: number; readonly config: Promise<Configuration> } | undefined

  constructor(options: WebSignInOptions) {
    this.#options = options
  }

  /** What sessions belong to; undefined where nobody signs in by a browser. */
  get client(): string | undefined {
    const settings = this.#options.settings()
    return settings && clientOf(settings)
  }

  /**
   * @param browser what its cookie holds
   * @param from who is counted together, by address
   * @returns where the browser goes
   * @throws {HoopError} NOT_FOUND where there is no web sign-in, IDP_UNREACHABLE, SIGN_IN_FAILED
   */
  async begin(browser: string, from: string, request: string | undefined): Promise<URL> {
    const settings = this.#demanded()
    const config = await this.#provider(settings)
    const [verifier, state, nonce] = [randomPKCECodeVerifier(), randomState(), randomNonce()]
    this.#flows.begin(state, browser, from, { verifier, nonce, client: clientOf(settings), request })
    return buildAuthorizationUrl(config, {
      redirect_uri: this.#options.redirectUri(),
      // Nothing is refreshed: a session ends by itself.
      scope: [...new Set(['openid', ...settings.scopes])].filter((scope) => scope !== 'offline_access').join(' '),
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    })
  }

  /**
   * @param search the query with which the browser came back
   * @throws {HoopError} SIGN_IN_FAILED, TOKEN_INVALID, IDP_UNREACHABLE
   */
  async finish(search: string, browser: string | undefined): Promise<SignedIn> {
    const settings = this.#demanded()
    const [state, ...more] = new URLSearchParams(search).getAll('state')
    if (state === undefined || more.length > 0 || browser === undefined) throw stale()
    const flow = this.#flows.take(state, browser)
    if (flow?.client !== clientOf(settings)) throw stale()
    try {
      const config = await this.#provider(settings)
      // The address is ours and not what the request says: a redirect URI is compared character by character.
      const url = new URL(this.#options.redirectUri())
      url.search = search
      const { id_token: token } = await authorizationCodeGrant(config, url, {
        pkceCodeVerifier: flow.verifier,
        expectedState: state,
        expectedNonce: flow.nonce,
        idTokenExpected: true,
      })
      if (token === undefined) throw new HoopError('SIGN_IN_FAILED', 'the identity provider gave no ID token')
      const person = await this.#options.verify(token, settings.clientId)
      return { person, client: flow.client, expiresAt: Date.now() + settings.life, request: flow.request }
    } catch (error) {
      throw reason(error, settings.issuer)
    }
  }

  #demanded(): WebSettings {
    const settings = this.#options.settings()
    if (!settings) throw new HoopError('NOT_FOUND', 'nobody signs in to this gateway by a browser')
    return settings
  }

  /** Where it lies is nothing that a browser is told. */
  async #secret(): Promise<string | undefined> {
    try {
      return await this.#options.secret()
    } catch (cause) {
      throw notTheClient(cause)
    }
  }

  async #provider({ issuer, clientId, mainClientId }: WebSettings): Promise<Configuration> {
    const client: WebClient = { issuer, clientId, secret: await this.#secret() }
    const key = JSON.stringify(client)
    if (this.#known?.key !== key || performance.now() - this.#known.at > freshFor)
      this.#known = { key, at: performance.now(), config: discover(client) }
    const known = this.#known
    const config = await known.config.catch((error: unknown) => {
      if (this.#known === known) this.#known = undefined
      throw error
    })
    // Who is one person to `hoop login` and another here could approve what they asked for themselves.
    const { subject_types_supported: kinds = ['public'] } = config.serverMetadata()
    if (clientId !== mainClientId && !kinds.includes('public')) throw otherSubjects()
    return config
  }
}

const clientOf = ({ issuer, clientId }: WebSettings): string => JSON.stringify([issuer, clientId])
