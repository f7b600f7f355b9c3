import type { LoadedConfig } from '../../policy/config/load.js'
import type { EntryLogin } from '../../policy/config/sections/entry-login.js'
import { HoopError } from '../../lib/errors.js'
import type { CatalogSources } from '../upstream/catalog/catalog-source.js'
import { loginKey, loginsOf } from '../upstream/login/logins.js'
import type { UpstreamTarget } from '../upstream/target.js'
import { surveyColumns, unseenTable } from '../upstream/catalog/unknown-columns.js'
import { announce, type AnnounceOptions } from './announce.js'
import { lookAt } from './look.js'
import { termsKey } from './terms.js'
import type { Trouble } from './trouble.js'
import { ConnectionWatch, type Entry, type Terms } from './watch.js'

export interface QuarantineOptions extends AnnounceOptions {
  readonly catalogs: CatalogSources
}

/** A connection that isn't let in to, for an operator. */
export interface Quarantined {
  readonly connection: string
  readonly since: Date
  readonly troubles: readonly Trouble[]
}

/** What a connection is tried by: one of its logins. */
interface Way {
  readonly connection: string
  readonly login: EntryLogin | undefined
}

const keyOf = ({ connection, login }: Way): string => `${connection} ${loginKey(login)}`

/**
 * Which connections sessions may begin on. One database's trouble is its own: what is wrong with one holds up no other, and
 * what is wrong with an entry's login nobody but its people.
 */
export class Quarantine implements Disposable {
  readonly #options: QuarantineOptions
  /** By connection and login; names of connections hold no blanks. */
  readonly #watches = new Map<string, Way & { readonly watch: ConnectionWatch }>()

  constructor(options: QuarantineOptions) {
    this.#options = options
  }

  /**
   * Takes up a configuration: each of its connections is tried, and lets nobody in before.
   * @returns when all were tried; never rejects
   */
  async adopt(loaded: LoadedConfig): Promise<void> {
    const ways = Object.keys(loaded.config.connections).flatMap((connection) =>
      loginsOf(loaded, connection).map((login): Way => ({ connection, login })),
    )
    const keys = new Set(ways.map(keyOf))
    for (const [key, { watch }] of this.#watches) {
      if (keys.has(key)) continue
      watch[Symbol.dispose]()
      this.#watches.delete(key)
    }
    for (const way of ways) {
      const terms = this.#terms(loaded, way)
      const known = this.#watches.get(keyOf(way))
      if (known) known.watch.adopt(terms)
      else {
        const watch = new ConnectionWatch(terms, announce(this.#options, way.connection, way.login?.user))
        this.#watches.set(keyOf(way), { ...way, watch })
      }
    }
    await Promise.all([...this.#watches.values()].map(({ watch }) => watch.tried))
    await this.#warnOfUnseen(loaded)
  }

  /** @throws {HoopError} why nobody is let in now; CONNECTION_UNKNOWN; the signal's reason */
  async enter(way: Way, entry: Entry, signal: AbortSignal): Promise<UpstreamTarget> {
    const known = this.#watches.get(keyOf(way))
    if (!known) throw new HoopError('CONNECTION_UNKNOWN', way.connection)
    return known.watch.enter(entry, signal)
  }

  /** What a session met that was let in. */
  met(way: Way, error: unknown): void {
    this.#watches.get(keyOf(way))?.watch.met(error)
  }

  /** What is in the way of somebody who gets this policy on a connection, by this login. */
  troubles(connection: string, policy: string, login: EntryLogin | undefined): readonly Trouble[] {
    const found = this.#watches.get(keyOf({ connection, login }))?.watch.troubles ?? []
    return found.filter((trouble) => (trouble.policy ?? policy) === policy)
  }

  /** How to reach a connection's server, by each of its logins that can be made now: several may be of one user. */
  usable(connection: string): readonly UpstreamTarget[] {
    const free = this.#of(connection).filter(({ watch }) => !watch.troubles.some(({ policy }) => policy === undefined))
    return free.flatMap(({ watch }) => watch.target ?? [])
  }

  /** All that are quarantined, if only for some people, by name. */
  get all(): readonly Quarantined[] {
    const names = new Set([...this.#watches.values()].map(({ connection }) => connection))
    return [...names].toSorted().flatMap((connection) => {
      const found = this.#of(connection).flatMap(({ login, watch: { troubles, since } }) =>
        since ? [{ since, troubles: troubles.map((each) => ({ ...each, ...(login && { login: login.user }) })) }] : [],
      )
      if (found.length === 0) return []
      const since = new Date(Math.min(...found.map((each) => each.since.getTime())))
      return [{ connection, since, troubles: found.flatMap(({ troubles }) => troubles) }]
    })
  }

  [Symbol.dispose](): void {
    for (const { watch } of this.#watches.values()) watch[Symbol.dispose]()
  }

  #of(connection: string): (Way & { readonly watch: ConnectionWatch })[] {
    return [...this.#watches.values()].filter((each) => each.connection === connection)
  }

  /** Tables that no database of their policy has are masked from their first row; that is said of what could be read. */
  async #warnOfUnseen(loaded: LoadedConfig): Promise<void> {
    const { catalogs, log } = this.#options
    const { unseen } = await surveyColumns(loaded, async (connection, database, masked) => {
      const target = this.#target(connection)
      const source = target && catalogs.of(target, database)
      if (!source?.lastRead) throw new HoopError('CATALOG_LATE', `of ${database}`)
      return source.ready({ masked })
    })
    for (const each of unseen) log.warn({ policy: each.policy, column: each.column }, unseenTable(each))
  }

  /** By any of its logins: everybody sees the same catalog. */
  #target(connection: string): UpstreamTarget | undefined {
    return this.#of(connection).find(({ watch }) => watch.target)?.watch.target
  }

  #terms(loaded: LoadedConfig, { connection, login }: Way): Terms {
    const { catalogs } = this.#options
    const target = (name: string): UpstreamTarget | undefined => this.#target(name)
    return {
      key: termsKey(loaded, connection),
      look: (last, signal) => lookAt({ loaded, connection, login, catalogs, target }, last, signal),
    }
  }
}
