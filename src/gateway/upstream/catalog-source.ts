import type { Logger } from 'pino'
import {
  catalogFor,
  readCatalog,
  type Catalog,
  type CatalogNeeds,
  type CatalogQuery,
  type Reading,
} from '../../sql/catalog.js'
import { initParser } from '../../sql/parser.js'
import { HoopError } from '../../lib/errors.js'
import { openOwnClient } from './own-client.js'
import { Remembered, type NameMemory } from './remembered.js'
import type { UpstreamTarget } from './target.js'

/** A snapshot older than this is read again, milliseconds: objects change by other ways than through the gateway. */
const freshFor = 60_000
/** Between two attempts that nobody waits for, milliseconds. */
const pause = 5_000

/** Reads a new snapshot of one database, over a connection that it opens and ends. */
const readDatabase = async (target: UpstreamTarget, database: string, last?: Reading): Promise<Reading> => {
  const client = await openOwnClient(target, database)
  try {
    const query: CatalogQuery = async (sql, parameters) =>
      (await client.query<Record<string, unknown>>(sql, parameters)).rows
    return await readCatalog(query, last)
  } finally {
    // For a database that serves everybody over one backend (PGlite), where it would hold for others.
    await client.query('RESET statement_timeout').catch(() => undefined)
    await client.end().catch(() => undefined)
  }
}

/** A new snapshot of one database, as one policy has it. */
export const readOnce = async (target: UpstreamTarget, database: string, needs: CatalogNeeds): Promise<Catalog> => {
  await initParser()
  return catalogFor(await readDatabase(target, database), needs)
}

/**
 * What names mean in one database, for all policies and connections that lead to it. Read at the first session, again when
 * it is old, and on demand after a statement changed the schema.
 */
export class CatalogSource {
  readonly #read: (last: Reading | undefined) => Promise<Reading>
  readonly #log: Logger
  #current: { readonly reading: Reading; readonly at: number } | undefined
  #running: Promise<Reading> | undefined
  #next: Promise<Reading> | undefined
  #triedAt = -Infinity

  constructor(read: (last: Reading | undefined) => Promise<Reading>, log: Logger) {
    this.#read = read
    this.#log = log
  }

  /** For a session that begins: no older than a minute. @throws {HoopError} where it can't be read */
  fresh(): Promise<Reading> {
    if (this.#current && !this.#isOld) return Promise.resolve(this.#current.reading)
    return this.#running ?? this.refresh()
  }

  /** For a statement of a live session: the last one; an old one is replaced meanwhile. `fresh` must have resolved. */
  get last(): Reading {
    if (!this.#current) throw new Error('the catalog was never read')
    const due = this.#isOld && !this.#running && performance.now() - this.#triedAt > pause
    if (due) this.refresh().catch((err: unknown) => this.#log.warn({ err }, 'stale catalog'))
    return this.#current.reading
  }

  /**
   * A snapshot that begins after this call: one that is being read may have missed what just happened. All who ask while one
   * is being read share the next.
   * @throws {HoopError} where it can't be read
   */
  refresh(): Promise<Reading> {
    if (!this.#running) return this.#start()
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined
        return this.#start()
      })
    return this.#next
  }

  get #isOld(): boolean {
    return performance.now() - (this.#current?.at ?? -Infinity) > freshFor
  }

  async #start(): Promise<Reading> {
    const at = performance.now()
    this.#triedAt = at
    const running = this.#read(this.#current?.reading)
    this.#running = running
    try {
      const reading = await running
      if (at >= (this.#current?.at ?? -Infinity)) this.#current = { reading, at }
      return reading
    } finally {
      if (this.#running === running) this.#running = undefined
    }
  }
}

/** One database's, as policies see it. */
export class DatabaseCatalog extends CatalogSource {
  readonly #targets: Map<string, UpstreamTarget>
  readonly #remembered: Remembered
  readonly #derived = new WeakMap<Reading, Map<string, Catalog>>()

  constructor(database: string, remembered: Remembered, log: Logger) {
    const targets = new Map<string, UpstreamTarget>()
    super((last) => readByAny([...targets.values()], database, last), log)
    this.#targets = targets
    this.#remembered = remembered
  }

  /** A way to log in, the first to try from now on. */
  reachedBy(target: UpstreamTarget): void {
    const others = [...this.#targets.values()].filter(({ user }) => user !== target.user)
    this.#targets.clear()
    for (const each of [target, ...others]) this.#targets.set(each.user, each)
  }

  override async fresh(): Promise<Reading> {
    await initParser()
    const reading = await super.fresh()
    await this.#remembered.load(reading.identity)
    return reading
  }

  /** The last snapshot under a policy; the same one for policies that need the same. `fresh` must have resolved. */
  under(needs: CatalogNeeds): Catalog {
    const reading = this.last
    const derived = this.#derived.get(reading) ?? new Map<string, Catalog>()
    this.#derived.set(reading, derived)
    const key = JSON.stringify(needs)
    const made = derived.get(key)
    if (made) return made
    const catalog = catalogFor(reading, { ...needs, remembered: this.#remembered.all })
    derived.set(key, catalog)
    this.#remembered.learn(reading, catalog.known)
    return catalog
  }
}

/** Tries each login until one gets the catalog. @throws {HoopError} what the first of them met */
const readByAny = async (
  [first, ...others]: readonly UpstreamTarget[],
  database: string,
  last: Reading | undefined,
): Promise<Reading> => {
  if (!first) throw new HoopError('INTERNAL', 'a catalog that nobody said how to reach')
  try {
    return await readDatabase(first, database, last)
  } catch (error) {
    if (others.length === 0) throw error
    return await readByAny(others, database, last).catch(() => {
      throw error
    })
  }
}

/**
 * The catalogs of all databases, one each, for as long as the gateway runs: a reload of the configuration leaves them.
 * Databases are told apart by address and name, and by how far their server is trusted. Who logs in makes no difference:
 * everybody sees the same catalog.
 */
export class CatalogSources {
  readonly #sources = new Map<string, DatabaseCatalog>()
  readonly #memory: () => NameMemory | undefined
  readonly #log: Logger

  /** @param memory of what names of policies mean, once there is one */
  constructor(log: Logger, memory: () => NameMemory | undefined) {
    this.#log = log
    this.#memory = memory
  }

  of(target: UpstreamTarget, database: string): DatabaseCatalog {
    const { host, port, sslmode, sslrootcert = '' } = target
    const key = JSON.stringify([host, port, database, sslmode, sslrootcert])
    const source = this.#sources.get(key) ?? this.#make(`${host}:${port}/${database}`, database)
    this.#sources.set(key, source)
    source.reachedBy(target)
    return source
  }

  #make(place: string, database: string): DatabaseCatalog {
    const log = this.#log.child({ database: place })
    return new DatabaseCatalog(database, new Remembered(place, this.#memory, log), log)
  }
}
