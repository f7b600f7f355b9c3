import type { Given } from '../../facts.js'
import { as, isFields, items, list, text, walk, words, type Fields } from '../../tree.js'
import { questionOf } from '../distances/distance.js'
import { computed, given, members } from '../distances/given.js'
import { measured } from '../distances/measure.js'
import { lookup } from '../lookup.js'
import { comparesSilently } from '../failing.js'
import { columnsOf, type Mark } from '../mark.js'
import { areComparable, plainColumn } from './plain.js'
import { isConstant } from './constant.js'
import type { Place, Proof } from '../proof.js'
import { masked } from '../refusal.js'
import { rowComparisons } from './row-comparison.js'
import { subquery } from './sublink.js'

const equal: ReadonlySet<string> = new Set(['=', '<>', '!='])

/** Kinds of A_Expr that compare for equality: `=`, IN (…), `= ANY (array)`, IS [NOT] DISTINCT FROM. */
const comparisons: ReadonlySet<string> = new Set([
  ...['AEXPR_OP', 'AEXPR_IN', 'AEXPR_OP_ANY', 'AEXPR_DISTINCT', 'AEXPR_NOT_DISTINCT'],
])

/** A masked column and something of the client's, which is the same for each row. */
const comparesWithConstant = (proof: Proof, comparison: Fields, place: Place): Mark | undefined => {
  const { kind, lexpr, rexpr } = comparison
  const [left, right] = [plainColumn(proof, lexpr, place.scope), plainColumn(proof, rexpr, place.scope)]
  if (left?.kind === 'masked' && isConstant(proof, rexpr)) return left
  // `constant = ANY (column)` asks for what is inside of the value.
  return kind === 'AEXPR_OP' && right?.kind === 'masked' && isConstant(proof, lexpr) ? right : undefined
}

/** Whether two columns may be compared, and a row without a value in one of them left out for it. */
const areEqual = (proof: Proof, one: Mark | undefined, other: Mark | undefined): boolean =>
  areComparable(proof, one, other) && ![one, other].some((side) => side && proof.hidesNulls(side))

/** Kinds that say nothing of NULL as long as they aren't negated: there, it is as any value that was not asked for. */
const blindToNulls: ReadonlySet<unknown> = new Set(['AEXPR_OP', 'AEXPR_IN', 'AEXPR_OP_ANY'])

/**
 * `column = constant`, or `column = column` where both are masked: which of them are equal shows, and nothing else. Of a
 * column whose NULLs are hidden, only which are equal to a constant: what isn't equal to it isn't NULL either.
 */
const compares = (proof: Proof, node: unknown, place: Place, negated: boolean): boolean => {
  const comparison = proof.settingsChange ? undefined : as(node, 'A_Expr')
  const kind = text(comparison?.['kind']) ?? ''
  const operator = words(comparison?.['name']).at(-1) ?? ''
  if (!comparison || !comparisons.has(kind) || !equal.has(operator)) return false
  const known = comparesWithConstant(proof, comparison, place)
  if (known) return !proof.hidesNulls(known) || (!negated && operator === '=' && blindToNulls.has(kind))
  if (kind === 'AEXPR_OP_ANY') return false
  const [left, right] = [comparison['lexpr'], comparison['rexpr']].map((side) => plainColumn(proof, side, place.scope))
  return areEqual(proof, left, right)
}

/** `column IN (SELECT column …)`, both masked. */
const isMember = (proof: Proof, node: unknown, place: Place): boolean => {
  const link = as(node, 'SubLink')
  if (link?.['subLinkType'] !== 'ANY_SUBLINK' || !equal.has(words(link['operName']).at(-1) ?? '=')) return false
  const [shape, more] = subquery(proof, link, place)
  const tested = plainColumn(proof, link['testexpr'], place.scope)
  if (!shape || more || shape.open || shape.columns.length !== 1) return false
  return areEqual(proof, tested, shape.columns[0]?.mark)
}

/**
 * In a view, whoever made it chose the constants. But a condition that brings together a masked column and another
 * one makes the other one show it.
 */
const mixes = (proof: Proof, node: unknown, place: Place): boolean => {
  let other = false
  walk(node, (fields) => {
    if (fields['SubLink'] !== undefined || fields['ParamRef'] !== undefined) other = true
    if (list(fields['fields']).length === 0) return
    const found = lookup(fields, place.scope, proof)
    if (found.kind !== 'column' || found.mark.kind === 'clean') other = true
  })
  return other
}

