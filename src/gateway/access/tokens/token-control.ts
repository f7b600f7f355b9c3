import type { Kysely } from 'kysely'
import { tokenOfSubject, tokenSubject } from '../../../identity/account.js'
import type { DenyList } from '../../../identity/deny-list.js'
import type { KnownOwner, Owners } from '../../../identity/service-tokens/owners.js'
import type { TokenList } from '../../../identity/service-tokens/token-list.js'
import type { Principal } from '../../../identity/types.js'
import type { Actor, KilledSession } from '../../../lib/api.js'
import type { CreateTokenRequest, ServiceTokenInfo, ServiceTokenMade } from '../../../lib/api/service-tokens.js'
import { HoopError } from '../../../lib/errors.js'
import { newServiceToken, tokenHash } from '../../../lib/service-token.js'
import type { IdentityConfig } from '../../../policy/config/schema.js'
import { findPerson, namedGroupsOf, seePerson } from '../../../store/people/people.js'
import type { Tables } from '../../../store/schema.js'
import type { ServiceTokenRecord } from '../../../store/tokens/service-tokens.js'
import type { Approvals } from '../../approvals/approvals.js'
import type { SessionRegistry } from '../../session/registry.js'
import type { WriteAudit } from '../audit-log.js'
import type { Control } from '../control.js'
import type { AccessView } from '../view.js'
import { newToken } from './new-token.js'
import { actOn } from './token-act.js'
import { tokenInfo } from './token-info.js'

export interface TokenControlOptions {
  readonly db: Kysely<Tables>
  readonly list: TokenList
  readonly owners: Owners
  readonly denied: Pick<DenyList, 'find'>
  readonly registry: SessionRegistry
  readonly control: Pick<Control, 'end'>
  readonly approvals: Pick<Approvals, 'forgetRequests' | 'forgetStanding'>
  readonly write: WriteAudit
  readonly view: () => AccessView
  readonly limits: () => IdentityConfig['tokens']
  /** Ends sessions of those who have lost their access. */
  readonly review: () => void
  /** There is another token, or another end of a secret. */
  readonly changed: () => void
}

const actor = ({ subject, name }: Actor): Actor => ({ subject, name })

/** Makes, renews and ends service tokens. Who may do that is for the caller to say. */
export class TokenControl {
  readonly #options: TokenControlOptions

  constructor(options: TokenControlOptions) {
    this.#options = options
  }

  all(): ServiceTokenInfo[] {
    return this.#options.list.all().map((record) => this.info(record))
  }

  info(record: ServiceTokenRecord): ServiceTokenInfo {
    const live = (id: string): number => this.#options.registry.of(tokenSubject(id)).length
    return tokenInfo({ ...this.#options, live }, record)
  }

  /** Whose token a subject is, or undefined where it is nobody's. */
  ownerOf(subject: string): Actor | undefined {
    const id = tokenOfSubject(subject)
    return id === undefined ? undefined : this.#options.list.find(id)?.owner
  }

  /** Subject of whoever made a token, or undefined where the subject is no token's. */
  makerOf(subject: string): string | undefined {
    return this.#options.list.find(tokenOfSubject(subject) ?? '')?.createdBy.subject
  }

  /** When a token's life ends, ISO 8601. */
  endOf(subject: string): string | undefined {
    const found = this.#options.list.find(tokenOfSubject(subject) ?? '')
    return found && new Date(found.expiresAt).toISOString()
  }

  /** @throws {HoopError} ACCESS_DENIED, TOKEN_*, NOT_FOUND where nobody is called as its owner is to be, STORE_FAILED */
  async create(request: CreateTokenRequest, by: Principal): Promise<ServiceTokenMade> {
    const { db, list, owners, denied, view, limits, write } = this.#options
    const owner = request.owner === undefined ? by : await this.#person(request.owner)
    // The provider's word on the owner has to be there after a restart, too.
    if (owner === by) await seePerson(db, by, Date.now())
    owners.see(owner)
    const { longest, per_person } = limits()
    const { text, record } = newToken({ view: view(), denied, longest }, request, owner, actor(by))
    const also = actOn(write, 'token.create', actor(by))
    await list.add(record, per_person, (transaction) => also(undefined, record, transaction))
    await this.#assertIn(record)
    this.#options.changed()
    return { secret: text, token: this.info(record), sessions: [] }
  }

  /**
   * A new secret; the one before is good for `overlap` milliseconds more.
   * @throws {HoopError} NOT_FOUND where the token is no longer good; STORE_FAILED
   */
  async rotate({ id, name }: ServiceTokenInfo, overlap: number, by: Actor): Promise<ServiceTokenMade> {
    const { list, control, write } = this.#options
    const text = newServiceToken(id)
    const until = Date.now() + overlap
    const record = await list.rotate(id, tokenHash(text), until, actOn(write, 'token.rotate', actor(by)))
    this.#options.changed()
    const error = new HoopError('SESSION_KILLED', `the service token ${name} was given a new secret`, {
      hint: 'Put the new secret where the old one was.',
    })
    const isOld = ({ subject, access: { person } }: Parameters<Parameters<Control['end']>[0]>[0]): boolean =>
      subject === tokenSubject(id) && (person.token?.secret ?? 0) < record.secret
    const order = { by: actor(by), reason: 'the token was given a new secret' }
    const sessions = overlap > 0 ? [] : await control.end(isOld, order, error)
    // A secret before the last one is good no more, whatever overlap it was left with.
    this.#options.review()
    return { secret: text, token: this.info(record), sessions }
  }

  /** Ends a token and its sessions. @throws {HoopError} STORE_FAILED: it is ended even so, until the gateway is started anew */
  async revoke(
    { id, name }: ServiceTokenInfo,
    reason: string,
    who: Actor,
  ): Promise<{ token: ServiceTokenInfo; sessions: KilledSession[] }> {
    const { list, control, approvals, write } = this.#options
    const by = actor(who)
    const kept = list.revoke(id, by, reason, actOn(write, 'token.revoke', by, reason))
    const subject = tokenSubject(id)
    const error = new HoopError('SESSION_KILLED', `the service token ${name} was revoked: ${reason}`, {
      hint: 'Ask its owner for a new one: hoop tokens create',
    })
    const [sessions] = await Promise.all([
      control.end((session) => session.subject === subject, { by, reason }, error),
      kept,
      approvals.forgetRequests(subject, by),
      approvals.forgetStanding(subject, by.subject),
    ])
    return { token: this.info(list.find(id)!), sessions }
  }

  /** The provider has said who somebody is: what their tokens no longer give ends. */
  seen(person: KnownOwner): void {
    if (this.#options.owners.see(person)) this.#options.review()
  }

  /** Its owner may have been shut out meanwhile, and this be all that was overlooked then. @throws {HoopError} PERSON_REVOKED */
  async #assertIn({ id, owner }: ServiceTokenRecord): Promise<void> {
    const { denied, list, write } = this.#options
    const out = denied.find(owner.subject)
    if (!out) return
    const because = `its owner was shut out: ${out.reason}`
    await list.revoke(id, out.by, because, actOn(write, 'token.revoke', out.by, because))
    throw new HoopError('PERSON_REVOKED', out.reason)
  }

  async #person(wanted: string): Promise<KnownOwner> {
    const { db, owners } = this.#options
    const person = await findPerson(db, wanted)
    const { groups = [], at = 0 } = (await namedGroupsOf(db, person.subject)) ?? {}
    return owners.find(person.subject) ?? { ...person, groups, namedAt: at }
  }
}
