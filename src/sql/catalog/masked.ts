import type { ColumnType } from '../../wire/column-type.js'
import type { KnownName } from './types.js'
import { grouped, mapped, STEP, type Steps, stepwise } from '../steps.js'
import type { Reading } from './read/reading.js'
import { typeOf } from './read/type-rows.js'
import type { MaskedColumn } from './types.js'

/** Key of a column: `tableOid.attnum`. */
export const columnKey = (table: number, attribute: number): string => `${table}.${attribute}`

/**
 * Which columns each policy entry covers: those that are known by it, and those of the same name in partitions, children and
 * parents, whose rows are the same rows. An entry for a relation itself goes before an inherited one.
 */
function* spreadMasks(
  reading: Reading,
  masked: readonly string[],
  known: readonly KnownName[],
): Steps<{ covered: Map<string, string>; unknown: string[] }> {
  const covered = new Map<string, string>()
  const ties = yield* mapped(
    reading.snapshot.inheritance,
    ([child, parent]) =>
      [
        [child, parent],
        [parent, child],
      ] as const,
  )
  const kin = yield* grouped(ties, (tie) => tie)
  let left = STEP
  const entries = new Set(masked)
  const own = known.filter(({ entry, attribute }) => attribute !== 0 && entries.has(entry))
  const found = new Set(own.map(({ entry }) => entry))
  for (const { relation, attribute, entry } of own) {
    const key = columnKey(relation, attribute)
    if (!covered.has(key)) covered.set(key, entry)
  }
  for (const { relation, attribute, entry } of own) {
    const column = reading.columns(relation).find(([number]) => number === attribute)?.[1]
    const reached = new Set([relation])
    for (const each of reached) {
      const number = reading.columns(each).find(([, name]) => name === column)?.[0]
      if (number === undefined) continue
      const key = columnKey(each, number)
      if (!covered.has(key)) covered.set(key, entry)
      for (const relative of kin.get(each) ?? []) reached.add(relative)
      if (--left > 0) continue
      left = STEP
      yield
    }
  }
  return { covered, unknown: masked.filter((entry) => !found.has(entry)) }
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
function* withParts({ types }: Reading, oids: Iterable<number>): Steps<ReadonlySet<number>> {
  const reached = new Set(oids)
  // What is added meanwhile is gone through as well.
  yield* stepwise(reached, (oid) => {
    const row = types.rows.get(oid)
    for (const part of row ? [row[4], row[5]] : []) if (part !== 0) reached.add(part)
  })
  return reached
}

export function* maskedIn(reading: Reading, entries: readonly string[], known: readonly KnownName[]): Steps<Covered> {
  const { covered, unknown } = yield* spreadMasks(reading, entries, known)
  const masked = new Map<string, MaskedColumn>()
  const wanted = new Set<number>()
  yield* stepwise(covered, ([key, column]) => {
    const [oid, attribute] = key.split('.').map(Number)
    const row = reading.columns(oid!).find(([number]) => number === attribute)
    if (!row) return
    wanted.add(row[2])
    masked.set(key, { column, type: typeOf(reading.types.rows, row[2], row[3]) })
  })
  const { rowTypes } = reading.types
  yield* stepwise(reading.types.rows.values(), ([oid, , , , , element]) => {
    if (oid >= FIRST_NORMAL && !rowTypes.has(oid) && !rowTypes.has(element)) wanted.add(oid)
  })
  const types = new Map<number, ColumnType>()
  yield* stepwise(yield* withParts(reading, wanted), (oid) => {
    if (reading.types.rows.has(oid)) types.set(oid, typeOf(reading.types.rows, oid, -1))
  })
  return { masked, unknown, types }
}
