import { hasContraries } from './contraries.js'
import { dependsOnRow, isSystemColumn, isWholeRow, ownMembers, type Rows } from './row.js'
import { same } from './same.js'
import { as, integer, isFields, list, text, words, type Fields } from '../tree.js'

/** What a condition is, whatever the row: `constant` is one or the other, `open` depends on the row. */
type Truth = true | false | null | 'constant' | 'open'

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

const ofOperator = ({ kind, name, lexpr, rexpr }: Fields, rows: Rows): Truth => {
  const operator = words(name).at(-1) ?? ''
  if (kind === 'AEXPR_NOT_DISTINCT' && same(lexpr, rexpr, rows)) return true
  if (kind === 'AEXPR_DISTINCT' && same(lexpr, rexpr, rows)) return false
  if ((kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE') && operator.startsWith('~') && matchesAll(scalar(rexpr)))
    return true
  if (
    kind === 'AEXPR_IN' &&
    operator === '=' &&
    list(as(rexpr, 'List')?.['items']).some((item) => same(lexpr, item, rows))
  )
    return true
  if (kind === 'AEXPR_BETWEEN' || kind === 'AEXPR_BETWEEN_SYM') {
    if (list(as(rexpr, 'List')?.['items']).every((bound) => same(lexpr, bound, rows))) return true
  }
  if (kind === 'AEXPR_OP_ANY' && operator === '=') {
    if (list(as(rexpr, 'A_ArrayExpr')?.['elements']).some((item) => same(lexpr, item, rows))) return true
  }
  if (kind === 'AEXPR_OP') {
    if (operator === '~' && ['', '.*', '^', '$'].includes(String(scalar(rexpr) ?? 'x'))) return true
    const both = as(lexpr, 'A_Const') && as(rexpr, 'A_Const')
    const [one, other] = both ? [scalar(lexpr), scalar(rexpr)] : []
    if (typeof one === 'number' && typeof other === 'number') return comparisons[operator]?.(one, other) ?? 'constant'
    if (reflexive[operator] !== undefined && same(lexpr, rexpr, rows)) return reflexive[operator]
  }
  // `ctid = …` names one row, and `ctid > …` next to none.
  if (names.has(String(kind)) && operator === '=' && isSystemColumn(lexpr, rows) !== isSystemColumn(rexpr, rows))
    return 'open'
  return dependsOnRow([lexpr, rexpr], rows) ? 'open' : 'constant'
}

const names: ReadonlySet<string> = new Set(['AEXPR_OP', 'AEXPR_IN', 'AEXPR_OP_ANY'])

const either = (args: readonly unknown[], rows: Rows): Truth => {
  const truths = args.map((each) => truthOf(each, rows))
  if (truths.includes(true)) return true
  if (hasContraries(args)) return true
  if (truths.includes('constant')) return 'constant'
  if (truths.includes('open')) return 'open'
  return truths.includes(null) ? null : false
}

const all = (args: readonly unknown[], rows: Rows): Truth => {
  const truths = args.map((each) => truthOf(each, rows))
  if (truths.includes(false)) return false
  if (truths.includes(null)) return null
  if (truths.includes('open')) return 'open'
  return truths.includes('constant') ? 'constant' : true
}

const ofCase = (fields: Fields, rows: Rows): Truth => {
  const results = list(fields['args']).map((each) => truthOf(as(each, 'CaseWhen')?.['result'], rows))
  const outcomes = new Set([...results, fields['defresult'] === undefined ? null : truthOf(fields['defresult'], rows)])
  if (outcomes.size === 1) return [...outcomes][0]!
  return dependsOnRow(fields, rows) ? 'open' : 'constant'
}

/** `x IN (SELECT x FROM the same table)` holds of every row that has an x. */
const ofSubquery = (fields: Fields, rows: Rows): Truth => {
  const own = ownMembers(fields, rows)
  if (own) {
    const { select } = own
    const further = ['limitCount', 'limitOffset', 'groupClause', 'havingClause', 'distinctClause', 'larg']
    if (further.some((clause) => select[clause] !== undefined)) return 'open'
    return select['whereClause'] === undefined ? true : truthOf(select['whereClause'], own.rows)
  }
  if (fields['subLinkType'] === 'ANY_SUBLINK' && isSystemColumn(fields['testexpr'], rows)) return 'open'
  return dependsOnRow({ SubLink: fields }, rows) ? 'open' : 'constant'
}

const nodes: Readonly<Record<string, (fields: Fields, rows: Rows) => Truth>> = {
  A_Const: ofConstant,
  A_Expr: ofOperator,
  BoolExpr: ({ boolop, args }, rows) => {
    if (boolop === 'NOT_EXPR') return not(truthOf(list(args)[0], rows))
    return boolop === 'OR_EXPR' ? either(list(args), rows) : all(list(args), rows)
  },
  SubLink: ofSubquery,
  TypeCast: ({ arg, typeName }, rows) =>
    isFields(typeName) && words(typeName['names']).at(-1) === 'bool'
      ? truthOf(arg, rows)
      : dependsOnRow(arg, rows)
        ? 'open'
        : 'constant',
  BooleanTest: ({ arg, booltesttype: test }, rows) => {
    const truth = truthOf(arg, rows)
    if (truth === 'open' || truth === 'constant') return truth
    const wanted = String(test).endsWith('TRUE') ? true : String(test).endsWith('FALSE') ? false : null
    return (truth === wanted) !== String(test).startsWith('IS_NOT')
  },
  NullTest: ({ arg, nulltesttype: test }, rows) => {
    if (dependsOnRow(arg, rows)) return isWholeRow(arg, rows) ? 'constant' : 'open'
    return as(arg, 'A_Const') ? (as(arg, 'A_Const')?.['isnull'] === true) === (test === 'IS_NULL') : 'constant'
  },
  CaseExpr: ofCase,
}

const truthOf = (node: unknown, rows: Rows): Truth => {
  for (const type in nodes) {
    const fields = as(node, type)
    if (fields) return nodes[type]!(fields, rows)
  }
  return dependsOnRow(node, rows) ? 'open' : 'constant'
}

/**
 * Whether a WHERE picks no rows: it isn't there, it holds whatever the row is (`1 = 1`, `id = id`, `x OR true`), or it names
 * no column of the table, so that it is all or nothing. What depends on one in any other way is taken for a condition,
 * though it may hold of every row there is. System columns say nothing of a row, but `ctid = …` names one.
 */
export const picksNothing = (where: unknown, rows: Rows): boolean => {
  if (where === undefined) return true
  const truth = truthOf(where, rows)
  return truth === true || truth === 'constant'
}
