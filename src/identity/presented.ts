import { createHash } from 'node:crypto'
import { HoopError } from '../lib/errors.js'
import { RecentCache } from '../lib/recent-cache.js'
import type { PresentedTokens } from '../store/tokens/presented.js'
import { clockTolerance } from './clock.js'
import type { Identity } from './principal.js'

/** A token that somebody presented with another key than the one it belongs to. */
export interface StrangeKey {
  readonly identity: Pick<Identity, 'subject' | 'name' | 'issuer'>
  /** Thumbprint of the key that presented it now. */
  readonly jkt: string
  /** It wasn't told of this token before, in this process's life. */
  readonly isFirst: boolean
}

export interface TokenOwnersOptions {
  readonly store: PresentedTokens
  /** Somebody else has the token, or its owner has several keys. */
  readonly strange: (key: StrangeKey) => void
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url')

/**
 * What a token is known by: what its issuer signed, and not the signature, which can be written otherwise and be as good
 * (ECDSA's (r, −s); bits of base64url that say nothing).
 */
const signedPart = (token: string): string => token.slice(0, token.lastIndexOf('.'))

const bound = () => new HoopError('TOKEN_BOUND')

/** Whose a token is: it belongs to the first key that presents it, until it expires, over restarts. */
export class TokenOwners {
  readonly #options: TokenOwnersOptions
  /** What the store would say: asked on each request. */
  readonly #known = new RecentCache<{ readonly jkt: string }>({ key: 64, entries: 10_000, bytes: 4_000_000 })
  readonly #told = new RecentCache<object>({ key: 64, entries: 10_000, bytes: 4_000_000 })

  constructor(options: TokenOwnersOptions) {
    this.#options = options
  }

  /**
   * For tokens that come with each request.
   * @throws {HoopError} TOKEN_BOUND where it is another key's, STORE_FAILED
   */
  async claim(token: string, identity: StrangeKey['identity'], jkt: string, expiresAt: number): Promise<void> {
    await this.#claim(hashOf(signedPart(token)), identity, jkt, expiresAt)
  }

  /**
   * For tokens that are exchanged: by their `jti`, or where they have none by what is signed.
   * @param again whether the key that presented it first may do so again; others never may
   * @throws {HoopError} TOKEN_REUSED, TOKEN_BOUND, STORE_FAILED
   * @see RFC 7519, section 4.1.7
   */
  async exchange(
    { token, jti, again }: { readonly token: string; readonly jti: string | undefined; readonly again: boolean },
    identity: StrangeKey['identity'],
    jkt: string,
    expiresAt: number,
  ): Promise<void> {
    const hash = hashOf(jti === undefined ? signedPart(token) : JSON.stringify([identity.issuer, jti]))
    if (again) return this.#claim(hash, identity, jkt, expiresAt)
    const { isFirst, jkt: owner } = await this.#options.store.present(hash, jkt, end(expiresAt))
    if (isFirst) return
    if (owner !== jkt) this.#tell(hash, identity, jkt)
    throw owner === jkt ? new HoopError('TOKEN_REUSED') : bound()
  }

  async #claim(hash: string, identity: StrangeKey['identity'], jkt: string, expiresAt: number): Promise<void> {
    let owner = this.#known.get(hash)
    if (!owner) {
      const { jkt: first } = await this.#options.store.present(hash, jkt, end(expiresAt))
      owner = { jkt: first }
      this.#known.set(hash, owner, first.length)
    }
    if (owner.jkt === jkt) return
    this.#tell(hash, identity, jkt)
    throw bound()
  }

  #tell(hash: string, identity: StrangeKey['identity'], jkt: string): void {
    const isFirst = this.#told.get(hash) === undefined
    this.#told.set(hash, {}, 0)
    this.#options.strange({ identity, jkt, isFirst })
  }
}

/** A token is good for a little longer than it says, since clocks differ. */
const end = (expiresAt: number): number => expiresAt + clockTolerance * 1000
