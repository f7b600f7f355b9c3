import { columnsOf } from './columns.js'
import { opaqueRelations } from './opaque.js'
import type { Parts } from './parts.js'
import type { Snapshot } from './queries.js'
import { readRoutines } from './routines.js'
import { type DraftRelation, settle } from './settle.js'
import type { Catalog, Relation } from './types.js'

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

/** @param pure functions that the policy declares to compute from their arguments alone, `schema.name` */
export const build = (parts: Parts, pure: ReadonlySet<string>): Catalog => {
  const { snapshot, rows, masked, unknown, types, addedTypes, effects, versions } = parts
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
  for (const [oid, [, schema, name, kind, , , , version, triggers, identity]] of rows) {
    const why = opaque.get(oid)
    const reads: Relation[] = []
    const above: Relation[] = []
    const relation: DraftRelation = {
      ...{ oid, schema, name, kind, columns: columns.get(oid) ?? [], masked: hiding.has(oid) },
      ...{ bases: reads, ancestors: above, version, identity },
      ...(triggers === null ? {} : { triggers }),
      ...(why === undefined ? {} : { opaque: why }),
    }
    links.push([reads, bases.get(oid) ?? []], [above, ancestors.get(oid) ?? []])
    relations.set(oid, relation)
    named.set(name, [...(named.get(name) ?? []), relation])
  }
  for (const [target, from] of links) target.push(...from.flatMap((oid) => relations.get(oid) ?? []))
  const catalog = { relations, named, routines, masked, unknown, types, addedTypes, effects, versions }
  if (masked.size > 0) settle(catalog, parts)
  return catalog
}
