import type { Logger } from 'pino'
import {
  type AskSession,
  catalogFor,
  type Catalog,
  type CatalogNeeds,
  type Reading,
  readOwn,
} from '../../../sql/catalog.js'
import { initParser } from '../../../sql/parser.js'
import { HoopError } from '../../../lib/errors.js'
import { KeptReader } from './kept-reader.js'
import { Remembered, type NameMemory } from './remembered.js'
import type { UpstreamTarget } from '../target.js'

/** A new snapshot of one database, as one policy has it. */
export const readOnce = async (target: UpstreamTarget, database: string, needs: CatalogNeeds): Promise<Catalog> => {
  await initParser()
  const reader = new KeptReader()
  try {
    return catalogFor(await reader.read(target, database), needs)
  } finally {
    await reader.close()
  }
}

/**
 * What names mean in one database, for all policies and connections that lead to it. Read at the first session, and again
 * where a statement has changed the schema, a witness found it changed, or a statement would be refused by it. It does not
 * grow old by itself: what a decision rests on is confirmed by the server before a statement runs.
 */
export class CatalogSource {
  readonly #read: (last: Reading | undefined) => Promise<Reading>
  #current: { readonly reading: Reading; readonly at: number } | undefined
  #running: Promise<Reading> | undefined
  #next: Promise<Reading> | undefined

  constructor(read: (last: Reading | undefined) => Promise<Reading>) {
    this.#read = read
  }

  /** For a session that begins: the last one, or the first. @throws {HoopError} where it can't be read */
  known(): Promise<Reading> {
    if (this.#current) return Promise.resolve(this.#current.reading)
    return this.#running ?? this.refresh()
  }

  /** The last one, where there is one. */
  get lastRead(): Reading | undefined {
    return this.#current?.reading
  }

  /** The last one. `known` must have resolved. */
  get last(): Reading {
    if (!this.#current) throw new Error('the catalog was never read')
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

  async #start(): Promise<Reading> {
    const at = performance.now()
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
  readonly #reader: KeptReader
  readonly #targets: Map<string, UpstreamTarget>
  readonly #remembered: Remembered
  readonly #derived = new WeakMap<Reading, Map<string, Catalog>>()
  /** Of the policies that are in use, or were. */
  readonly #needs = new Map<string, CatalogNeeds>()

  constructor(database: string, remembered: Remembered) {
    const targets = new Map<string, UpstreamTarget>()
    const reader = new KeptReader()
    super((last) => readByAny(reader, [...targets.values()], database, last))
    this.#reader = reader
    this.#targets = targets
    this.#remembered = remembered
  }

  /** A way to log in, the first to try from now on. */
  reachedBy(target: UpstreamTarget): void {
    const others = [...this.#targets.values()].filter(({ user }) => user !== target.user)
    this.#targets.clear()
    for (const each of [target, ...others]) this.#targets.set(each.user, each)
  }

  /**
   * The same, for a session that waits for it.
   * @returns undefined within a transaction, where the server has no more than one process for everybody: the reading would
   * wait for the transaction, and nobody else can change anything meanwhile
   */
  renew(inTransaction: boolean): Promise<Reading> | undefined {
    return inTransaction && this.last.single ? undefined : this.refresh()
  }

  /**
   * As an open transaction sees it. What names mean there is remembered by nobody: it may be rolled back.
   * @throws what `readOwn` throws
   */
  async own(ask: AskSession, needs: CatalogNeeds): Promise<Catalog> {
    return catalogFor(await readOwn(ask, this.last), { ...needs, remembered: this.#remembered.all })
  }

  /** Lets go of the connection that may be open still. */
  close(): Promise<void> {
    return this.#reader.close()
  }

  override async known(): Promise<Reading> {
    await initParser()
    const reading = await super.known()
    await this.#remembered.load(reading.identity)
    await this.#remembered.written()
    return reading
  }

  /** The catalog as it is now: whoever asks while it is read for the first time shares that reading. @throws as `known` */
  async latest(): Promise<Reading> {
    const again = this.lastRead !== undefined
    const first = await this.known()
    if (!again) return first
    await this.refresh()
    return this.known()
  }

  /** What names of policies mean now is remembered at once: the next reading may know them by other names. */
  override async refresh(): Promise<Reading> {
    const reading = await super.refresh()
    if (reading === this.last) for (const needs of this.#needs.values()) this.under(needs)
    return reading
  }

  /** The last snapshot under a policy; the same one for policies that need the same. `known` must have resolved. */
  under(needs: CatalogNeeds): Catalog {
    const reading = this.last
    const derived = this.#derived.get(reading) ?? new Map<string, Catalog>()
    this.#derived.set(reading, derived)
    const key = JSON.stringify(needs)
    const made = derived.get(key)
    if (made) return made
    this.#needs.set(key, needs)
    const catalog = catalogFor(reading, { ...needs, remembered: this.#remembered.all })
    derived.set(key, catalog)
    this.#remembered.learn(reading, catalog.known)
    return catalog
  }
}

/** Tries each login until one gets the catalog. @throws {HoopError} what the first of them met */
const readByAny = async (
  reader: KeptReader,
  [first, ...others]: readonly UpstreamTarget[],
  database: string,
  last: Reading | undefined,
): Promise<Reading> => {
  if (!first) throw new HoopError('INTERNAL', 'a catalog that nobody said how to reach')
  try {
    return await reader.read(first, database, last)
  } catch (error) {
    if (others.length === 0) throw error
    return await readByAny(reader, others, database, last).catch(() => {
      throw error
    })
  }
}

/** By which the store knows a database. */
const place = (host: string, port: number, database: string): string => `${host}:${port}/${database}`

/**
 * The catalogs of all databases, one each, for as long as the gateway runs: a reload of the configuration leaves them.
 * Databases are told apart by address and name, and by how far their server is trusted. Who logs in makes no difference:
 * everybody sees the same catalog.
 */
export class CatalogSources implements AsyncDisposable {
  readonly #sources = new Map<string, DatabaseCatalog>()
  readonly #memory: () => NameMemory | undefined
  readonly #log: Logger

  /** @param memory of what names of policies mean, once there is one */
  constructor(log: Logger, memory: () => NameMemory | undefined) {
    this.#log = log
    this.#memory = memory
  }

  /** Entries of masks that a database had when it was last read, in this process or before. @throws {HoopError} STORE_FAILED */
  async had(host: string, port: number, database: string): Promise<ReadonlySet<string>> {
    const names = (await this.#memory()?.of(place(host, port, database), '-')) ?? []
    return new Set(names.filter(({ attribute }) => attribute !== 0).map(({ entry }) => entry))
  }

  of(target: UpstreamTarget, database: string): DatabaseCatalog {
    const { host, port, others = [], attributes = 'any', sslmode, sslrootcert = '' } = target
    const key = JSON.stringify([host, port, others, attributes, database, sslmode, sslrootcert])
    const source = this.#sources.get(key) ?? this.#make(place(host, port, database), database)
    this.#sources.set(key, source)
    source.reachedBy(target)
    return source
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#sources.values()].map((source) => source.close()))
  }

  #make(place: string, database: string): DatabaseCatalog {
    const log = this.#log.child({ database: place })
    return new DatabaseCatalog(database, new Remembered(place, this.#memory, log))
  }
}
