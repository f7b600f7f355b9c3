import type { LoadedConfig } from '../../policy/config/load.js'
import { HoopError } from '../../lib/errors.js'
import type { CatalogSources } from '../upstream/catalog/catalog-source.js'
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

/** Which connections sessions may begin on. One database's trouble is its own: what is wrong with one holds up no other. */
export class Quarantine implements Disposable {
  readonly #options: QuarantineOptions
  readonly #watches = new Map<string, ConnectionWatch>()

  constructor(options: QuarantineOptions) {
    this.#options = options
  }

  /**
   * Takes up a configuration: each of its connections is tried, and lets nobody in before.
   * @returns when all were tried; never rejects
   */
  async adopt(loaded: LoadedConfig): Promise<void> {
    const names = new Set(Object.keys(loaded.config.connections))
    for (const [name, watch] of this.#watches) {
      if (names.has(name)) continue
      watch[Symbol.dispose]()
      this.#watches.delete(name)
    }
    for (const name of names) {
      const terms = this.#terms(loaded, name)
      const watch = this.#watches.get(name)
      if (watch) watch.adopt(terms)
      else this.#watches.set(name, new ConnectionWatch(terms, announce(this.#options, name)))
    }
    await Promise.all([...this.#watches.values()].map((watch) => watch.tried))
    await this.#warnOfUnseen(loaded)
  }

  /** @throws {HoopError} why nobody is let in now; CONNECTION_UNKNOWN; the signal's reason */
  async enter(connection: string, entry: Entry, signal: AbortSignal): Promise<UpstreamTarget> {
    const watch = this.#watches.get(connection)
    if (!watch) throw new HoopError('CONNECTION_UNKNOWN', connection)
    return watch.enter(entry, signal)
  }

  /** What a session met that was let in. */
  met(connection: string, error: unknown): void {
    this.#watches.get(connection)?.met(error)
  }

  /** What is in the way of somebody who gets this policy on a connection. */
  troubles(connection: string, policy: string): readonly Trouble[] {
    const found = this.#watches.get(connection)?.troubles ?? []
    return found.filter((trouble) => (trouble.policy ?? policy) === policy)
  }

  /** How to reach a connection's server; undefined while nobody can log in there. */
  usable(connection: string): UpstreamTarget | undefined {
    const watch = this.#watches.get(connection)
    return watch?.troubles.some(({ policy }) => policy === undefined) ? undefined : watch?.target
  }

  /** All that are quarantined, by name. */
  get all(): readonly Quarantined[] {
    return [...this.#watches]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([connection, { troubles, since }]) => (since ? [{ connection, since, troubles }] : []))
  }

  [Symbol.dispose](): void {
    for (const watch of this.#watches.values()) watch[Symbol.dispose]()
  }

  /** Tables that no database of their policy has are masked from their first row; that is said of what could be read. */
  async #warnOfUnseen(loaded: LoadedConfig): Promise<void> {
    const { catalogs, log } = this.#options
    const { unseen } = await surveyColumns(loaded, async (connection, database, masked) => {
      const target = this.#watches.get(connection)?.target
      const source = target && catalogs.of(target, database)
      if (!source?.lastRead) throw new HoopError('CATALOG_LATE', `of ${database}`)
      return source.under({ masked })
    })
    for (const each of unseen) log.warn({ policy: each.policy, column: each.column }, unseenTable(each))
  }

  #terms(loaded: LoadedConfig, connection: string): Terms {
    const { catalogs } = this.#options
    const target = (name: string): UpstreamTarget | undefined => this.#watches.get(name)?.target
    return {
      key: termsKey(loaded, connection),
      look: (last, signal) => lookAt({ loaded, connection, catalogs, target }, last, signal),
    }
  }
}
