import { timingSafeEqual } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import type { Actor } from '../../lib/api.js'
import { HoopError } from '../../lib/errors.js'
import { tokenHash, tokenIdOf } from '../../lib/service-token.js'
import {
  noteTokenUse,
  putServiceToken,
  type ServiceTokenRecord,
  serviceTokensSince,
} from '../../store/tokens/service-tokens.js'
import type { Tables } from '../../store/schema.js'

export interface TokenListOptions {
  readonly db: Kysely<Tables>
  /** The time of a last use was not written. */
  readonly failed: (error: unknown) => void
}

type Also = (transaction: Transaction<Tables>) => Promise<void>
type AlsoChanged = (
  before: ServiceTokenRecord,
  after: ServiceTokenRecord,
  transaction: Transaction<Tables>,
) => Promise<void>

/** Milliseconds for which it is known that a token has expired; afterwards it is one that never was. */
const remembered = 90 * 86_400_000
/** Milliseconds between two notes that a token was used. */
const noted = 60_000
/** No token has this hash: it stands in where there is none, so that the same is compared either way. */
const nothing = '0'.repeat(64)

/** Constant time. */
const same = (hash: string, kept: string): boolean => timingSafeEqual(Buffer.from(hash), Buffer.from(kept))

/** The service tokens: kept in the store, asked in memory, since every request and every session asks. */
export class TokenList {
  readonly #options: TokenListOptions
  readonly #tokens = new Map<string, ServiceTokenRecord>()
  #last: Promise<unknown> = Promise.resolve()

  private constructor(options: TokenListOptions) {
    this.#options = options
  }

  /** @throws {HoopError} STORE_FAILED */
  static async open(options: TokenListOptions): Promise<TokenList> {
    const list = new TokenList(options)
    for (const record of await serviceTokensSince(options.db, Date.now() - remembered))
      list.#tokens.set(record.id, record)
    return list
  }

  all(): readonly ServiceTokenRecord[] {
    return [...this.#tokens.values()]
  }

  find(id: string): ServiceTokenRecord | undefined {
    return this.#tokens.get(id)
  }

  /**
   * The token that a text is, and by which of its secrets. Whether that is still good is not asked here.
   * @throws {HoopError} TOKEN_INVALID where it was mistyped; TOKEN_UNKNOWN, the same for an id and for a secret that isn't there
   */
  recognize(text: string): { readonly record: ServiceTokenRecord; readonly secret: number } {
    const id = tokenIdOf(text)
    if (id === undefined)
      throw new HoopError('TOKEN_INVALID', 'this service token was mistyped or cut', {
        hint: 'Copy the whole token, from hoop_st_ to its end.',
      })
    const record = this.#tokens.get(id)
    const hash = tokenHash(text)
    const [isNew, isOld] = [same(hash, record?.hash ?? nothing), same(hash, record?.old?.hash ?? nothing)]
    if (!record || !(isNew || isOld)) throw new HoopError('TOKEN_UNKNOWN')
    return { record, secret: isNew ? record.secret : record.secret - 1 }
  }

  /**
   * Adds a token; it is good when this resolves.
   * @param most tokens that its owner may have
   * @throws {HoopError} TOKEN_EXISTS, TOKENS_LIMIT, STORE_FAILED
   */
  add(record: ServiceTokenRecord, most: number, also: Also): Promise<void> {
    return this.#inTurn(async () => {
      const good = this.all().filter((one) => one.owner.subject === record.owner.subject && this.isGood(one))
      if (good.some(({ name }) => name === record.name)) throw new HoopError('TOKEN_EXISTS', record.name)
      if (good.length >= most)
        throw new HoopError('TOKENS_LIMIT', `${record.owner.name} has ${good.length}`, {
          detail: 'The limit is identity.tokens.per_person.',
        })
      await this.#put(record, also)
      this.#tokens.set(record.id, record)
    })
  }

  /**
   * Puts a new secret in the place of a token's; both are good until a time.
   * @throws {HoopError} NOT_FOUND where the token is no longer good; STORE_FAILED, and the old one stays as it was
   */
  rotate(id: string, hash: string, until: number, also: AlsoChanged): Promise<ServiceTokenRecord> {
    return this.#inTurn(async () => {
      const before = this.#tokens.get(id)
      if (!before || !this.isGood(before)) throw new HoopError('NOT_FOUND', 'the service token is no longer good')
      const old = { hash: before.hash, until }
      const change = { hash, secret: before.secret + 1, old, rotatedAt: Date.now() }
      const after = { ...before, ...change }
      await this.#put(after, (transaction) => also(before, after, transaction))
      // It may have been revoked meanwhile, which is written next.
      return this.#change(id, change)
    })
  }

  /** Ends a token: in force when this is called, kept when it resolves. @throws {HoopError} STORE_FAILED */
  async revoke(id: string, by: Actor, reason: string, also: AlsoChanged): Promise<void> {
    const before = this.#tokens.get(id)
    if (!before || before.revoked) return
    this.#change(id, { revoked: { at: Date.now(), by, reason } })
    await this.#inTurn(async () => {
      const now = this.#tokens.get(id)!
      await this.#put(now, (transaction) => also(before, now, transaction))
    })
  }

  /** Notes that it was used, at most once a minute. Never throws and never waits. */
  used(id: string, from: string | undefined): void {
    const record = this.#tokens.get(id)
    const at = Date.now()
    if (!record || at - (record.used?.at ?? 0) < noted) return
    const used = { at, ...(from !== undefined && { from }) }
    this.#change(id, { used })
    noteTokenUse(this.#options.db, id, used).catch(this.#options.failed)
  }

  /** Neither revoked nor expired. */
  isGood({ revoked, expiresAt }: ServiceTokenRecord): boolean {
    return !revoked && expiresAt > Date.now()
  }

  /** When the next token expires, or an old secret; undefined where none does. Milliseconds since 1970. */
  nextEnd(): number | undefined {
    const now = Date.now()
    const ends = this.all().flatMap(({ revoked, expiresAt, old }) => (revoked ? [] : [expiresAt, old?.until ?? 0]))
    const ahead = ends.filter((end) => end > now)
    return ahead.length === 0 ? undefined : ahead.reduce((first, end) => Math.min(first, end))
  }

  /** @param also is kept with it, or neither is */
  #put(record: ServiceTokenRecord, also: Also): Promise<void> {
    return this.#options.db.transaction().execute(async (transaction) => {
      await putServiceToken(transaction, record)
      await also(transaction)
    })
  }

  #change(id: string, change: Partial<ServiceTokenRecord>): ServiceTokenRecord {
    const record = { ...this.#tokens.get(id)!, ...change }
    this.#tokens.set(id, record)
    return record
  }

  /** What is kept must end up as what is in memory, so writes keep the order of the calls. */
  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const done = this.#last.then(write)
    this.#last = done.catch(() => undefined)
    return done
  }
}
