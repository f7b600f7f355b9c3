import { maskedIn } from './masked.js'
import { opaqueRelations } from './opaque.js'
import type { Reading } from './reading.js'
import { columnsOf, SnapshotRelation } from './relation.js'
import { readRoutines } from './routines.js'
import { settle } from './settle.js'
import type { Catalog } from './types.js'

/**
 * What a database is under one policy.
 * @param entries masked columns, `schema.table.column`
 * @param pure functions that the policy declares to compute from their arguments alone, `schema.name`
 */
export const build = (reading: Reading, entries: readonly string[], pure: ReadonlySet<string>): Catalog => {
  const { masked, unknown, types } = maskedIn(reading, entries)
  const hiding = new Set([...masked.keys()].map((key) => Number(key.slice(0, key.indexOf('.')))))
  const routines = readRoutines(reading.snapshot, pure)
  const opaque = opaqueRelations(reading, routines, hiding)

  const relations = new Map<number, SnapshotRelation>()
  const named = new Map<string, SnapshotRelation[]>()
  for (const [oid, row] of reading.rows) {
    const columns = () => columnsOf(reading, oid, masked)
    const relation = new SnapshotRelation(reading, row, { masked: hiding.has(oid), opaque: opaque.get(oid), columns })
    relations.set(oid, relation)
    const known = named.get(relation.name)
    if (known) known.push(relation)
    else named.set(relation.name, [relation])
  }
  const found = (oids: readonly number[]) => oids.flatMap((oid) => relations.get(oid) ?? [])
  for (const [oid, bases] of reading.bases) if (relations.has(oid)) relations.get(oid)!.bases = found(bases)
  for (const [oid, above] of reading.ancestors) if (relations.has(oid)) relations.get(oid)!.ancestors = found(above)
  const { effects, versions, types: known } = reading
  const catalog = { relations, named, routines, masked, unknown, types, addedTypes: known.added, effects, versions }
  if (masked.size > 0) settle(catalog, reading)
  return catalog
}
