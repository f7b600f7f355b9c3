import { deniedRelation } from './denied.js'
import { mentions } from './mentions.js'
import { pureExtensions } from './pure-extensions.js'
import type { RelationRow, Snapshot } from './queries.js'
import { opaqueFunction } from './routines.js'
import type { Routines } from './types.js'

interface Given {
  readonly snapshot: Snapshot
  readonly rows: ReadonlyMap<number, RelationRow>
  readonly routines: Routines
  /** Relations with masked columns. */
  readonly masked: ReadonlySet<number>
  readonly bases: ReadonlyMap<number, readonly number[]>
}

const label = (row: RelationRow | undefined): string => (row ? `${row[1]}.${row[2]}` : 'a relation')

/** What a view's or rule's own text gives away: functions, and relations that the server records no dependency on. */
const ownReason = (given: Given, definition: string): string | undefined => {
  const found = mentions(definition)
  if (!found) return 'its definition can’t be parsed'
  for (const [schema, name] of found.functions) {
    // Definitions are printed with pg_catalog alone on the search path, so what isn't qualified is the server's own.
    if (opaqueFunction(given.routines, schema ?? 'pg_catalog', name))
      return `it calls ${schema ? `${schema}.` : ''}${name}`
  }
  for (const [schema, name] of found.relations) {
    if (deniedRelation(schema, name)) return `it reads ${schema ? `${schema}.` : ''}${name}`
  }
  return undefined
}

/**
 * Relations whose use can't be followed, and why: views and rules over masked columns, over each other, or over opaque
 * functions, and the system's own that show contents of tables.
 */
export const opaqueRelations = (given: Given): ReadonlyMap<number, string> => {
  const reasons = new Map<number, string>()
  for (const [oid, row] of given.rows) {
    const [, schema, name, , extension, definition] = row
    const denied = oid < 16384 ? deniedRelation(schema, name) : undefined
    if (denied !== undefined) reasons.set(oid, denied)
    if (definition === null || (extension !== null && pureExtensions.has(extension))) continue
    const reason = ownReason(given, definition)
    if (reason !== undefined) reasons.set(oid, reason)
  }
  for (const [oid, definition] of given.snapshot.rules) {
    const reason = ownReason(given, definition)
    if (reason !== undefined) reasons.set(oid, `a rule on it is opaque: ${reason}`)
  }
  for (const [oid, bases] of given.bases) {
    const base = bases.find((each) => given.masked.has(each) || reasons.has(each))
    if (base !== undefined && !reasons.has(oid)) reasons.set(oid, `it reads ${label(given.rows.get(base))}`)
  }
  return reasons
}
