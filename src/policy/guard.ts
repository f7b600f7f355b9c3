import { asHoopError, HoopError } from '../lib/errors.js'
import type { ColumnMask } from '../masking/types.js'
import type { AskSession, Catalog } from '../sql/catalog.js'
import { witnessParameters } from '../sql/witness/parameters.js'
import type { Field } from '../wire/backend.js'
import type { PolicyConfig } from './config/schema.js'
import { RecentCache } from '../lib/recent-cache.js'
import { sizeOf } from '../lib/size-of.js'
import { derivedError, derivedFrom } from './masks/derived.js'
import { Decider } from './decide.js'
import type { AllowedStatement, Asker, Decision, Guard } from './decision.js'
import { Unread } from './texts/long-texts.js'
import { ReadTexts } from './texts/read-texts.js'
import { Origins } from './masks/origins.js'
import { resultMasks } from './masks/result-masks.js'
import { Scans } from './masks/scans.js'
import type { Analyst } from './texts/text-facts.js'
import { keepNames, pendingNames, withNames } from './masks/former-names.js'
import { decisionFor, type Known, type Verdict } from './verdict.js'

/** Where the guards of one database get what names mean. */
interface CatalogSource {
  /** The snapshot in force: another object whenever it is another. @throws where none was ever read */
  readonly catalog: Catalog
  /** Resolves when a snapshot that began after this call is in force. @throws what reading it throws */
  refresh(): Promise<unknown>
  /** The same, as `Guard.renew`; absent where it never changes. */
  renew?(inTransaction: boolean): Promise<unknown> | undefined
  /** As the open transaction of a session sees it. @throws what reading it throws */
  own?(ask: AskSession): Promise<Catalog>
}

/** Longer texts carry their data with them and seldom come twice. */
const bounds = { key: 32_768, entries: 4_000, bytes: 8_000_000 }

/** What a verdict has of its own: rules belong to the policy, and an error's stack counts with its text. */
const held = ({ settled, known }: Verdict & { readonly known?: Known }): unknown =>
  settled ? (settled.kind === 'refuse' ? [settled.error.stack, settled.facts] : settled.statements) : known

export interface GuardOptions {
  readonly policy: PolicyConfig
  /** Whether these people see masked columns in the clear. */
  readonly clear: boolean
  /** Absent where nothing in the policy depends on what names mean. */
  readonly source: CatalogSource | undefined
  /** At least 16 bytes; the same for as long as hashes are to stay the same. */
  readonly maskKey: Buffer
  /** The most statements that one text may have; any number where nothing is said. */
  readonly statements?: number | undefined
  /** Who reads long texts; where nobody is, they are read here. */
  readonly analyst?: Analyst | undefined
  /** A snapshot before the source's: what was renamed since is known by its former names as well. */
  readonly before?: Catalog | undefined
}

/**
 * The guard of one policy on one database. It has no state of any session, so one serves them all and what was decided
 * for one is known for the others. The parser must have been initialized.
 */
export class PolicyGuard implements Guard {
  readonly clear: boolean
  readonly masking: boolean
  readonly maskKey: Buffer
  readonly caps: Guard['caps']
  readonly witness: Guard['witness']
  readonly #options: GuardOptions
  readonly #policy: PolicyConfig
  readonly #source: GuardOptions['source']
  readonly #cache = new RecentCache<Verdict>(bounds)
  readonly #long: ReadTexts
  #decider: Decider
  #snapshot: Catalog | undefined
  /** The snapshot, with names that were given since. */
  #catalog: Catalog | undefined
  #origins: Origins | undefined
  #scans: Scans | undefined

  constructor(options: GuardOptions) {
    const { policy, clear, source, maskKey, before, statements } = options
    if (!source && policy.masks.length > 0) throw new HoopError('INTERNAL', 'masks need the database’s catalog')
    if (maskKey.length < 16) throw new HoopError('INTERNAL', 'the masking key is too short')
    this.clear = clear
    this.masking = policy.masks.length > 0
    this.maskKey = maskKey
    this.#policy = policy
    this.caps = { maskedErrors: policy.masked_errors, k: policy.vectors.k, queries: policy.vectors.queries }
    this.#source = source
    this.#options = options
    this.#long = new ReadTexts(options.analyst)
    this.#catalog = before
    // A policy that only observes refuses nothing, and so needs nothing confirmed.
    const observes = policy.mode === 'observe' && policy.masks.length === 0 && !policy.rules.some(({ firm }) => firm)
    this.witness = source && !observes ? witnessParameters : undefined
    this.#decider = new Decider({ policy, catalog: undefined, origins: undefined, clear, statements })
    if (policy.masks.some(({ detect }) => detect)) this.#scans = new Scans(policy)
  }

