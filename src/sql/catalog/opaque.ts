import { type Steps, stepwise } from '../steps.js'
import { deniedRelation } from './denied.js'
import { mentions } from './mentions.js'
import type { RelationRow } from './read/queries.js'
import type { Reading } from './read/reading.js'
import { opaqueFunction, pureExtensions } from './routines.js'
import type { Routines } from './types.js'

const label = (row: RelationRow | undefined): string => (row ? `${row[1]}.${row[2]}` : 'a relation')

/** What a view's or rule's own text gives away: functions, and relations that the server records no dependency on. */
const ownReason = (routines: Routines, definition: string): string | undefined => {
  const found = mentions(definition)
  if (!found) return 'its definition can’t be parsed'
  for (const [schema, name] of found.functions) {
    // Definitions are printed with pg_catalog alone on the search path, so what isn't qualified is the server's own.
    if (opaqueFunction(routines, schema ?? 'pg_catalog', name)) return `it calls ${schema ? `${schema}.` : ''}${name}`
  }
  for (const [schema, name] of found.relations) {
    if (deniedRelation(schema, name)) return `it reads ${schema ? `${schema}.` : ''}${name}`
  }
  return undefined
}

/**
 * Relations whose use can't be followed, and why: views and rules over masked columns, over each other, or over opaque
 * functions, and the system's own that show contents of tables.
 * @param masked relations with masked columns
 */
export function* opaqueRelations(
  reading: Reading,
  routines: Routines,
  masked: ReadonlySet<number>,
): Steps<ReadonlyMap<number, string>> {
  const reasons = new Map<number, string>()
  yield* stepwise(reading.rows.values(), ([oid, schema, name]) => {
    const denied = oid < 16384 ? deniedRelation(schema, name) : undefined
    if (denied !== undefined) reasons.set(oid, denied)
  })
  for (const [oid, definition] of reading.definitions) {
    const extension = reading.extensions.get(oid)
    if (extension !== undefined && pureExtensions.has(extension)) continue
    const reason = ownReason(routines, definition)
    if (reason !== undefined) reasons.set(oid, reason)
    yield
  }
  for (const [oid, definition] of reading.snapshot.rules) {
    const reason = ownReason(routines, definition)
    if (reason !== undefined) reasons.set(oid, `a rule on it is opaque: ${reason}`)
    yield
  }
  yield* stepwise(reading.bases, ([oid, bases]) => {
    const base = bases.find((each) => masked.has(each) || reasons.has(each))
    if (base !== undefined && !reasons.has(oid)) reasons.set(oid, `it reads ${label(reading.rows.get(base))}`)
  })
  return reasons
}
