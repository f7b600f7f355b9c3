import type { Fields } from '../../tree.js'
import { call, jsonAggregate } from './call.js'
import { indirection } from './indirection.js'
import { clean, combine, type Mark } from '../mark.js'
import { plainColumn } from './plain.js'
import type { Place, Proof } from '../proof.js'
import { sublink } from './sublink.js'

export type ExpressionRule = (proof: Proof, fields: Fields, place: Place) => Mark

/** Something new is made of what it holds: even a masked column inside is no longer that column. */
const computed: ExpressionRule = (proof, fields, place) => combine([proof.inside(fields, place)])

/** Holds what it holds. */
const through: ExpressionRule = (proof, fields, place) => proof.inside(fields, place)

/** NULL stays NULL behind most masks, so whether a column is NULL is no secret where it may be compared at all. */
const nullTest: ExpressionRule = (proof, fields, place) => {
  const column = plainColumn(proof, fields['arg'], place.scope)
  const mark = combine([proof.value(fields['arg'], place)])
  return column?.kind === 'masked' && proof.predicates(column) !== 'deny' && !proof.hidesNulls(column) ? clean : mark
}

/** GROUPING says which columns a row is grouped by, not what is in them. */
const grouping: ExpressionRule = (proof, fields, place) => {
  proof.value(fields['args'], place)
  return clean
}

const nodes = {
  constant: ['ParamRef', 'SQLValueFunction', 'SetToDefault', 'MergeSupportFunc', 'A_Star', 'CurrentOfExpr']
    .concat(['String', 'Integer', 'Float', 'Boolean', 'BitString', 'TypeName', 'JsonFormat', 'JsonReturning'])
    .concat(['JsonOutput', 'CaseTestExpr', 'JsonTablePathSpec']),
  computed: ['A_Expr', 'TypeCast', 'CollateClause', 'A_ArrayExpr', 'RowExpr', 'CaseExpr', 'CaseWhen', 'CoalesceExpr']
    .concat(['MinMaxExpr', 'XmlExpr', 'XmlSerialize', 'BooleanTest', 'BoolExpr', 'NamedArgExpr', 'MultiAssignRef'])
    .concat(['JsonFuncExpr', 'JsonValueExpr', 'JsonKeyValue', 'JsonObjectConstructor', 'JsonArrayConstructor'])
    .concat(['JsonArrayQueryConstructor', 'JsonParseExpr'])
    .concat(['JsonScalarExpr', 'JsonSerializeExpr', 'JsonIsPredicate', 'JsonArgument', 'JsonBehavior', 'A_Indices'])
    .concat(['SortBy', 'ResTarget', 'GroupingSet']),
}

const each = (types: readonly string[], rule: ExpressionRule): Record<string, ExpressionRule> =>
  Object.fromEntries(types.map((type) => [type, rule]))

/** How each kind of expression passes on what is masked in it. A kind that isn't here is refused. */
export const expressions: Record<string, ExpressionRule> = {
  // What it says doesn't matter, and is not looked at.
  A_Const: () => clean,
  ...each(nodes.constant, through),
  ...each(nodes.computed, computed),
  ColumnRef: (proof, fields, place) => proof.value(fields, place),
  List: through,
  FuncCall: call,
  JsonObjectAgg: jsonAggregate,
  JsonArrayAgg: jsonAggregate,
  SubLink: sublink,
  NullTest: nullTest,
  GroupingFunc: grouping,
  A_Indirection: indirection,
}
