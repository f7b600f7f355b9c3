import type { Logger } from 'pino'
import type { Catalog, CatalogQuery } from '../../sql/catalog.js'
import { loadCatalog } from '../../sql/catalog.js'
import type { UpstreamTarget } from './target.js'
import { openOwnClient } from './own-client.js'

/** A snapshot older than this is read again, milliseconds: objects change by other ways than through the gateway. */
const freshFor = 60_000
/** Between two attempts that nobody waits for, milliseconds. */
const pause = 5_000

/** Reads a new snapshot of one database, over a connection that it opens and ends. */
export const readCatalog = async (
  target: UpstreamTarget,
  database: string,
  masked: readonly string[],
  pure: readonly string[] = [],
): Promise<Catalog> => {
  const client = await openOwnClient(target, database)
  try {
    const query: CatalogQuery = async (sql, parameters) =>
      (await client.query<Record<string, unknown>>(sql, parameters)).rows
    return await loadCatalog(query, masked, pure)
  } finally {
    // For a database that serves everybody over one backend (PGlite), where it would hold for others.
    await client.query('RESET statement_timeout').catch(() => undefined)
    await client.end().catch(() => undefined)
  }
}

/**
 * What names mean in one database, for all sessions under one policy. Read at the first session, again when it is old,
 * and on demand after a statement changed the schema.
 */
export class CatalogSource {
  readonly #read: () => Promise<Catalog>
  readonly #log: Logger
  #current: { readonly catalog: Catalog; readonly at: number } | undefined
  #running: Promise<Catalog> | undefined
  #next: Promise<Catalog> | undefined
  #triedAt = -Infinity

  constructor(read: () => Promise<Catalog>, log: Logger) {
    this.#read = read
    this.#log = log
  }

  /** For a session that begins: no older than a minute. @throws {HoopError} where it can't be read */
  fresh(): Promise<Catalog> {
    if (this.#current && !this.#isOld) return Promise.resolve(this.#current.catalog)
    return this.#running ?? this.refresh()
  }

  /** For a statement of a live session: the last one; an old one is replaced meanwhile. `fresh` must have resolved. */
  get last(): Catalog {
    if (!this.#current) throw new Error('the catalog was never read')
    const due = this.#isOld && !this.#running && performance.now() - this.#triedAt > pause
    if (due) this.refresh().catch((err: unknown) => this.#log.warn({ err }, 'stale catalog'))
    return this.#current.catalog
  }

  /**
   * A snapshot that begins after this call: one that is being read may have missed what just happened.
   * @throws {HoopError} where it can't be read
   */
  refresh(): Promise<Catalog> {
    if (!this.#running) return this.#start()
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined
        return this.#start()
      })
    return this.#next
  }

  /**
   * For a name that the last snapshot doesn't have.
   * @returns undefined where that began within `age` milliseconds; a rejection where it can't be read
   */
  renew(age: number): Promise<Catalog> | undefined {
    return performance.now() - this.#triedAt < age ? this.#running : this.refresh()
  }

  get #isOld(): boolean {
    return performance.now() - (this.#current?.at ?? -Infinity) > freshFor
  }

  async #start(): Promise<Catalog> {
    const at = performance.now()
    this.#triedAt = at
    const running = this.#read()
    this.#running = running
    try {
      const catalog = await running
      if (at >= (this.#current?.at ?? -Infinity)) this.#current = { catalog, at }
      return catalog
    } finally {
      if (this.#running === running) this.#running = undefined
    }
  }
}
