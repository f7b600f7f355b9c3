import type { ColumnType } from '../../wire/column-type.js'
import type { Reading } from './reading.js'
import { typeOf } from './type-rows.js'
import type { MaskedColumn } from './types.js'

/** Key of a column: `tableOid.attnum`. */
export const columnKey = (table: number, attribute: number): string => `${table}.${attribute}`

/**
 * Which columns each policy entry covers: its own, and those of the same name in partitions, children and parents, whose
 * rows are the same rows. An entry for a relation itself goes before an inherited one.
 */
export const spreadMasks = (
  reading: Reading,
  masked: readonly string[],
): { covered: Map<string, string>; unknown: string[] } => {
  const covered = new Map<string, string>()
  const unknown: string[] = []
  const kin = new Map<number, number[]>()
  const tie = (from: number, to: number): void => {
    const known = kin.get(from)
    if (known) known.push(to)
    else kin.set(from, [to])
  }
  for (const [child, parent] of reading.snapshot.inheritance) {
    tie(child, parent)
    tie(parent, child)
  }
  const attribute = (relation: number, column: string) =>
    reading.columns(relation).find(([, name]) => name === column)?.[0]
  const own: (readonly [oid: number, column: string, entry: string])[] = []
  const wanted = new Set(masked.map((entry) => entry.slice(0, entry.lastIndexOf('.'))))
  const byName = new Map<string, number>()
  for (const [oid, schema, name] of reading.rows.values())
    if (wanted.has(`${schema}.${name}`)) byName.set(`${schema}.${name}`, oid)
  for (const entry of masked) {
    const at = entry.lastIndexOf('.')
    const relation = byName.get(entry.slice(0, at))
    const column = entry.slice(at + 1)
    const number = relation === undefined ? undefined : attribute(relation, column)
    if (relation === undefined || number === undefined) unknown.push(entry)
    else {
      own.push([relation, column, entry])
      covered.set(columnKey(relation, number), entry)
    }
  }
  for (const [oid, column, entry] of own) {
    const reached = new Set([oid])
    for (const each of reached) {
      const number = attribute(each, column)
      if (number === undefined) continue
      const key = columnKey(each, number)
      if (!covered.has(key)) covered.set(key, entry)
      for (const relative of kin.get(each) ?? []) reached.add(relative)
    }
  }
  return { covered, unknown }
}

const FIRST_NORMAL = 16_384

/** What a policy's masks cover in a database. */
export interface Covered {
  /** Key: `tableOid.attnum`. */
  readonly masked: Map<string, MaskedColumn>
  /** Entries that name no column, as they were given. */
  readonly unknown: readonly string[]
  /** Of masked columns, and all that were added. */
  readonly types: ReadonlyMap<number, ColumnType>
}

/** Types with all that they are made of. */
const withParts = ({ types }: Reading, oids: Iterable<number>): ReadonlySet<number> => {
  const reached = new Set(oids)
  for (const oid of reached) {
    const row = types.rows.get(oid)
    for (const part of row ? [row[4], row[5]] : []) if (part !== 0) reached.add(part)
  }
  return reached
}

export const maskedIn = (reading: Reading, entries: readonly string[]): Covered => {
  const { covered, unknown } = spreadMasks(reading, entries)
  const masked = new Map<string, MaskedColumn>()
  const wanted = new Set<number>()
  for (const [key, column] of covered) {
    const [oid, attribute] = key.split('.').map(Number)
    const row = reading.columns(oid!).find(([number]) => number === attribute)
    if (!row) continue
    wanted.add(row[2])
    masked.set(key, { column, type: typeOf(reading.types.rows, row[2], row[3]) })
  }
  const { rowTypes } = reading.types
  for (const [oid, , , , , element] of reading.types.rows.values())
    if (oid >= FIRST_NORMAL && !rowTypes.has(oid) && !rowTypes.has(element)) wanted.add(oid)
  const types = [...withParts(reading, wanted)].filter((oid) => reading.types.rows.has(oid))
  return { masked, unknown, types: new Map(types.map((oid) => [oid, typeOf(reading.types.rows, oid, -1)])) }
}
