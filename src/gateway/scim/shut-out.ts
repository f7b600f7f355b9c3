import type { DenyList } from '../../identity/deny-list.js'
import { isReserved } from '../../identity/account.js'
import { keyOf } from '../../identity/scim/directory.js'
import type { Principal } from '../../identity/types.js'
import { HoopError } from '../../lib/errors.js'
import { type ScimUser, subjectsWithEmail, wasLetIn } from '../../store/scim/users.js'
import type { Control } from '../access/control.js'
import { scimActor, type Shared } from './shared.js'

export interface ShutOutOptions {
  readonly control: Pick<Control, 'revoke' | 'restore'>
  readonly denied: Pick<DenyList, 'find' | 'isLasting'>
}

const order = { by: scimActor, reason: 'disabled by the directory' }

/** What it means for people that the directory disables, deletes and enables them. */
export class ShutOut {
  readonly #shared: Pick<Shared, 'db' | 'directory' | 'settings'>
  readonly #options: ShutOutOptions

  constructor(shared: Pick<Shared, 'db' | 'directory' | 'settings'>, options: ShutOutOptions) {
    this.#shared = shared
    this.#options = options
  }

  /**
   * Shuts somebody out, where it is known who that is; whoever isn't known yet is when they come. What an administrator
   * did stands.
   * @throws {HoopError} STORE_FAILED: they are out even so, until the gateway is started anew
   */
  async shutOut(user: ScimUser): Promise<void> {
    const since = user.deactivatedAt ?? user.changedAt
    for (const subject of await this.#subjectsOf(user))
      if (!this.#options.denied.isLasting(subject) && !(await this.#wasLetIn(subject, since)))
        await this.#options.control.revoke(subject, order)
  }

  /** Lets somebody in again whom the directory has shut out, and nobody else. @throws {HoopError} STORE_FAILED */
  async letIn(user: ScimUser): Promise<void> {
    const { directory, settings } = this.#shared
    const { email } = user
    for (const subject of await this.#subjectsOf(user)) {
      const isStillOut =
        directory.find({ subject, ...(email !== undefined && { email }) }, settings().matching)?.inactiveSince !==
        undefined
      if (!isStillOut && this.#options.denied.find(subject)?.by.subject === scimActor.subject)
        await this.#options.control.restore(subject, scimActor)
    }
  }

  /**
   * Somebody has come whom nobody denies: the directory may have disabled them before they were known.
   * @throws {HoopError} PERSON_REVOKED, STORE_FAILED
   */
  async assert(person: Pick<Principal, 'subject' | 'email'>): Promise<void> {
    const { db, directory, settings } = this.#shared
    const since = directory.find(person, settings().matching)?.inactiveSince
    // An administrator may have let them in since: that stands until the directory changes them again.
    if (since === undefined || (await wasLetIn(db, person.subject, scimActor.subject, since))) return
    await this.#options.control.revoke(person.subject, order)
    throw new HoopError('PERSON_REVOKED', order.reason)
  }

  async #subjectsOf(user: ScimUser): Promise<readonly string[]> {
    const { db, settings } = this.#shared
    const { matching } = settings()
    const key = keyOf(user, matching)
    if (key === undefined) return []
    const subjects = matching === 'email' ? await subjectsWithEmail(db, key) : [key]
    return subjects.filter((subject) => !isReserved(subject))
  }

  /** Whoever can't be asked about is shut out once more. */
  #wasLetIn(subject: string, since: number): Promise<boolean> {
    return wasLetIn(this.#shared.db, subject, scimActor.subject, since).catch(() => false)
  }
}
