import type { Catalog, Relation } from '../../catalog/types.js'
import { resolve } from '../../resolve.js'
import { isFields, isRangeVar, text, walk } from '../../tree.js'

const writing: ReadonlySet<string> = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])

/** Whether a key of the tree is the node of a statement that changes rows. */
export const writesRows = (key: string): boolean => writing.has(key)

/** Whether a foreign key leads from one to the other, in either direction and over others. */
const areTied = ({ effects }: Catalog, one: number, other: number): boolean =>
  effects?.cascades.truncate.get(one)?.includes(other) === true ||
  effects?.cascades.truncate.get(other)?.includes(one) === true

/**
 * Whether a change of the table is answered by what else there is: keys that lead to or from masked tables, triggers and
 * rules. Whether it succeeds may then tell of a masked value.
 */
const isNear = (catalog: Catalog, table: Relation): boolean => {
  const { effects, relations } = catalog
  if (!effects) return true
  const whole = [table.oid, ...(effects.below.get(table.oid) ?? [])]
  return whole.some(
    (oid) =>
      effects.triggers.has(oid) ||
      effects.rules.has(oid) ||
      [...relations.values()].some((relation) => relation.masked && areTied(catalog, oid, relation.oid)),
  )
}

/**
 * The table, of those that statements inside of the tree change, by which something masked may answer. Where errors can be
 * caught, such an answer costs nothing, and a loop asks as often as it likes.
 */
export const answeringTable = (catalog: Catalog, tree: unknown): string | undefined => {
  let found: string | undefined
  walk(tree, (fields) => {
    for (const key in fields) {
      const target = writesRows(key) && isFields(fields[key]) ? fields[key]['relation'] : undefined
      if (!isFields(target) || !isRangeVar(target)) continue
      const name = text(target['relname']) ?? ''
      const tables = resolve(catalog, text(target['schemaname']), name)
      if (tables.some((table) => table.bases.length > 0 || isNear(catalog, table))) found ??= name
    }
  })
  return found
}
