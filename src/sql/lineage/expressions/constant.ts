import { isFields, list, words, type Fields } from '../../tree.js'
import type { Proof } from '../proof.js'

/**
 * Anything but an immutable function may give another value for each row: `nextval('s')` does, what somebody made may, an
 * aggregate or a window function tells of the rows that it stands among, and `current_setting('x')` differs where
 * `set_config` runs beside it.
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

/** What makes a call tell of other rows, or of their order. */
const amongRows = ['over', 'agg_order', 'agg_filter', 'agg_star', 'agg_distinct', 'agg_within_group'] as const

/** Types whose values are names of objects: what they look like as text, any ALTER … RENAME changes. */
const ofNames: ReadonlySet<string> = new Set([
  ...['regclass', 'regtype', 'regrole', 'regnamespace', 'regproc', 'regprocedure', 'regoper', 'regoperator'],
  ...['regconfig', 'regdictionary', 'regcollation', 'regdatabase'],
])

/** Whether a value of a type may mean another one later, or be equal to others than it looks. A domain may have a collation. */
const means = (proof: Proof, typeName: unknown): boolean => {
  const name = words(isFields(typeName) ? typeName['names'] : undefined).at(-1)
  if (name === undefined || ofNames.has(name)) return false
  return !proof.catalog.addedTypes.some((added) => added.type === 'd' && added.name === name)
}

/** Nodes that may be in a constant: where in them their parts stand. What is not here is none. */
const parts: Readonly<Record<string, readonly string[]>> = {
  List: ['items'],
  A_ArrayExpr: ['elements'],
  RowExpr: ['args'],
  A_Expr: ['lexpr', 'rexpr'],
  BoolExpr: ['args'],
  NullTest: ['arg'],
  BooleanTest: ['arg'],
  CaseExpr: ['arg', 'args', 'defresult'],
  CaseWhen: ['expr', 'result'],
  CoalesceExpr: ['args'],
  MinMaxExpr: ['args'],
  NamedArgExpr: ['arg'],
  TypeCast: ['arg'],
  FuncCall: ['args'],
  // An element or a slice of an array. A field has a collation of its own, so it is none.
  A_Indirection: ['arg', 'indirection'],
  A_Indices: ['lidx', 'uidx'],
}

const fits = (proof: Proof, type: string, fields: Fields): boolean => {
  if (type === 'TypeCast') return means(proof, fields['typeName'])
  if (type !== 'FuncCall') return true
  const name = words(fields['funcname']).at(-1)
  return name !== undefined && !varies(proof, name) && amongRows.every((key) => fields[key] === undefined)
}

/**
 * Whether an expression has the same value for every row: a literal, a parameter, or what immutable functions make of them.
 * It refers to no column, asks no table, no aggregate, and no setting or clock.
 */
export const isConstant = (proof: Proof, node: unknown): boolean => {
  if (Array.isArray(node)) return list(node).every((each) => isConstant(proof, each))
  if (!isFields(node)) return false
  for (const type in node) {
    // Nobody looks at the literal itself: then what is found out holds whatever it is.
    if (type === 'A_Const') return true
    const fields = node[type]
    // In a function's body `$1` is no constant, since the caller may pass another one for each row.
    if (type === 'ParamRef') return proof.author !== 'routine'
    const inside = Object.hasOwn(parts, type) ? parts[type] : undefined
    if (!inside || !isFields(fields) || !fits(proof, type, fields)) return false
    return inside.every((key) => fields[key] === undefined || isConstant(proof, fields[key]))
  }
  return false
}