  decide(text: string, asker: Asker): Decision {
    try {
      this.#current()
      return decisionFor(this.#long.takesLong(text) ? this.#ofLong(text) : this.#ofShort(text), asker)
    } catch (error) {
      if (error instanceof Unread) throw error
      return { kind: 'refuse', error: asHoopError(error) }
    }
  }

  prepare(text: string, person: string, signal?: AbortSignal): Promise<void> | undefined {
    if (!this.slow(text)) return undefined
    return this.#long.prepare(text, this.#decider, person, this.witness !== undefined, signal)
  }

  slow(text: string): boolean {
    if (!this.#long.takesLong(text)) return false
    this.#current()
    return this.#long.get(text, this.#decider) === undefined
  }

  spans(text: string): ArrayLike<number> | undefined {
    return this.#long.takesLong(text) ? this.#long.get(text, this.#decider)?.spans : undefined
  }

  masks(
    fields: readonly Field[],
    statement: AllowedStatement | undefined,
  ): readonly (ColumnMask | undefined)[] | undefined | HoopError {
    if (!this.masking) return undefined
    try {
      const origins = this.#current()
      if (!origins)
        return new HoopError('STATEMENT_UNPROVEN', 'the catalog is not known', { hint: 'Try again in a moment.' })
      const masks = resultMasks(fields, statement ? statement.outputs : 'unknown', origins)
      if (masks instanceof HoopError || masks === undefined || this.#policy.derived === 'hide' || this.clear)
        return masks
      // What the decision could not know: the server says where a column comes from, or that it can't.
      const derived = derivedFrom(masks)
      return derived.length > 0 ? derivedError(derived) : masks
    } catch (error) {
      return asHoopError(error)
    }
  }

  get scans(): Scans | undefined {
    if (this.#scans) this.#current()
    return this.#scans
  }

  async refresh(): Promise<void> {
    await this.#source?.refresh()
  }

  renew(inTransaction: boolean): Promise<unknown> | undefined {
    return this.#source?.renew?.(inTransaction)
  }

  get origin(): Guard['origin'] {
    return this.#source && ((field) => this.#current()?.of(field) ?? {})
  }

  get own(): Guard['own'] {
    const read = this.#source?.own?.bind(this.#source)
    if (!read) return undefined
    return async (ask) => {
      const catalog = await read(ask)
      const source = { catalog, refresh: () => this.refresh() }
      return new PolicyGuard({ ...this.#options, source, before: this.#catalog })
    }
  }

  get catalog(): object | undefined {
    return this.#source?.catalog
  }

  #ofShort(text: string): Verdict {
    const known = this.#cache.get(text)
    if (known !== undefined) return known
    const { verdict, renamed } = this.#long.decide(text, this.#decider)
    this.#renames(renamed)
    this.#cache.set(text, verdict, sizeOf(held(verdict)))
    return verdict
  }

  /** @throws {Unread} */
  #ofLong(text: string): Verdict {
    const decider = this.#decider
    const read = this.#long.get(text, decider)
    const now = read ?? { decided: this.#long.decide(text, decider), spans: undefined, bytes: 0 }
    this.#renames(now.decided.renamed)
    // What it says holds by the names that it gives as well.
    if (!read || decider !== this.#decider) this.#long.keep(text, this.#decider, now)
    return now.decided.verdict
  }

  /** A table that is being renamed is the same table by its new name, from now on. */
  #renames(renamed: readonly (readonly [name: string, relation: number])[]): void {
    if (!this.#catalog || renamed.length === 0) return
    const catalog = withNames(this.#catalog, renamed)
    if (catalog !== this.#catalog) this.#use(catalog)
  }

  /** Decisions that rest on another catalog are forgotten. */
  #use(catalog: Catalog): void {
    this.#catalog = catalog
    const { statements } = this.#options
    this.#decider = new Decider({
      policy: this.#policy,
      catalog,
      origins: this.#origins,
      clear: this.clear,
      statements,
    })
    this.#cache.clear()
  }

  /** Follows the catalog. */
  #current(): Origins | undefined {
    const catalog = this.#source?.catalog
    if (catalog && catalog !== this.#snapshot) {
      keepNames(this.#catalog, catalog)
      this.#origins = new Origins(this.#policy, catalog)
      if (this.#scans) this.#scans = new Scans(this.#policy, catalog)
      this.#snapshot = catalog
      this.#use(withNames(catalog, pendingNames(this.#catalog, catalog)))
    }
    return this.#origins
  }
}
