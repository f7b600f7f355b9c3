import { isReserved } from '../../identity/account.js'
import { Directory } from '../../identity/scim/directory.js'
import type { Principal } from '../../identity/types.js'
import { HoopError } from '../../lib/errors.js'
import { scimGroups } from '../../store/scim/groups.js'
import { scimUsers } from '../../store/scim/users.js'
import type { Store } from '../../store/open.js'
import type { WriteAudit } from '../access/audit-log.js'
import type { Ending, SessionName, SessionRegistry } from '../session/registry.js'
import { ScimGroups } from './groups.js'
import type { ScimKind, ScimSettings, Shared } from './shared.js'
import { ShutOut, type ShutOutOptions } from './shut-out.js'
import { ScimUsers } from './users.js'

export interface ScimOptions extends ShutOutOptions {
  readonly store: Pick<Store, 'db'>
  readonly write: WriteAudit
  /** In force now; undefined where the configuration has no SCIM. */
  readonly settings: () => ScimSettings | undefined
  readonly registry: Pick<SessionRegistry, 'review'>
  /** Why a session may not go on with the groups that its person has by now. */
  readonly lost: (session: SessionName) => Ending | undefined
  readonly url: () => string
  /** Groups have changed: what rests on who has them is looked at anew. Never throws. */
  readonly regrouped: () => Promise<void>
}

/** The directory that provisions people and groups by SCIM, and what follows from it for sessions. */
export class Scim {
  readonly users: ScimKind
  readonly groups: ScimKind
  readonly #options: ScimOptions
  readonly #directory = new Directory()
  readonly #shutOut: ShutOut
  #last: Promise<unknown> = Promise.resolve()

  private constructor(options: ScimOptions) {
    this.#options = options
    const shared: Shared = {
      db: options.store.db,
      directory: this.#directory,
      write: options.write,
      settings: () => {
        const settings = options.settings()
        if (!settings) throw new HoopError('NOT_FOUND')
        return settings
      },
      regrouped: () => this.regroup(),
      inTurn: (change) => {
        const done = this.#last.then(change)
        this.#last = done.catch(() => undefined)
        return done
      },
      location: (kind, id) => `${options.url().replace(/\/$/, '')}/scim/v2/${kind}/${id}`,
    }
    this.#shutOut = new ShutOut(shared, options)
    this.users = new ScimUsers(shared, this.#shutOut)
    this.groups = new ScimGroups(shared)
  }

  /** @throws {HoopError} STORE_FAILED */
  static async open(options: ScimOptions): Promise<Scim> {
    const scim = new Scim(options)
    const { db } = options.store
    for (const user of await scimUsers(db, { deleted: true })) scim.#directory.put(user)
    for (const group of await scimGroups(db)) scim.#directory.putGroup(group)
    return scim
  }

  /**
   * Somebody as the directory knows them.
   * @throws {HoopError} PERSON_REVOKED where it has disabled them, STORE_FAILED
   */
  async admit<T extends Pick<Principal, 'subject' | 'email' | 'groups'>>(person: T): Promise<T> {
    if (!this.#options.settings()) return person
    await this.#shutOut.assert(person)
    return this.grouped(person)
  }

  /** Where the directory names the groups, whoever isn't in it has none. Programs have their own. */
  grouped<T extends Pick<Principal, 'subject' | 'email' | 'groups'>>(person: T): T {
    const groups = this.listed(person)
    return groups ? { ...person, groups } : person
  }

  /** The groups that the directory names, where it is what names them. */
  listed(person: Pick<Principal, 'subject' | 'email'>): readonly string[] | undefined {
    const settings = this.#options.settings()
    if (settings?.groups !== true || isReserved(person.subject)) return undefined
    return this.#directory.find(person, settings.matching)?.groups ?? []
  }

  /** Why a session may not begin or go on: its person is who the directory says by now, whatever the grant said. */
  lost(session: SessionName): Ending | undefined {
    session.access.person = this.grouped(session.access.person)
    return this.#options.lost(session)
  }

  /** Groups may be others by now: ends what rests on those that are gone. Never throws. */
  async regroup(): Promise<void> {
    if (this.#options.settings()?.groups !== true) return
    this.#options.registry.review((session) => this.lost(session))
    await this.#options.regrouped()
  }
}
