import type { ScimGroup } from '../../store/scim/groups.js'
import type { ScimUser } from '../../store/scim/users.js'
import { emailKey } from '../../lib/email-key.js'
import { isReserved } from '../account.js'
import type { Principal } from '../types.js'

/** What of a user is compared with a person. */
export type Matching = 'externalId' | 'userName' | 'email'

type Listed = Pick<ScimUser, 'id' | 'userName' | 'externalId' | 'email' | 'active' | 'deactivatedAt' | 'deletedAt'>
export type Somebody = Pick<Principal, 'subject' | 'email'>

/** What a user is known by; e-mail addresses by `emailKey`. Nobody is known by an empty text. */
export const keyOf = ({ userName, externalId, email = '' }: Listed, matching: Matching): string | undefined =>
  ({ externalId, userName, email: emailKey(email) })[matching] || undefined

/** What the directory says of one person. */
export interface Entry {
  /** Since when they are shut out, milliseconds since 1970; absent where they aren't. */
  readonly inactiveSince?: number
  /** Names. */
  readonly groups: readonly string[]
}

/** Who is in the directory, and in which groups, in memory: every request and every session asks. */
export class Directory {
  readonly #users = new Map<string, Listed>()
  readonly #groups = new Map<string, Pick<ScimGroup, 'displayName' | 'members'>>()
  readonly #memberships = new Map<string, Set<string>>()
  #byKey: { readonly matching: Matching; readonly users: ReadonlyMap<string, readonly Listed[]> } | undefined

  put(user: Listed): void {
    this.#users.set(user.id, user)
    this.#byKey = undefined
    if (user.deletedAt !== undefined) this.#memberships.delete(user.id)
  }

  putGroup({ id, displayName, members }: Pick<ScimGroup, 'id' | 'displayName' | 'members'>): void {
    this.removeGroup(id)
    this.#groups.set(id, { displayName, members })
    for (const user of members) this.#memberships.set(user, (this.#memberships.get(user) ?? new Set<string>()).add(id))
  }

  removeGroup(id: string): void {
    for (const user of this.#groups.get(id)?.members ?? []) this.#memberships.get(user)?.delete(id)
    this.#groups.delete(id)
  }

  /** Ids of the groups that a user is in. */
  groupIds(user: string): readonly string[] {
    return [...(this.#memberships.get(user) ?? [])]
  }

  nameOf(group: string): string | undefined {
    return this.#groups.get(group)?.displayName
  }

  has(user: string): boolean {
    return this.#users.get(user)?.deletedAt === undefined && this.#users.has(user)
  }

  /** Others that are known by the same key: whom a person is would be a guess. */
  isTaken(user: Listed, matching: Matching): boolean {
    const key = keyOf(user, matching)
    if (key === undefined) return false
    return this.#at(key, matching).some(({ id, deletedAt }) => id !== user.id && deletedAt === undefined)
  }

  /** Programs are in no directory. Where several users could be meant, one who is shut out is enough, and no group counts. */
  find({ subject, email }: Somebody, matching: Matching): Entry | undefined {
    if (isReserved(subject)) return undefined
    const key = matching === 'email' ? emailKey(email ?? '') : subject
    if (!key) return undefined
    const all = this.#at(key, matching)
    const present = all.filter(({ deletedAt }) => deletedAt === undefined)
    const users = present.length > 0 ? present : all
    const [first, second] = users
    if (!first) return undefined
    const out = users.flatMap(({ active, deactivatedAt, deletedAt }) =>
      active && deletedAt === undefined ? [] : [deactivatedAt ?? deletedAt ?? 0],
    )
    const groups = second || out.length > 0 ? [] : this.groupIds(first.id).flatMap((id) => this.nameOf(id) ?? [])
    return { groups: groups.toSorted(), ...(out.length > 0 && { inactiveSince: Math.max(...out) }) }
  }

  #at(key: string, matching: Matching): readonly Listed[] {
    if (this.#byKey?.matching !== matching) {
      const keyed = [...this.#users.values()].filter((user) => keyOf(user, matching) !== undefined)
      this.#byKey = { matching, users: Map.groupBy(keyed, (user) => keyOf(user, matching)!) }
    }
    return this.#byKey.users.get(key) ?? []
  }
}
