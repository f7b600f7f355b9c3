import type { Kysely } from 'kysely'
import type { Actor } from '../lib/api.js'
import { HoopError } from '../lib/errors.js'
import {
  addRevocation,
  restoreRevoked,
  type Revocation,
  revokedTokens,
  standingRevocations,
} from '../store/people/revocations.js'
import type { Tables } from '../store/schema.js'
import type { Principal } from './types.js'

/** Programs don't log in. */
const forPrograms =
  'Present a token that its platform has signed since then: run the job anew, or wait until the file has it.'

/** Who is shut out: kept in the store, asked in memory, since every request and every session asks. */
export class DenyList {
  readonly #db: Kysely<Tables>
  readonly #denied = new Map<string, Revocation>()
  /** Up to when tokens were issued that are no good any more, by subject; also of those who were let in again. */
  readonly #issuedUntil = new Map<string, number>()
  /** Those that the store doesn't have yet, or failed to keep. */
  readonly #unkept = new WeakSet<Revocation>()
  #last: Promise<void> = Promise.resolve()

  private constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /** @throws {HoopError} STORE_FAILED */
  static async open(db: Kysely<Tables>): Promise<DenyList> {
    const list = new DenyList(db)
    for (const revocation of await standingRevocations(db)) list.#denied.set(revocation.subject, revocation)
    for (const [subject, until] of await revokedTokens(db, Date.now())) list.#issuedUntil.set(subject, until)
    return list
  }

  find(subject: string): Revocation | undefined {
    const found = this.#denied.get(subject)
    return found?.until === undefined || found.until > Date.now() ? found : undefined
  }

  /** @throws {HoopError} PERSON_REVOKED */
  assert(subject: string): void {
    const found = this.find(subject)
    if (found) throw revoked(found)
  }

  /**
   * The same of somebody who comes with a token: who was let in again needs one that was issued since they were shut out.
   * One of that very second counts as older. What comes without a time was issued by the gateway, which has revoked it.
   * @throws {HoopError} PERSON_REVOKED, TOKEN_OUTDATED
   */
  admit({ subject, namedAt, workload }: Pick<Principal, 'subject' | 'namedAt' | 'workload'>): void {
    this.assert(subject)
    const until = this.#issuedUntil.get(subject)
    if (until !== undefined && namedAt !== undefined && namedAt <= until)
      throw new HoopError('TOKEN_OUTDATED', '', workload && { hint: forPrograms })
  }

  /** Whether somebody is shut out for good, and that is kept: nothing would be added to it. */
  isLasting(subject: string): boolean {
    const found = this.find(subject)
    return found !== undefined && found.until === undefined && !this.#unkept.has(found)
  }

  /**
   * In force when this is called, kept when it resolves. It may lengthen what stands and never shortens it: what ends later
   * stays, by whom and for what it was, and outdates the tokens until now.
   * @throws {HoopError} STORE_FAILED: in force even so, until the gateway is started anew
   */
  async revoke(revocation: Revocation): Promise<void> {
    const { subject, at } = revocation
    const before = this.find(subject)
    const stands = before && endOf(before) > endOf(revocation) ? { ...before, at } : revocation
    this.#denied.set(subject, stands)
    this.#unkept.add(stands)
    this.#outdate(subject, at)
    await this.#inTurn(async () => this.#outdate(subject, await addRevocation(this.#db, stands)))
    this.#unkept.delete(stands)
  }

  #outdate(subject: string, until: number): void {
    this.#issuedUntil.set(subject, Math.max(until, this.#issuedUntil.get(subject) ?? 0))
  }

  /** Lets somebody in again. @throws {HoopError} NOT_FOUND where they are not shut out; STORE_FAILED, and they stay out */
  restore(subject: string, by: Actor): Promise<void> {
    return this.#inTurn(async () => {
      const found = this.find(subject)
      if (!found) throw new HoopError('NOT_FOUND', `${subject} is not revoked`)
      await restoreRevoked(this.#db, subject, by, Date.now())
      // Where somebody has revoked them again meanwhile, that stands and is written next.
      if (this.#denied.get(subject) === found) this.#denied.delete(subject)
    })
  }

  /** The store must end up as the memory does, so writes keep the order of the calls. */
  #inTurn(write: () => Promise<void>): Promise<void> {
    const done = this.#last.then(write)
    this.#last = done.catch(() => undefined)
    return done
  }
}

const endOf = ({ until = Infinity }: Revocation): number => until

const revoked = ({ reason, until }: Revocation): HoopError =>
  new HoopError('PERSON_REVOKED', until === undefined ? reason : `${reason} (until ${new Date(until).toISOString()})`)
