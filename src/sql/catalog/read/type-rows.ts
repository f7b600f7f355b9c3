import type { ColumnType } from '../../../wire/column-type.js'
import { rows } from './document.js'
import { indexed, mapped, type Steps, stepwise } from '../../steps.js'
import type { AddedType } from '../types.js'

/**
 * All types but those of relations and their arrays, and of these the ones that a column has; with what a domain or array is
 * made of. As a join: a condition that asks pg_attribute for each type would take minutes where there are many tables.
 */
const known = rows(
  `t.oid::int8, t.typname, t.typtype, t.typcategory, t.typbasetype::int8, t.typelem::int8, t.typtypmod,
   (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)`,
  `pg_type t WHERE t.oid IN (
     SELECT p.oid FROM pg_type p LEFT JOIN pg_type e ON e.oid = p.typelem
       WHERE p.typrelid = 0 AND COALESCE(e.typrelid, 0) = 0
     UNION SELECT a.atttypid FROM pg_attribute a
     UNION SELECT r.oid FROM pg_type r JOIN pg_attribute a ON a.atttypid = r.typarray WHERE r.typarray <> 0)`,
)

/** Row types that were added, and their arrays. */
const rowTypes = rows('t.oid::int8, t.typarray::int8', `pg_type t WHERE t.oid >= 16384 AND t.typrelid <> 0`)

export const types = { types: known, rowTypes }

export type TypeRow = readonly [
  oid: number,
  name: string,
  type: string,
  category: string,
  base: number,
  element: number,
  modifier: number,
  labels: readonly string[] | null,
]

/** The types of a database, whatever is masked in it. */
export interface Types {
  readonly rows: ReadonlyMap<number, TypeRow>
  readonly added: readonly AddedType[]
  /** Those of relations and composite types that were added. */
  readonly rowTypes: ReadonlySet<number>
}

const FIRST_NORMAL = 16_384

type RowTypeRows = readonly (readonly [type: number, array: number])[]

function* addedOf(known: readonly TypeRow[], rowTypes: RowTypeRows): Steps<AddedType[]> {
  const added = new Map<number, AddedType>()
  yield* stepwise(rowTypes, ([oid, array]) => {
    added.set(oid, { oid, name: '', type: 'c', category: 'C', base: 0, element: 0 })
    if (array !== 0) added.set(array, { oid: array, name: '', type: 'b', category: 'A', base: 0, element: oid })
  })
  yield* stepwise(known, ([oid, name, type, category, base, element]) => {
    if (oid >= FIRST_NORMAL)
      added.set(oid, { oid, name, type, category, base, element: category === 'A' ? element : 0 })
  })
  return yield* mapped(added.values(), (type) => [type])
}

export function* typesOf(known: readonly TypeRow[], ofRows: RowTypeRows): Steps<Types> {
  const rowTypes = new Set<number>()
  yield* stepwise(ofRows, ([oid]) => void rowTypes.add(oid))
  return {
    rows: yield* indexed(known, (row) => [row[0], row]),
    added: yield* addedOf(known, ofRows),
    rowTypes,
  }
}

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
