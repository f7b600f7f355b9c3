import { columnsOf } from './columns.js'
import { opaqueRelations } from './opaque.js'
import { readSnapshot, readTypes, type RelationRow, type Snapshot, type TypeRow } from './queries.js'
import { readRoutines } from './routines.js'
import { settle } from './settle.js'
import { columnKey, spreadMasks } from './spread.js'
import { typeOf } from './type-of.js'
import { readEffects } from '../effects/read.js'
import type { Effects } from '../effects/types.js'
import { readAddedTypes } from './added-types.js'
import type { ColumnType } from '../../wire/column-type.js'
import type { AddedType, Catalog, CatalogQuery, MaskedColumn, Relation } from './types.js'

/** What each leads to, through all others: views to what they read, children to their parents. */
const closure = (pairs: Snapshot['dependencies']): Map<number, readonly number[]> => {
  const direct = new Map<number, number[]>()
  for (const [from, to] of pairs) direct.set(from, [...(direct.get(from) ?? []), to])
  return new Map(
    [...direct].map(([reader, bases]) => {
      const reached = new Set(bases)
      for (const each of reached) for (const next of direct.get(each) ?? []) reached.add(next)
      reached.delete(reader)
      return [reader, [...reached]]
    }),
  )
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
  }
}

/** A relation whose columns and state may still change while the catalog is made. */
export type DraftRelation = { -readonly [Key in keyof Relation]: Relation[Key] }

/** @param pure functions that the policy declares to compute from their arguments alone, `schema.name` */
export const build = (parts: Parts, pure: ReadonlySet<string>): Catalog => {
  const { snapshot, rows, masked, unknown, types, addedTypes, effects } = parts
  const columns = new Map([...rows].map(([oid, row]) => [oid, columnsOf(row, masked)]))
  const hiding = new Set(
    [...columns].flatMap(([oid, each]) => (each.some((column) => column.masked ?? column.derived) ? [oid] : [])),
  )
  const routines = readRoutines(snapshot, pure)
  const bases = closure(snapshot.dependencies)
  const ancestors = closure(snapshot.inheritance)
  const opaque = opaqueRelations({ snapshot, rows, routines, masked: hiding, bases })

  const relations = new Map<number, DraftRelation>()
  const named = new Map<string, DraftRelation[]>()
  const links: [target: Relation[], from: readonly number[]][] = []
  for (const [oid, [, schema, name, kind]] of rows) {
    const why = opaque.get(oid)
    const reads: Relation[] = []
    const above: Relation[] = []
    const relation: DraftRelation = {
      ...{ oid, schema, name, kind, columns: columns.get(oid) ?? [], masked: hiding.has(oid) },
      ...{ bases: reads, ancestors: above },
      ...(why === undefined ? {} : { opaque: why }),
    }
    links.push([reads, bases.get(oid) ?? []], [above, ancestors.get(oid) ?? []])
    relations.set(oid, relation)
    named.set(name, [...(named.get(name) ?? []), relation])
  }
  for (const [target, from] of links) target.push(...from.flatMap((oid) => relations.get(oid) ?? []))
  const catalog = { relations, named, routines, masked, unknown, types, addedTypes, effects }
  if (masked.size > 0) settle(catalog, parts)
  return catalog
}
