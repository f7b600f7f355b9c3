import { type Catalog, type CatalogNeeds, catalogFor, catalogSteps, type Reading } from '../../../sql/catalog.js'
import type { InTurns } from '../../../sql/steps.js'
import type { Remembered } from './remembered.js'

/** What policies make of one reading, each by the key of what it needs. */
export class Derived {
  readonly #reading: Reading
  readonly #remembered: Remembered
  readonly #inTurns: InTurns
  readonly #catalogs = new Map<string, Catalog>()
  readonly #making = new Map<string, Promise<void>>()
  readonly #failed = new Set<string>()
  /** Made before the reading was in force: what names mean in it counts from then on. */
  #unlearned: Catalog[] = []
  #inForce = false

  constructor(reading: Reading, remembered: Remembered, inTurns: InTurns) {
    this.#reading = reading
    this.#remembered = remembered
    this.#inTurns = inTurns
  }

  get(key: string): Catalog | undefined {
    return this.#catalogs.get(key)
  }

  /** Whether it is there, or can't be: then who asks for it hears why, and nobody else is kept waiting for it. */
  tried(key: string): boolean {
    return this.#catalogs.has(key) || this.#failed.has(key)
  }

  /** Resolves when one more of those is there, or can't be, that are being made; undefined where none is. Never rejects. */
  get settling(): Promise<void> | undefined {
    const [first] = this.#making.values()
    return first?.catch(() => undefined)
  }

  /** Makes one in turns; whoever asks meanwhile shares it. @throws what `catalogFor` throws */
  make(key: string, needs: CatalogNeeds): Promise<void> {
    const making =
      this.#making.get(key) ??
      this.#inTurns(catalogSteps(this.#reading, this.#with(needs)))
        .then(
          (catalog) => void this.#keep(key, catalog),
          (error: unknown) => {
            this.#failed.add(key)
            throw error
          },
        )
        .finally(() => this.#making.delete(key))
    this.#making.set(key, making)
    return making
  }

  /** The same without a pause, for whoever can't wait. @throws what `catalogFor` throws */
  makeAtOnce(key: string, needs: CatalogNeeds): Catalog {
    return this.#keep(key, catalogFor(this.#reading, this.#with(needs)))
  }

  /** The reading is in force: what names of policies mean is remembered at once, since the next may know them by others. */
  begin(): void {
    this.#inForce = true
    const catalogs = this.#unlearned
    this.#unlearned = []
    for (const catalog of catalogs) this.#learn(catalog)
  }

  #learn({ known }: Catalog): void {
    this.#remembered.learn(this.#reading, known)
  }

  #with(needs: CatalogNeeds): CatalogNeeds {
    return { ...needs, remembered: this.#remembered.after(this.#unlearned.flatMap(({ known }) => known)) }
  }

  /** One alone for each key: what was decided is kept by it. */
  #keep(key: string, made: Catalog): Catalog {
    const catalog = this.#catalogs.get(key)
    if (catalog) return catalog
    this.#catalogs.set(key, made)
    if (this.#inForce) this.#learn(made)
    else this.#unlearned.push(made)
    return made
  }
}
