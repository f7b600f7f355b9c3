import type { RelationRow, Snapshot } from './queries.js'

/** Key of a column: `tableOid.attnum`. */
export const columnKey = (table: number, attribute: number): string => `${table}.${attribute}`

/**
 * Which columns each policy entry covers: its own, and those of the same name in partitions, children and parents, whose
 * rows are the same rows. An entry for a relation itself goes before an inherited one.
 */
export const spreadMasks = (
  snapshot: Snapshot,
  relations: ReadonlyMap<number, RelationRow>,
  masked: readonly string[],
): { covered: Map<string, string>; unknown: string[] } => {
  const covered = new Map<string, string>()
  const unknown: string[] = []
  const kin = new Map<number, number[]>()
  for (const [child, parent] of snapshot.inheritance) {
    kin.set(child, [...(kin.get(child) ?? []), parent])
    kin.set(parent, [...(kin.get(parent) ?? []), child])
  }
  const attribute = (relation: RelationRow | undefined, column: string) =>
    relation?.[6]?.find(([, name]) => name === column)?.[0]
  const own: (readonly [oid: number, column: string, entry: string])[] = []
  const byName = new Map([...relations.values()].map((row) => [`${row[1]}.${row[2]}`, row]))
  for (const entry of masked) {
    const at = entry.lastIndexOf('.')
    const relation = byName.get(entry.slice(0, at))
    const column = entry.slice(at + 1)
    const number = attribute(relation, column)
    if (!relation || number === undefined) unknown.push(entry)
    else {
      own.push([relation[0], column, entry])
      covered.set(columnKey(relation[0], number), entry)
    }
  }
  for (const [oid, column, entry] of own) {
    const reached = new Set([oid])
    for (const each of reached) {
      const number = attribute(relations.get(each), column)
      if (number === undefined) continue
      const key = columnKey(each, number)
      if (!covered.has(key)) covered.set(key, entry)
      for (const relative of kin.get(each) ?? []) reached.add(relative)
    }
  }
  return { covered, unknown }
}
