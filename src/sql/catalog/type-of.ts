import type { TypeRow } from './queries.js'
import type { ColumnType } from '../../wire/column-type.js'

type Kind = Exclude<ColumnType['kind'], 'd' | 'a'>

const kinds: Readonly<Record<string, Kind>> = { e: 'e', c: 'c', r: 'r', m: 'm' }

/** Those two have elements and are written otherwise than arrays. */
const noArrays: readonly string[] = ['int2vector', 'oidvector']

const isArray = ([, name, , category, , element]: TypeRow): boolean =>
  category === 'A' && element !== 0 && !noArrays.includes(name)

/** Describes a column's type as the masks need it: a domain by what it is made of, in the end. */
export const typeOf = (types: ReadonlyMap<number, TypeRow>, oid: number, modifier: number): ColumnType => {
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
  const base = isArray(row) ? 'a' : (kinds[row[2]] ?? 'b')
  return {
    ...{ oid, modifier: effective, name: row[1] },
    ...(declared[2] === 'd' ? { kind: 'd', base } : { kind: base }),
    ...(row[7] ? { labels: row[7] } : {}),
    ...(base === 'a' ? { element: typeOf(types, row[5], effective) } : {}),
  }
}
