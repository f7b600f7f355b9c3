import { isStatement } from '../kinds.js'
import { as, isFields, list, text, walk, words, type Fields } from '../tree.js'
import { lookup } from './lookup.js'
import type { Place, Proof } from './proof.js'
import { clean, type Mark, type Scope } from './scope.js'

const opensQuery = (key: string): boolean => key === 'SubLink' || isStatement(key)

/** Whether an expression has the same value for every row: it refers to no column and asks no table. */
export const isConstant = (tree: unknown): boolean => {
  let constant = tree !== undefined
  walk(tree, (fields) => {
    if (list(fields['fields']).length > 0 || Object.keys(fields).some(opensQuery)) constant = false
    return constant
  })
  return constant
}

/** The mark of an expression that is a column as it is; undefined for anything else. */
export const plainColumn = (proof: Proof, node: unknown, scope: Scope | undefined): Mark | undefined => {
  const fields = as(node, 'ColumnRef')
  if (!fields) return undefined
  const found = lookup(fields, scope, proof.isOpaqueFunction)
  return found.kind === 'column' ? found.mark : undefined
}

/** `column = constant`, `column IN (constants)`, `column = ANY (constant)`: kinds of A_Expr, all with the operator `=`. */
const comparisons: ReadonlySet<string> = new Set(['AEXPR_OP', 'AEXPR_IN', 'AEXPR_OP_ANY'])

/** The masked column that a comparison for equality tests, if the expression is one. */
const equality = (proof: Proof, node: unknown, scope: Scope | undefined): Fields | undefined => {
  const test = as(node, 'NullTest')
  const comparison = as(node, 'A_Expr')
  const sides = test
    ? [test['arg']]
    : comparison && comparisons.has(text(comparison['kind']) ?? '') && words(comparison['name']).at(-1) === '='
      ? comparison['kind'] === 'AEXPR_OP' && isConstant(comparison['lexpr'])
        ? [comparison['rexpr'], comparison['lexpr']]
        : [comparison['lexpr'], comparison['rexpr']]
      : []
  const [column, constant] = sides
  if ((plainColumn(proof, column, scope) ?? clean).kind !== 'masked') return undefined
  return test || isConstant(constant) ? as(column, 'ColumnRef') : undefined
}

/** With `predicates: allow`, anything may be asked of a masked column but to call functions that carry it elsewhere. */
const tolerated = (proof: Proof, tree: unknown, place: Place): void => {
  let volatile: string | undefined
  walk(tree, (fields) => {
    const name = words(fields['funcname']).at(-1)
    if (name !== undefined && proof.catalog.routines.volatile.has(name)) volatile = name
  })
  if (volatile !== undefined) return proof.expression(tree, place, `in a condition that calls ${volatile}`)
  const visit = (value: unknown): void => {
    const reference = as(value, 'ColumnRef')
    if (reference && plainColumn(proof, value, place.scope)?.kind === 'masked') proof.account(reference)
    else if (Array.isArray(value)) value.forEach(visit)
    else if (!isFields(value)) return
    else if (reference || Object.keys(value).some(opensQuery)) proof.expression(value, place, 'in a subquery')
    else Object.values(value).forEach(visit)
  }
  visit(tree)
}

/**
 * A condition of WHERE or ON. What it says about a masked column shows only in which rows come out, so the policy decides.
 * @throws {Refusal}
 */
export const predicate = (proof: Proof, node: unknown, place: Place): void => {
  const { predicates } = proof
  const boolean = as(node, 'BoolExpr')
  if (boolean && predicates !== 'deny') {
    for (const part of list(boolean['args'])) predicate(proof, part, place)
    return
  }
  if (predicates === 'allow') return tolerated(proof, node, place)
  const tested = predicates === 'equality' ? equality(proof, node, place.scope) : undefined
  if (!tested) {
    const only = predicates === 'equality' ? 'in a condition other than “= constant”' : 'in a condition'
    return proof.expression(node, place, only)
  }
  proof.account(tested)
  // The constant may still name types and functions, but no columns; it was looked through for those.
}
