import { HoopError } from '../../lib/errors.js'
import { isServiceToken } from '../../lib/service-token.js'
import type { ServiceTokenRecord } from '../../store/tokens/service-tokens.js'
import { tokenOfSubject, tokenSubject } from '../account.js'
import type { SignedRequest, TokenKind } from '../authenticator.js'
import type { DenyList } from '../deny-list.js'
import type { Identity } from '../principal.js'
import type { Principal } from '../types.js'
import type { Owners } from './owners.js'
import type { TokenList } from './token-list.js'

export interface ServiceTokensOptions {
  readonly list: TokenList
  readonly owners: Owners
  readonly denied: Pick<DenyList, 'find'>
  /** Whether an address lies in one of the networks. */
  readonly within: (networks: readonly string[], address: string) => boolean
}

/** What stands for the issuer, where the gateway itself has made the token. */
const issuer = 'urn:hoop:service-token'

const dead = 'Ask its owner for a new one: hoop tokens create'

type From = Pick<SignedRequest, 'address'>

/** Service tokens as requests bring them, and as grants and sessions go on by them. */
export class ServiceTokens implements TokenKind {
  readonly #options: ServiceTokensOptions

  constructor(options: ServiceTokensOptions) {
    this.#options = options
  }

  recognizes(token: string): boolean {
    return isServiceToken(token)
  }

  /** @throws {HoopError} TOKEN_INVALID, TOKEN_UNKNOWN, and why it is no longer good for this */
  async verify(text: string, from: From): Promise<{ identity: Identity; jkt?: string }> {
    const { record, secret } = this.#options.list.recognize(text)
    const identity = this.#identity(record, secret)
    this.#assertAddress(record, from)
    return { identity, ...(record.jkt !== undefined && { jkt: record.jkt }) }
  }

  used({ subject }: Identity, { address }: From): void {
    const id = tokenOfSubject(subject)
    if (id !== undefined) this.#options.list.used(id, address)
  }

  /**
   * Who holds a grant, by what is known now: of a service token whether it is still good, from where it is used, and what its
   * owner's groups are. Of everybody else what the grant says.
   * @throws {HoopError} why the token is no longer good
   */
  current(principal: Principal, from: From): Principal {
    const record = this.#recordOf(principal)
    if (!record) return principal
    const identity = this.#identity(record, principal.token?.secret ?? 0)
    this.#assertAddress(record, from)
    if (record.jkt !== undefined && record.jkt !== principal.jkt) throw new HoopError('TOKEN_KEY')
    return { ...identity, jkt: principal.jkt }
  }

  /** The same for a session that lives. @throws {HoopError} why it may not go on */
  known<P extends Pick<Principal, 'subject' | 'groups' | 'owner' | 'token'>>(person: P): P | Identity {
    const record = this.#recordOf(person)
    return record ? this.#identity(record, person.token?.secret ?? 0) : person
  }

  #recordOf({ subject, owner }: Pick<Principal, 'subject' | 'owner'>): ServiceTokenRecord | undefined {
    const id = tokenOfSubject(subject)
    if (id === undefined && !owner) return undefined
    const record = this.#options.list.find(id ?? '')
    if (!record) throw new HoopError('TOKEN_UNKNOWN')
    return record
  }

  #identity(record: ServiceTokenRecord, secret: number): Identity {
    const { id, name, scope, revoked, expiresAt, old } = record
    const now = Date.now()
    if (revoked) throw new HoopError('TOKEN_REVOKED', revoked.reason)
    if (expiresAt <= now)
      throw new HoopError('TOKEN_EXPIRED', `the service token ${name}, at ${new Date(expiresAt).toISOString()}`, {
        hint: dead,
      })
    if (secret !== record.secret && !(secret === record.secret - 1 && old && old.until > now))
      throw new HoopError('TOKEN_REVOKED', 'a new secret took the place of this one', {
        hint: 'Put the new secret where the old one was; its owner got it from hoop tokens rotate.',
      })
    const owner = this.#options.owners.find(record.owner.subject)
    if (!owner || this.#options.denied.find(owner.subject)) throw new HoopError('TOKEN_OWNER')
    const { groups, namedAt: _, ...whose } = owner
    return {
      ...{ subject: tokenSubject(id), issuer, name: `${owner.name}/${name}`, groups },
      owner: whose,
      token: { scope, secret },
    }
  }

  #assertAddress({ networks }: ServiceTokenRecord, { address }: From): void {
    if (networks.length === 0) return
    if (address === undefined || !this.#options.within(networks, address))
      throw new HoopError('TOKEN_ADDRESS', address ?? '')
  }
}
