import type { Routines } from '../../catalog/types.js'
import { as, isFields, isRangeVar, isSubquery, list, walk, words, type Fields } from '../../tree.js'
import { lookup, type Found } from '../lookup.js'
import type { Place, Proof } from '../proof.js'
import { leavesTraces } from '../side-effects.js'

/** Functions that come with the server and look things up in its catalogs, where `pg_stat_*` counts it. */
const looksUp = /^(pg_|txid_|has_|row_security_active$|to_reg|obj_description$|col_description$|shobj_description$)/

/**
 * Whether calls of that name leave something behind that others can see, if only that they were made: they count up, lock, take
 * the next random number, or read tables, of which the server counts how often they are read.
 */
export const callActs = (routines: Routines, name: string): boolean =>
  leavesTraces(routines, name) ||
  (routines.added.get(name)?.some(({ acts }) => acts === true) ?? false) ||
  (looksUp.test(name) && !routines.immutable.has(name))

/** What a SELECT may have that is nothing but values: it reads from nowhere, and gives no name to anything. */
const bare: ReadonlySet<string> = new Set(['targetList', 'valuesLists', 'whereClause', 'limitOption', 'op'])

/**
 * Whether a subquery is nothing but values. It is computed as an expression is, and nobody counts it; what its references
 * mean, they mean outside of it as well.
 */
const isBare = (subquery: unknown): boolean => {
  const select = as(subquery, 'SelectStmt')
  return select !== undefined && Object.keys(select).every((key) => bare.has(key))
}

const actsItself = (routines: Routines, fields: Fields): boolean => {
  const name = fields['funcname'] === undefined ? undefined : words(fields['funcname']).at(-1)
  // `(row).name` may call the function.
  const called = () => words(fields['indirection']).some((each) => routines.added.get(each)?.some(({ acts }) => acts))
  const asks = isSubquery(fields) && !isBare(fields['subselect'])
  return asks || (name !== undefined && callActs(routines, name)) || called()
}

const actsInside = (routines: Routines, tree: unknown, more: (fields: Fields) => boolean): boolean => {
  let found = false
  walk(tree, (fields) => {
    found ||= actsItself(routines, fields) || more(fields)
    return !found
  })
  return found
}

/** Whether what a view computes from the rows that it reads can be noticed: the server does so only where it is asked for. */
export const viewActs = (routines: Routines, definition: unknown): boolean =>
  actsInside(routines, definition, () => false)

/** Whether it can be noticed that the body of a function has run. */
export const bodyActs = (routines: Routines, body: unknown): boolean => actsInside(routines, body, isRangeVar)

const refersToActing = (found: Found): boolean => {
  if (found.kind === 'column') return found.acts === true
  const shapes = found.kind === 'row' ? [found.source] : found.items
  return shapes.some(({ columns, open }) => open || columns.some(({ acts }) => acts))
}

/**
 * Whether it can be noticed that an expression was computed: it has a subquery, a call that leaves something behind, or a column
 * that is computed by one. The server puts a subquery's columns in the place where they are used, so they are computed there.
 * @param tree an expression whose references are all known
 */
export const acts = (proof: Proof, tree: unknown, place: Place): boolean =>
  // Each node is asked about with all those around it.
  proof.acting(place.scope).find(tree, (fields) => {
    if (actsItself(proof.catalog.routines, fields)) return true
    return list(fields['fields']).length > 0 && refersToActing(lookup(fields, place.scope, proof)) ? true : undefined
  }) === true

/** Whether nobody can notice how far a subquery is read: it is nothing but values, and leaves nothing behind. */
export const readsUnseen = (proof: Proof, subquery: unknown, place: Place): boolean =>
  isBare(subquery) && !acts(proof, subquery, place)

/** Whether a subquery reads one table, and does nothing by it that can be noticed for each row. */
export const readsAtOnce = (proof: Proof, subquery: unknown): boolean => {
  let tables = 0
  return !actsInside(proof.catalog.routines, subquery, (fields) => {
    if (isRangeVar(fields)) tables++
    return tables > 1 || fields['lockingClause'] !== undefined || fields['larg'] !== undefined
  })
}

/** Whether a row is put together inside, which the server may compare or test column by column. */
export const hasRow = (node: unknown): boolean => isFields(node) && node['RowExpr'] !== undefined
