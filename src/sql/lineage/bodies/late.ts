import type { Catalog } from '../../catalog/types.js'
import { resolve } from '../../resolve.js'
import { constant } from '../../settings.js'
import { all, as, isFields, isRangeVar, list, text, walk, type Fields } from '../../tree.js'

/** `SET search_path` that has temporary tables last: then names without a schema are its owner's affair. */
export const leavesTemporaryLast = (created: Fields): boolean =>
  all(created['options'], 'DefElem').some(({ arg }) => {
    const set = as(arg, 'VariableSetStmt')
    const path = list(set?.['args'])
    return set?.['name'] === 'search_path' && path.length > 1 && constant(path.at(-1)) === 'pg_temp'
  })

/**
 * A table that a body reads whenever it runs, by a name without a schema, or one that nothing has yet: for whoever sets it off
 * the name may mean a table of theirs. Where rows are only put is no matter.
 */
export const lateTable = (catalog: Catalog, node: unknown): string | undefined => {
  const known = new Set<unknown>()
  const names = new Set<string>()
  walk(node, (fields) => {
    const cte = text(as(fields, 'CommonTableExpr')?.['ctename'])
    if (cte !== undefined) names.add(cte)
    const insert = as(fields, 'InsertStmt')
    if (insert && isFields(insert['relation']) && insert['returningClause'] === undefined) known.add(insert['relation'])
  })
  let found: string | undefined
  walk(node, (fields) => {
    if (!isRangeVar(fields) || known.has(fields)) return
    const [schema, name] = [text(fields['schemaname']), text(fields['relname']) ?? '']
    if (schema === undefined && names.has(name)) return
    if (schema === undefined || schema === 'pg_temp' || resolve(catalog, schema, name).length === 0) found ??= name
  })
  return found
}
