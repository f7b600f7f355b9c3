import { isDeepStrictEqual } from 'node:util'
import { hasContraries, places } from './contraries.js'
import { as, integer, isFields, list, text, walk, words, type Fields } from '../tree.js'
import { spend } from '../work.js'

/** What a condition is, whatever the row: `constant` is one or the other, `open` depends on the row. */
type Truth = true | false | null | 'constant' | 'open'

/** Whether two trees are the same. What is inside of literals is looked at last, and not at all where anything else differs. */
const same = (one: unknown, other: unknown): boolean => {
  const literals: (readonly [unknown, unknown])[] = []
  return (
    alike(one, other, literals) && literals.every(([left, right]) => isDeepStrictEqual(valueOf(left), valueOf(right)))
  )
}

const valueOf = (literal: unknown): unknown => (isFields(literal) ? { ...literal, location: 0 } : literal)

const alike = (one: unknown, other: unknown, literals: (readonly [unknown, unknown])[]): boolean => {
  spend()
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => alike(item, other[index], literals))
  if (!isFields(one) || !isFields(other)) return one !== undefined && one === other
  const keys = Object.keys(one)
  if (keys.length !== Object.keys(other).length) return false
  return keys.every((key) => {
    if (places.has(key)) return true
    if (key === 'A_Const') return literals.push([one[key], other[key]]) > 0
    return alike(one[key], other[key], literals)
  })
}

/** Whether an expression names a column; `*` in a subquery names none of the row. */
const dependsOnRow = (node: unknown): boolean => {
  let found = false
  walk(node, (fields) => {
    const ref = as(fields, 'ColumnRef')
    if (ref) found ||= words(ref['fields']).length > 0
    found ||= as(fields, 'CurrentOfExpr') !== undefined
    return !found
  })
  return found
}

const booleans: Readonly<Record<string, boolean>> = {
  ...{ t: true, true: true, y: true, yes: true, on: true, '1': true },
  ...{ f: false, false: false, n: false, no: false, off: false, '0': false },
}

const ofConstant = ({ isnull, boolval, sval, ival }: Fields): Truth => {
  if (isnull === true) return null
  if (isFields(boolval)) return boolval['boolval'] === true
  if (isFields(sval)) return booleans[(text(sval['sval']) ?? '').trim().toLowerCase()] ?? 'constant'
  return ival === undefined ? 'constant' : integer(ival) !== 0
}

const not = (truth: Truth): Truth => (typeof truth === 'boolean' ? !truth : truth)

const scalar = (node: unknown): number | string | undefined => {
  const constant = as(node, 'A_Const')
  if (!constant || constant['isnull'] === true) return undefined
  const { ival, fval, sval } = constant
  if (isFields(sval)) return text(sval['sval']) ?? ''
  if (isFields(fval)) return Number(text(fval['fval']))
  return ival === undefined ? undefined : integer(ival)
}

const comparisons: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  '=': (one, other) => one === other,
  '<>': (one, other) => one !== other,
  '<': (one, other) => one < other,
  '>': (one, other) => one > other,
  '<=': (one, other) => one <= other,
  '>=': (one, other) => one >= other,
}

/** Operators that hold of a value and itself, and those that don't. NULL aside, which is what makes it no condition. */
const reflexive: Readonly<Record<string, boolean>> = {
  ...{ '=': true, '<=': true, '>=': true, '<>': false, '<': false, '>': false, '~': true, '~~': true, '~~*': true },
}

const matchesAll = (pattern: unknown): boolean => typeof pattern === 'string' && /^%+$/.test(pattern)

