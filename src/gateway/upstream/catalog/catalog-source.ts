import type { Logger } from 'pino'
import {
  type AskSession,
  type Catalog,
  type CatalogNeeds,
  catalogSteps,
  type Reading,
  readOwn,
} from '../../../sql/catalog.js'
import { initParser } from '../../../sql/parser.js'
import type { InTurns } from '../../../sql/steps.js'
import { HoopError } from '../../../lib/errors.js'
import { Derived } from './derived.js'
import { inTurns } from './in-turns.js'
import { KeptReader } from './kept-reader.js'
import { NewestReading } from './newest-reading.js'
import { Remembered, type NameMemory } from './remembered.js'
import type { UpstreamTarget } from '../target.js'

/** A new snapshot of one database, as one policy has it. */
export const readOnce = async (target: UpstreamTarget, database: string, needs: CatalogNeeds): Promise<Catalog> => {
  await initParser()
  const reader = new KeptReader()
  try {
    return await inTurns(catalogSteps(await reader.read(target, database), needs))
  } finally {
    await reader.close()
  }
}

/** Logins that are tried until one gets the catalog. Those that nobody uses any more are forgotten for newer ones. */
const WAYS = 8

/** One role may log in by several secrets, of which each can be broken by itself. */
const wayOf = ({ user, login = '' }: UpstreamTarget): string => JSON.stringify([user, login])

/** One database's, as policies see it. */
export class DatabaseCatalog extends NewestReading {
  readonly #reader: KeptReader
  readonly #targets: Map<string, UpstreamTarget>
  readonly #remembered: Remembered
  readonly #derived = new WeakMap<Reading, Derived>()
  /** Of the policies that are in use: what nobody has any more isn't made of later readings. */
  readonly #needs = new Map<string, WeakRef<CatalogNeeds>>()
  /** Each statement asks by them: they are spelled out once. */
  readonly #keys = new WeakMap<CatalogNeeds, string>()
  readonly #inTurns: InTurns

  /** @param turns how what policies make of a reading is made */
  constructor(database: string, remembered: Remembered, turns: InTurns = inTurns) {
    const targets = new Map<string, UpstreamTarget>()
    const reader = new KeptReader()
    super((last) => readByAny(reader, [...targets.values()], database, last))
    this.#reader = reader
    this.#targets = targets
    this.#remembered = remembered
    this.#inTurns = turns
  }

  /** A way to log in, the first to try from now on; of one login the last that was heard of. */
  reachedBy(target: UpstreamTarget): void {
    const key = wayOf(target)
    const others = [...this.#targets.values()].filter((each) => wayOf(each) !== key)
    this.#targets.clear()
    for (const each of [target, ...others].slice(0, WAYS)) this.#targets.set(wayOf(each), each)
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
    const reading = await readOwn(ask, this.last, this.#inTurns)
    return this.#inTurns(catalogSteps(reading, { ...needs, remembered: this.#remembered.all }))
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

  /**
   * The last snapshot under a policy, made without holding up anybody: to be had from `under` from then on, also of all
   * that are read later. `known` must have resolved.
   */
  async ready(needs: CatalogNeeds): Promise<Catalog> {
    const key = this.#keyOf(needs)
    for (;;) {
      const derived = this.#of(this.last)
      const made = derived.get(key)
      if (made) return made
      // Another may be in force when it is made, which has brought its own.
      await derived.make(key, needs)
    }
  }

  /** The same at once, where `ready` was never asked; the same one for policies that need the same. */
  under(needs: CatalogNeeds): Catalog {
    const key = this.#keyOf(needs)
    const derived = this.#of(this.last)
    return derived.get(key) ?? derived.makeAtOnce(key, needs)
  }

  /** All that policies make of it, each by what names meant to them until then. */
  protected override prepare(reading: Reading): Promise<void> | undefined {
    if (this.#needs.size === 0) return undefined
    // Another identity, where the database was restored: what is remembered by that one must be known first.
    if (!this.#remembered.knows(reading.identity)) return this.#remembered.load(reading.identity)
    // What a policy just finds in the reading before has to be found again in this one, under whatever name.
    const before = this.lastRead && this.#of(this.lastRead).settling
    if (before) return before
    const derived = this.#of(reading)
    for (const [key, used] of this.#needs) {
      const needs = used.deref()
      if (!needs) this.#needs.delete(key)
      else if (!derived.tried(key)) return derived.make(key, needs).catch(() => undefined)
    }
    return undefined
  }

  protected override begun(reading: Reading): void {
    this.#of(reading).begin()
  }

  #keyOf(needs: CatalogNeeds): string {
    const key = this.#keys.get(needs) ?? JSON.stringify(needs)
    this.#keys.set(needs, key)
    if (!this.#needs.get(key)?.deref()) this.#needs.set(key, new WeakRef(needs))
    return key
  }

  #of(reading: Reading): Derived {
    const derived = this.#derived.get(reading) ?? new Derived(reading, this.#remembered, this.#inTurns)
    this.#derived.set(reading, derived)
    return derived
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
