import { readAddedTypes } from './catalog/added-types.js'
import { opaqueRelations } from './catalog/opaque.js'
import { mentions } from './catalog/mentions.js'
import { reading, readSnapshot, readTypes, type RelationRow, type Snapshot, type TypeRow } from './catalog/queries.js'
import { readRoutines } from './catalog/routines.js'
import { columnKey, spreadMasks } from './catalog/spread.js'
import { typeOf } from './catalog/type-of.js'
import type { AddedType, Catalog, CatalogColumn, CatalogQuery, MaskedColumn, Relation } from './catalog/types.js'
import { readEffects } from './effects/read.js'
import type { Effects } from './effects/types.js'
import { initParser } from './parser.js'

export type { Catalog, CatalogColumn, CatalogQuery, Relation } from './catalog/types.js'

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

const columnsOf = (row: RelationRow, masked: ReadonlyMap<string, MaskedColumn>): CatalogColumn[] => {
  const columns = row[6] ?? []
  const hidden = new Map(columns.map(([attribute, name]) => [name, masked.get(columnKey(row[0], attribute))?.column]))
  return columns.map(([attribute, name, type, modifier, generated, expression]) => {
    const mask = masked.get(columnKey(row[0], attribute))
    const used = expression === null ? [] : (mentions(`SELECT ${expression}`)?.columns ?? [...hidden.keys()])
    const source = used.flatMap((each) => hidden.get(each) ?? [])[0]
    return {
      attribute,
      name,
      type,
      modifier,
      generated: generated !== '',
      ...(mask ? { masked: mask } : {}),
      ...(source !== undefined && !mask ? { derived: source } : {}),
    }
  })
}

interface Read {
  readonly snapshot: Snapshot
  readonly rows: ReadonlyMap<number, RelationRow>
  readonly masked: ReadonlyMap<string, MaskedColumn>
  readonly unknown: readonly string[]
  readonly addedTypes: readonly AddedType[]
  readonly effects: Effects
}

const read = async (query: CatalogQuery, entries: readonly string[]): Promise<Read> => {
  const snapshot = await readSnapshot(query)
  const rows = new Map(snapshot.relations.map((row) => [row[0], row]))
  const { covered, unknown } = spreadMasks(snapshot, rows, entries)
  const wanted = new Set(
    snapshot.relations.flatMap((row) =>
      (row[6] ?? []).flatMap(([attribute, , type]) => (covered.has(columnKey(row[0], attribute)) ? [type] : [])),
    ),
  )
  const types = new Map((await readTypes(query, [...wanted])).map((row) => [row[0], row]))
  const addedTypes = await readAddedTypes(query)
  return {
    snapshot,
    rows,
    masked: resolveMasks(rows, covered, types),
    unknown,
    addedTypes,
    effects: await readEffects(query),
  }
}

const build = ({ snapshot, rows, masked, unknown, addedTypes, effects }: Read): Catalog => {
  const columns = new Map([...rows].map(([oid, row]) => [oid, columnsOf(row, masked)]))
  const hiding = new Set(
    [...columns].flatMap(([oid, each]) => (each.some((column) => column.masked ?? column.derived) ? [oid] : [])),
  )
  const routines = readRoutines(snapshot)
  const bases = closure(snapshot.dependencies)
  const ancestors = closure(snapshot.inheritance)
  const opaque = opaqueRelations({ snapshot, rows, routines, masked: hiding, bases })

  const relations = new Map<number, Relation>()
  const named = new Map<string, Relation[]>()
  const links: [target: Relation[], from: readonly number[]][] = []
  for (const [oid, [, schema, name, kind]] of rows) {
    const why = opaque.get(oid)
    const reads: Relation[] = []
    const above: Relation[] = []
    const relation: Relation = {
      ...{ oid, schema, name, kind, columns: columns.get(oid) ?? [], masked: hiding.has(oid) },
      ...{ bases: reads, ancestors: above },
      ...(why === undefined ? {} : { opaque: why }),
    }
    links.push([reads, bases.get(oid) ?? []], [above, ancestors.get(oid) ?? []])
    relations.set(oid, relation)
    named.set(name, [...(named.get(name) ?? []), relation])
  }
  for (const [target, from] of links) target.push(...from.flatMap((oid) => relations.get(oid) ?? []))
  return { relations, named, routines, effects, masked, unknown, addedTypes }
}

/**
 * Reads a snapshot of the database's catalog: relations, views, inheritance, functions, and which columns are masked.
 * @param query over the gateway's own connection, which must not be in a transaction
 * @param masked the policy's entries, `schema.table.column` as spelled in the catalog
 * @throws what `query` throws
 */
export const loadCatalog = async (query: CatalogQuery, masked: readonly string[]): Promise<Catalog> => {
  await initParser()
  return build(await reading(query, () => read(query, masked)))
}
