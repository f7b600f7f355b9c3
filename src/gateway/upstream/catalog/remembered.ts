import type { Logger } from 'pino'
import { asHoopError } from '../../../lib/errors.js'
import type { KnownName, Reading } from '../../../sql/catalog.js'
import { keyOf } from '../../../sql/catalog/known.js'

/** Where it is kept what names of policies mean. */
export interface NameMemory {
  /** Of a database, by its address or by its identity: one is moved, the other restored. */
  of(database: string, identity: string): Promise<readonly KnownName[]>
  put(database: string, names: readonly KnownName[]): Promise<void>
  drop(database: string, identity: string, relations: readonly number[]): Promise<void>
}

/** Relations that are no more and yet remembered: of a table that is made anew each night, for example. */
const MAX_GONE = 200

/** What names of policies have meant in one database so far. */
export class Remembered {
  readonly #database: string
  readonly #memory: () => NameMemory | undefined
  readonly #log: Logger
  readonly #known = new Map<string, KnownName>()
  readonly #loaded = new Map<string, Promise<void>>()
  /** Identities of which all is known that was remembered. */
  readonly #knows = new Set<string>()
  /** Learned, and not durable yet. */
  readonly #unwritten = new Map<string, KnownName>()

  /** @param memory undefined where nothing is kept beyond this process */
  constructor(database: string, memory: () => NameMemory | undefined, log: Logger) {
    this.#database = database
    this.#memory = memory
    this.#log = log
  }

  /** Must have resolved before anything is decided on. @throws {HoopError} STORE_FAILED */
  load(identity: string): Promise<void> {
    const loaded =
      this.#loaded.get(identity) ??
      this.#load(identity).catch((error: unknown) => {
        this.#loaded.delete(identity)
        throw error
      })
    this.#loaded.set(identity, loaded)
    return loaded
  }

  /** Whether `load` has resolved. */
  knows(identity: string): boolean {
    return this.#knows.has(identity)
  }

  get all(): readonly KnownName[] {
    return [...this.#known.values()]
  }

  /** All, as it will be once these have been learned as well. */
  after(names: readonly KnownName[]): readonly KnownName[] {
    const known = new Map(this.#known)
    for (const name of names) known.set(keyOf(name), name)
    return [...known.values()]
  }

  /** Takes in what names mean in a new snapshot; it holds at once, and is written meanwhile. */
  learn(reading: Reading, names: readonly KnownName[]): void {
    const news = names.filter((name) => this.#known.get(keyOf(name))?.name !== name.name)
    for (const name of news) {
      this.#known.set(keyOf(name), name)
      if (name.name !== name.entry)
        this.#log.warn(
          { entry: name.entry, now: name.name },
          'what the policy names is called otherwise by now; it is held to it',
        )
    }
    for (const name of news) this.#unwritten.set(keyOf(name), name)
    this.written().catch((err: unknown) =>
      this.#log.error({ err }, 'what names of policies mean was not written; until it is, no new session begins'),
    )
    this.#forgetGone(reading)
  }

  /**
   * Resolves when all of it is durable: a gateway that forgot it in a restart would take a masked column that was renamed
   * meanwhile for another one, so nobody new is let in before.
   * @throws {HoopError} STORE_FAILED
   */
  async written(): Promise<void> {
    const names = [...this.#unwritten]
    if (names.length === 0) return
    try {
      await this.#memory()?.put(
        this.#database,
        names.map(([, name]) => name),
      )
    } catch (error) {
      throw asHoopError(error, 'STORE_FAILED')
    }
    for (const [key, name] of names) if (this.#unwritten.get(key) === name) this.#unwritten.delete(key)
  }

  #forgetGone({ identity, rows }: Reading): void {
    const gone = this.all.filter((known) => known.identity === identity && !rows.has(known.relation))
    if (gone.length <= MAX_GONE) return
    for (const each of gone) this.#known.delete(keyOf(each))
    const relations = [...new Set(gone.map(({ relation }) => relation))]
    // What stays is too much, and never too little.
    this.#memory()
      ?.drop(this.#database, identity, relations)
      .catch((err: unknown) => this.#log.warn({ err }, 'names of tables that are gone were not forgotten'))
  }

  async #load(identity: string): Promise<void> {
    const memory = this.#memory()
    const names = (await memory?.of(this.#database, identity)) ?? []
    for (const name of names) if (!this.#known.has(keyOf(name))) this.#known.set(keyOf(name), name)
    this.#knows.add(identity)
  }
}
