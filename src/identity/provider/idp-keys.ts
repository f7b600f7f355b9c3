import { readFile } from 'node:fs/promises'
import { createLocalJWKSet, type JSONWebKeySet, type LocalJWKSet } from 'jose'
import { asHoopError, HoopError } from '../../lib/errors.js'
import { fetchJson } from './fetch-json.js'

export interface IdpKeysOptions {
  readonly issuer: string
  /** `file:` and a path, or an address, in place of what the discovery document names. */
  readonly jwks?: string | undefined
  /** Milliseconds after which keys are asked for again, so that a withdrawn key stops working. */
  readonly freshFor?: number
  /** Milliseconds between two attempts, however many tokens name unknown keys. */
  readonly cooldown?: number
  /** Milliseconds for each of the two requests. */
  readonly timeout?: number
  readonly fetch?: typeof fetch
}

/**
 * The keys with which the issuer signs: found by discovery, kept, asked for again when they are old or a token names one
 * that isn't among them. While the issuer doesn't answer, the keys known so far stay in force.
 * @see OpenID Connect Discovery 1.0, section 4; OpenID Connect Core 1.0, section 10.1.1
 */
export class IdpKeys {
  readonly #options: Required<Omit<IdpKeysOptions, 'fetch' | 'jwks'>> & Pick<IdpKeysOptions, 'fetch' | 'jwks'>
  #keys: LocalJWKSet | undefined
  #fetchedAt = -Infinity
  #triedAt = -Infinity
  #failure: HoopError | undefined
  #fetching: Promise<void> | undefined

  constructor(options: IdpKeysOptions) {
    this.#options = { freshFor: 600_000, cooldown: 30_000, timeout: 5_000, ...options }
  }

  get known(): boolean {
    return this.#keys !== undefined
  }

  /** The keys, fetched where they are missing or old. @throws {HoopError} IDP_UNREACHABLE when there are none */
  async current(): Promise<LocalJWKSet> {
    if (performance.now() - this.#fetchedAt > this.#options.freshFor) await this.#refresh()
    if (!this.#keys) throw this.#failure ?? new HoopError('IDP_UNREACHABLE', this.#options.issuer)
    return this.#keys
  }

  /** After a token named a key that isn't there: newer keys, or undefined where it is too soon to ask again. */
  async renewed(): Promise<LocalJWKSet | undefined> {
    const before = this.#keys
    await this.#refresh()
    return this.#keys === before ? undefined : this.#keys
  }

  /** Never throws: what went wrong is kept for `current`. Callers that come together share one attempt. */
  #refresh(): Promise<void> {
    if (this.#fetching) return this.#fetching
    if (performance.now() - this.#triedAt < this.#options.cooldown) return Promise.resolve()
    this.#triedAt = performance.now()
    this.#fetching = this.#fetch()
      .then(
        (keys) => {
          this.#keys = keys
          this.#fetchedAt = performance.now()
          this.#failure = undefined
        },
        (error: unknown) => {
          this.#failure = asHoopError(error, 'IDP_UNREACHABLE')
          // Nothing to fall back on: the next caller may try at once.
          if (!this.#keys) this.#triedAt = -Infinity
        },
      )
      .finally(() => {
        this.#fetching = undefined
      })
    return this.#fetching
  }

  async #fetch(): Promise<LocalJWKSet> {
    const { jwks } = this.#options
    const keys = jwks?.startsWith('file:')
      ? await readKeys(jwks.slice('file:'.length))
      : await fetchJson(jwks ?? (await this.#discovered()), this.#options)
    return createLocalJWKSet(keys as JSONWebKeySet)
  }

  async #discovered(): Promise<string> {
    const { issuer } = this.#options
    const discovery = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, this.#options)
    if (discovery.issuer !== issuer) {
      throw new HoopError('IDP_UNREACHABLE', `${issuer} calls itself ${String(discovery.issuer)}`, {
        hint: 'Set identity.issuer to exactly what the provider calls itself, with or without the last slash.',
      })
    }
    if (typeof discovery.jwks_uri !== 'string') throw new HoopError('IDP_UNREACHABLE', `${issuer} names no jwks_uri`)
    return discovery.jwks_uri
  }
}

/** @throws {HoopError} IDP_UNREACHABLE; no client learns the path */
const readKeys = async (path: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown
  } catch (cause) {
    throw new HoopError('IDP_UNREACHABLE', 'the file of its keys cannot be read', { cause })
  }
}
