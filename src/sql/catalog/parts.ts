import type { ColumnType } from '../../wire/column-type.js'
import { readEffects } from '../effects/read.js'
import type { Effects } from '../effects/types.js'
import { readSnapshot, readTypes, readVersions, type RelationRow, type Snapshot, type TypeRow } from './queries.js'
import { columnKey, spreadMasks } from './spread.js'
import { typeOf } from './type-of.js'
import type { AddedType, CatalogQuery, MaskedColumn } from './types.js'
import type { Versions } from './versions.js'
import { text } from '../tree.js'

type Row = readonly [oid: number, name: string, type: string, category: string, base: number, element: number]

const typesQuery = `SELECT COALESCE(json_agg(json_build_array(t.oid::int8, t.typname, t.typtype, t.typcategory,
    t.typbasetype::int8, CASE WHEN t.typcategory = 'A' THEN t.typelem::int8 ELSE 0 END)), '[]'::json)::text AS document
  FROM pg_type t WHERE t.oid >= 16384`

/** Types that did not come with the server. */
const readAddedTypes = async (run: CatalogQuery): Promise<readonly AddedType[]> => {
  const [row] = await run(typesQuery)
  const rows = JSON.parse(text(row?.['document']) ?? '[]') as Row[]
  return rows.map(([oid, name, type, category, base, element]) => ({ oid, name, type, category, base, element }))
}

const resolveMasks = (
  rows: ReadonlyMap<number, RelationRow>,
  covered: ReadonlyMap<string, string>,
  types: ReadonlyMap<number, TypeRow>,
): Map<string, MaskedColumn> => {
  const masked = new Map<string, MaskedColumn>()
  for (const [oid, row] of rows) {
    for (const [attribute, , type, modifier] of row[6] ?? []) {
      const key = columnKey(oid, attribute)
      const column = covered.get(key)
      if (column !== undefined) masked.set(key, { column, type: typeOf(types, type, modifier) })
    }
  }
  return masked
}

/** What was read of a database, before anything is made of it. */
export interface Parts {
  readonly snapshot: Snapshot
  readonly rows: ReadonlyMap<number, RelationRow>
  readonly masked: Map<string, MaskedColumn>
  readonly unknown: readonly string[]
  readonly types: ReadonlyMap<number, ColumnType>
  readonly addedTypes: readonly AddedType[]
  readonly effects: Effects
  readonly versions: Versions
}

export const readParts = async (query: CatalogQuery, entries: readonly string[]): Promise<Parts> => {
  const snapshot = await readSnapshot(query)
  const rows = new Map(snapshot.relations.map((row) => [row[0], row]))
  const { covered, unknown } = spreadMasks(snapshot, rows, entries)
  const wanted = new Set(
    snapshot.relations.flatMap((row) =>
      (row[6] ?? []).flatMap(([attribute, , type]) => (covered.has(columnKey(row[0], attribute)) ? [type] : [])),
    ),
  )
  const known = new Map((await readTypes(query, [...wanted])).map((row) => [row[0], row]))
  const addedTypes = await readAddedTypes(query)
  const types = new Map([...known.keys()].map((oid) => [oid, typeOf(known, oid, -1)]))
  return {
    snapshot,
    rows,
    masked: resolveMasks(rows, covered, known),
    unknown,
    types,
    addedTypes,
    effects: await readEffects(query),
    versions: await readVersions(query),
  }
}