/** The conditions that one consists of, where it does. */
const partsOf = (node: unknown): readonly unknown[] | undefined => {
  const boolean = as(node, 'BoolExpr')
  if (boolean) return list(boolean['args'])
  return equal.has(words(as(node, 'A_Expr')?.['name']).at(-1) ?? '') ? rowComparisons(node) : undefined
}

/** `WHERE vip` is `WHERE vip = true`. */
const asComparison = (node: unknown): unknown =>
  as(node, 'ColumnRef')
    ? {
        A_Expr: {
          kind: 'AEXPR_OP',
          name: [{ String: { sval: '=' } }],
          lexpr: node,
          rexpr: { A_Const: { boolval: { boolval: true } } },
        },
      }
    : node

/**
 * What a condition says about a masked column shows only in which rows come out, so the policy decides.
 * @returns what the condition uses in a way that is not allowed
 */
export const holds = (proof: Proof, condition: unknown, place: Place, negated = false): Mark | undefined => {
  const parts = partsOf(condition)
  if (parts) {
    const inside = as(condition, 'BoolExpr')?.['boolop'] === 'NOT_EXPR' ? !negated : negated
    for (const part of parts) {
      const found = holds(proof, part, place, inside)
      if (found) return found
    }
    return undefined
  }
  const node = asComparison(condition)
  const { computes } = proof
  const mark = proof.value(node, place)
  if (mark.kind === 'clean') return undefined
  if (proof.author === 'view') return mixes(proof, node, place) ? mark : undefined
  if (comparesDistance(proof, node, place)) return undefined
  const level = proof.predicates(mark)
  const fitting = level === 'equality' && compares(proof, node, place, negated)
  // Nothing but columns and constants is in it.
  if (fitting && comparesSilently(proof, mark)) proof.computes = computes
  const fits = fitting || (level === 'equality' && isMember(proof, node, place))
  if (level !== 'allow' && !fits) return mark
  guessed(proof, node, mark, place)
  return undefined
}

/** A condition on distances, where the policy lets them be compared: it is one question, whatever it asks. */
const comparesDistance = (proof: Proof, node: unknown, place: Place): boolean => {
  if (!proof.comparesDistances) return false
  const distance = measured(proof, node, place)
  if (!distance || distance.right === 'hide') return false
  if (distance.right === 'show' || distance.form === 'rank') return true
  // Whether there is a distance tells whether there is a vector.
  if (distance.form === 'mixed' || proof.hidesNulls({ kind: 'derived', columns: distance.columns })) return false
  proof.guess(questionOf(distance, 'condition'))
  return true
}

/** Each constant that a masked column is compared with is a guess; any other condition that is allowed is one in all. */
const guessed = (proof: Proof, node: unknown, mark: Mark, place: Place): void => {
  const comparison = as(node, 'A_Expr')
  const columns = columnsOf(mark)
  const known = comparison && comparesWithConstant(proof, comparison, place)
  if (!comparison || !known) {
    if (proof.predicates(mark) === 'allow') proof.guess({ columns, values: [computed(node)] })
    return
  }
  const { kind, lexpr, rexpr, name } = comparison
  const operator = words(name).at(-1) ?? ''
  const how: readonly Given[] = equal.has(operator) ? [] : [{ text: operator }]
  const constant = isConstant(proof, rexpr) ? rexpr : lexpr
  const several = kind === 'AEXPR_OP_ANY' || kind === 'AEXPR_OP_ALL'
  const each = as(constant, 'List') ? items(constant).map(given) : several ? members(constant) : [given(constant)]
  for (const value of each) proof.guess({ columns, values: [...how, value] })
}

/**
 * A condition of WHERE, ON or HAVING.
 * @throws {Refusal}
 */
export const predicate = (proof: Proof, node: unknown, place: Place): void => {
  if (!isFields(node)) return
  const mark = holds(proof, node, place)
  const [column] = mark ? columnsOf(mark) : []
  if (column === undefined || !mark) return
  const only =
    proof.predicates(mark) === 'equality'
      ? 'in a condition other than “= constant” or “= another masked column”'
      : 'in a condition'
  const nulls = proof.hidesNulls(mark)
  throw masked(column, only, proof.predicates(mark) !== 'equality' ? 'condition' : nulls ? 'nulls' : 'equality')
}
