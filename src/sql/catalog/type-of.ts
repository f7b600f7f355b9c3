import type { TypeRow } from './queries.js'
import type { CatalogType } from './types.js'

const kinds: Readonly<Record<string, CatalogType['kind']>> = { e: 'e', d: 'd', c: 'c', r: 'r', m: 'r' }

const isArray = ([, , , category, , element]: TypeRow): boolean => category === 'A' && element !== 0

/** Describes a column's type as the masks need it: a domain by what it is made of, in the end. */
export const typeOf = (types: ReadonlyMap<number, TypeRow>, oid: number, modifier: number): CatalogType => {
  const declared = types.get(oid)
  if (!declared) return { oid, modifier, name: 'unknown', kind: 'b' }
  let row = declared
  let effective = modifier
  while (row[2] === 'd') {
    if (effective < 0) effective = row[6]
    const base = types.get(row[4])
    if (!base) break
    row = base
  }
  const element = isArray(row) ? types.get(row[5])?.[1] : undefined
  const labels = element === undefined ? row[7] : [element]
  const kind = kinds[declared[2]] ?? (isArray(declared) ? 'a' : 'b')
  return { oid, modifier: effective, name: row[1], kind, ...(labels ? { labels } : {}) }
}
