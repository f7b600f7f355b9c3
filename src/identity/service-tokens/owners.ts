import type { Owner } from '../types.js'

/** Somebody who owns tokens, with the groups that the provider named last. */
export interface KnownOwner extends Owner {
  readonly groups: readonly string[]
  /** When it did, milliseconds since 1970. */
  readonly namedAt?: number
}

/** Who may own tokens, as far as the gateway knows them. Tokens are good for what these groups are given, and nothing else. */
export class Owners {
  readonly #known: Map<string, KnownOwner>
  #regroup: (owner: KnownOwner) => KnownOwner = (owner) => owner

  /** @param known from the store, by subject */
  constructor(known: Iterable<KnownOwner> = []) {
    this.#known = new Map([...known].map((one) => [one.subject, one]))
  }

  find(subject: string): KnownOwner | undefined {
    const found = this.#known.get(subject)
    return found && this.#regroup(found)
  }

  /** Where somebody else than the provider names groups, they do it at each look. */
  regroupBy(regroup: (owner: KnownOwner) => KnownOwner): void {
    this.#regroup = regroup
  }

  /**
   * The provider has said who somebody is. What it said earlier changes nothing: an older token may still be in use.
   * @returns whether their service tokens may be good for something else now
   */
  see({ subject, name, email, groups, namedAt = Date.now() }: KnownOwner): boolean {
    const before = this.#known.get(subject)
    if (before && namedAt < (before.namedAt ?? 0)) return false
    this.#known.set(subject, { subject, name, ...(email !== undefined && { email }), groups: [...groups], namedAt })
    const isSame = before?.email === email && JSON.stringify(before?.groups) === JSON.stringify(groups)
    return before !== undefined && !isSame
  }
}