const ofOperator = ({ kind, name, lexpr, rexpr }: Fields): Truth => {
  const operator = words(name).at(-1) ?? ''
  if (kind === 'AEXPR_NOT_DISTINCT' && same(lexpr, rexpr)) return true
  if (kind === 'AEXPR_DISTINCT' && same(lexpr, rexpr)) return false
  if ((kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE') && operator.startsWith('~') && matchesAll(scalar(rexpr)))
    return true
  if (kind === 'AEXPR_IN' && operator === '=' && list(as(rexpr, 'List')?.['items']).some((item) => same(lexpr, item)))
    return true
  if (kind === 'AEXPR_BETWEEN' || kind === 'AEXPR_BETWEEN_SYM') {
    if (list(as(rexpr, 'List')?.['items']).every((bound) => same(lexpr, bound))) return true
  }
  if (kind === 'AEXPR_OP_ANY' && operator === '=') {
    if (list(as(rexpr, 'A_ArrayExpr')?.['elements']).some((item) => same(lexpr, item))) return true
  }
  if (kind === 'AEXPR_OP') {
    if (operator === '~' && ['', '.*', '^', '$'].includes(String(scalar(rexpr) ?? 'x'))) return true
    const both = as(lexpr, 'A_Const') && as(rexpr, 'A_Const')
    const [one, other] = both ? [scalar(lexpr), scalar(rexpr)] : []
    if (typeof one === 'number' && typeof other === 'number') return comparisons[operator]?.(one, other) ?? 'constant'
    if (reflexive[operator] !== undefined && same(lexpr, rexpr)) return reflexive[operator]
  }
  return dependsOnRow([lexpr, rexpr]) ? 'open' : 'constant'
}

const either = (args: readonly unknown[]): Truth => {
  const truths = args.map(truthOf)
  if (truths.includes(true)) return true
  if (hasContraries(args)) return true
  if (truths.includes('constant')) return 'constant'
  if (truths.includes('open')) return 'open'
  return truths.includes(null) ? null : false
}

const all = (args: readonly unknown[]): Truth => {
  const truths = args.map(truthOf)
  if (truths.includes(false)) return false
  if (truths.includes(null)) return null
  if (truths.includes('open')) return 'open'
  return truths.includes('constant') ? 'constant' : true
}

const ofCase = (fields: Fields): Truth => {
  const results = list(fields['args']).map((each) => truthOf(as(each, 'CaseWhen')?.['result']))
  const outcomes = new Set([...results, fields['defresult'] === undefined ? null : truthOf(fields['defresult'])])
  if (outcomes.size === 1) return [...outcomes][0]!
  return dependsOnRow(fields) ? 'open' : 'constant'
}

const nodes: Readonly<Record<string, (fields: Fields) => Truth>> = {
  A_Const: ofConstant,
  A_Expr: ofOperator,
  BoolExpr: ({ boolop, args }) =>
    boolop === 'NOT_EXPR' ? not(truthOf(list(args)[0])) : boolop === 'OR_EXPR' ? either(list(args)) : all(list(args)),
  TypeCast: ({ arg, typeName }) =>
    isFields(typeName) && words(typeName['names']).at(-1) === 'bool'
      ? truthOf(arg)
      : dependsOnRow(arg)
        ? 'open'
        : 'constant',
  BooleanTest: ({ arg, booltesttype: test }) => {
    const truth = truthOf(arg)
    if (truth === 'open' || truth === 'constant') return truth
    const wanted = String(test).endsWith('TRUE') ? true : String(test).endsWith('FALSE') ? false : null
    return (truth === wanted) !== String(test).startsWith('IS_NOT')
  },
  NullTest: ({ arg, nulltesttype: test }) => {
    if (dependsOnRow(arg)) return 'open'
    return as(arg, 'A_Const') ? (as(arg, 'A_Const')?.['isnull'] === true) === (test === 'IS_NULL') : 'constant'
  },
  CaseExpr: ofCase,
}

const truthOf = (node: unknown): Truth => {
  for (const type in nodes) {
    const fields = as(node, type)
    if (fields) return nodes[type]!(fields)
  }
  return dependsOnRow(node) ? 'open' : 'constant'
}

/**
 * Whether a WHERE picks no rows: it isn't there, it holds whatever the row is (`1 = 1`, `id = id`, `x OR true`), or it
 * names no column at all, so that it is all or nothing. What depends on a column in any other way is taken for a
 * condition, though it may hold of every row there is.
 */
export const picksNothing = (where: unknown): boolean => {
  if (where === undefined) return true
  const truth = truthOf(where)
  return truth === true || truth === 'constant'
}
