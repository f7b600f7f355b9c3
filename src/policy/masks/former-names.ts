import type { Catalog, Relation } from '../../sql/catalog.js'
import { labelOf } from '../../sql/resolve.js'

type Named = { -readonly [Key in keyof Relation]: Relation[Key] }

/** Names of one relation that are remembered. */
const MAX_NAMES = 20

/** Names that are remembered until a snapshot has them. */
const MAX_PENDING = 1000

const formerNames = (before: Relation | undefined, now: Relation): readonly string[] => {
  if (!before) return []
  const names = new Set([labelOf(before), ...(before.formerly ?? []), ...(now.formerly ?? [])])
  names.delete(labelOf(now))
  return [...names].slice(0, MAX_NAMES)
}

/**
 * What rules name stays what it is, whatever it is called later: relations of a new snapshot keep the names that they had
 * in the one before.
 */
export const keepNames = (before: Catalog | undefined, now: Catalog): void => {
  for (const [oid, relation] of now.relations) {
    const names = formerNames(before?.relations.get(oid), relation)
    if (names.length > 0) (relation as Named).formerly = names
  }
}

/** Adds names that a statement is about to give. @returns the catalog with them, the same one where there are none new */
export const withNames = (catalog: Catalog, renamed: Iterable<readonly [name: string, relation: number]>): Catalog => {
  const names = new Map([...(catalog.renamed ?? [])].map(([name, oids]) => [name, new Set(oids)]))
  let changed = false
  for (const [name, oid] of renamed) {
    const known = names.get(name) ?? new Set<number>()
    changed ||= !known.has(oid)
    names.set(name, known.add(oid))
  }
  return changed ? { ...catalog, renamed: names } : catalog
}

/** Names given in transactions that may not be over yet: the new snapshot still has the old ones. */
export const pendingNames = (before: Catalog | undefined, now: Catalog): (readonly [string, number])[] =>
  [...(before?.renamed ?? [])]
    .flatMap(([name, oids]) => [...oids].map((oid) => [name, oid] as const))
    .filter(([name, oid]) => (now.relations.get(oid)?.name ?? name) !== name)
    .slice(-MAX_PENDING)
