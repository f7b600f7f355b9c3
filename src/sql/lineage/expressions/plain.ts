import { columnKey } from '../../catalog/masked.js'
import { isStatement } from '../../collect/kinds.js'
import { as, list, walk, words, type Fields } from '../../tree.js'
import { lookup } from '../lookup.js'
import type { Mark } from '../mark.js'
import type { Proof } from '../proof.js'
import type { Scope } from '../scope.js'

const opensQuery = (key: string): boolean => key === 'SubLink' || isStatement(key)

const isParameter = (fields: Fields): boolean => fields['ParamRef'] !== undefined

/**
 * Anything but an immutable function may give another value for each row: `nextval('s')` does, what somebody made may, and
 * `current_setting('x')` where `set_config` runs beside it.
 */
const varies = (proof: Proof, name: string): boolean => {
  const { immutable, added, sets } = proof.catalog.routines
  const own = added.get(name) ?? []
  return (
    !immutable.has(name) ||
    sets.has(name) ||
    own.some(({ safe, reads, yields }) => !safe || reads.length > 0 || yields !== undefined)
  )
}

/**
 * Whether an expression has the same value for every row: a literal, a parameter, or what immutable functions make of them.
 * It refers to no column, asks no table, and no setting or clock (CURRENT_DATE, CURRENT_USER). In a function's body `$1`
 * is no constant, since the caller may pass another one for each row.
 */
export const isConstant = (proof: Proof, tree: unknown): boolean => {
  let constant = tree !== undefined
  walk(tree, (fields) => {
    if (list(fields['fields']).length > 0 || Object.keys(fields).some(opensQuery)) constant = false
    if (proof.author === 'routine' && isParameter(fields)) constant = false
    if (fields['SQLValueFunction'] !== undefined) constant = false
    // A collation can make different texts equal.
    if (fields['CollateClause'] !== undefined) constant = false
    const name = words(fields['funcname']).at(-1)
    if (name !== undefined && varies(proof, name)) constant = false
    return constant
  })
  return constant
}

/** The mark of an expression that is a column as it is; undefined for anything else. */
export const plainColumn = (proof: Proof, node: unknown, scope: Scope | undefined): Mark | undefined => {
  const fields = as(node, 'ColumnRef')
  if (!fields) return undefined
  const found = lookup(fields, scope, proof)
  return found.kind === 'column' ? found.mark : undefined
}

/** Types of embeddings, and others with the same distances. */
export const vectors: ReadonlySet<string> = new Set(['vector', 'halfvec', 'sparsevec', 'bit'])

/** The type of a masked column. */
export const maskedType = (proof: Proof, mark: Mark): string | undefined =>
  mark.kind === 'masked' ? proof.catalog.masked.get(columnKey(mark.table, mark.attribute))?.type.name : undefined

/** A masked column as it is, and no embedding: two of those may be compared for equality, as neither comes out. */
export const isComparable = (proof: Proof, mark: Mark | undefined): boolean =>
  mark?.kind === 'masked' && !vectors.has(maskedType(proof, mark) ?? '')
