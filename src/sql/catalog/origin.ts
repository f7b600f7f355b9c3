import type { CatalogNeeds } from './build.js'
import type { Reading } from './reading.js'
import type { Catalog } from './types.js'

interface Origin {
  readonly reading: Reading
  readonly needs: CatalogNeeds
}

/** By what all forms of one catalog share, whatever names are added to it. */
const origins = new WeakMap<Catalog['relations'], Origin>()

/** Notes what a catalog was made of. */
export const noteOrigin = ({ relations }: Pick<Catalog, 'relations'>, origin: Origin): void =>
  void origins.set(relations, origin)

/** What a catalog was made of. @throws {Error} where `build` has not made it */
export const originOf = ({ relations }: Catalog): Origin => {
  const origin = origins.get(relations)
  if (!origin) throw new Error('a catalog that no reading was made into')
  return origin
}
