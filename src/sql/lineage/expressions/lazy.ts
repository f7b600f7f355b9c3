import { all, as, list, text, type Fields } from '../../tree.js'
import { acts, hasRow, readsAtOnce, readsUnseen } from './acting.js'
import { columnsOf, combine, type Mark } from '../mark.js'
import { holds } from './predicate.js'
import type { Place, Proof } from '../proof.js'
import { masked } from '../refusal.js'

/*
 * What the server computes only where something else says so. Whether it did can be noticed where it counts up, locks a row,
 * draws a random number or reads a table: then what decides is a condition, and the policy says what conditions may ask.
 */

const use = 'to decide whether a subquery or a function beside it is run'

const refuse = (mark: Mark): void => {
  const [column] = columnsOf(mark)
  if (column !== undefined) throw masked(column, use, 'lazy')
}

const reading = 'to decide how many rows of a subquery are read, and the server counts what is read of tables'

/** Expressions that decide, by those that they decide about. */
interface Choice {
  readonly guards: readonly unknown[]
  readonly governed: unknown
}

const whens = (fields: Fields): readonly Fields[] => all(fields['args'], 'CaseWhen')

const equals = (one: unknown, other: unknown): Fields => ({
  A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: '=' } }], lexpr: one, rexpr: other },
})

/** By the type of the node; the fields are such a node's. */
const choices: Record<string, (fields: Fields) => Choice> = {
  CaseExpr: (fields) => {
    const [arg, [, ...later]] = [fields['arg'], whens(fields)]
    return {
      guards: whens(fields).map(({ expr }) => (arg === undefined ? expr : equals(arg, expr))),
      governed: [whens(fields).map(({ result }) => result), later.map(({ expr }) => expr), fields['defresult']],
    }
  },
  CoalesceExpr: (fields) => {
    const args = list(fields['args'])
    const guards = args.slice(0, -1).map((arg) => ({ NullTest: { arg, nulltesttype: 'IS_NULL' } }))
    return { guards, governed: args.slice(1) }
  },
  BoolExpr: (fields) => ({ guards: list(fields['args']).slice(0, -1), governed: list(fields['args']).slice(1) }),
}

const splitting: ReadonlySet<string> = new Set([
  ...['AEXPR_BETWEEN', 'AEXPR_NOT_BETWEEN', 'AEXPR_BETWEEN_SYM', 'AEXPR_NOT_BETWEEN_SYM', 'AEXPR_IN'],
])

/** Nodes that the server may take apart, and then computes no further than it has to. Nobody wrote a condition for it. */
const takenApart: Record<string, (fields: Fields) => boolean> = {
  A_Expr: ({ kind, lexpr, rexpr }) => splitting.has(text(kind) ?? '') || hasRow(lexpr) || hasRow(rexpr),
  RowExpr: () => true,
  NullTest: ({ arg }) => hasRow(arg) || as(arg, 'ColumnRef') !== undefined,
  JsonFuncExpr: () => true,
  // Of the subquery's rows it reads no more than it takes to know.
  SubLink: ({ testexpr }) => testexpr !== undefined,
}

const isAllowed = (proof: Proof, mark: Mark): boolean => proof.predicates(mark) === 'allow'

/**
 * One node in which something masked may decide what else is computed. Whoever made a view or a function chose what
 * decides in it.
 * @param mark of all that the node holds
 * @throws {Refusal} where the policy doesn't let conditions ask that
 */
export const decides = (proof: Proof, type: string, fields: Fields, mark: Mark, place: Place): void => {
  if (mark.kind === 'clean' || proof.author !== 'client') return
  const choice = Object.hasOwn(choices, type) ? choices[type]?.(fields) : undefined
  if (choice && acts(proof, choice.governed, place) && proof.first(fields))
    for (const guard of choice.guards) refuse(holds(proof, guard, place) ?? { kind: 'clean' })
  // A subscript of NULL is not computed.
  if (type === 'A_Indirection') decidesWhether(proof, mark, fields['indirection'], place)
  const apart = Object.hasOwn(takenApart, type) && takenApart[type]?.(fields) === true
  if (!apart || isAllowed(proof, mark)) return
  if (type === 'SubLink') return member(proof, fields, place)
  if (acts(proof, Object.values(fields), place)) refuse(mark)
}

/**
 * `x IN (SELECT …)` where x, or what is selected, is masked: it is read up to the row that decides. Of one table that tells
 * next to nothing where x isn't masked, and of none it tells nothing.
 */
const member = (proof: Proof, fields: Fields, place: Place): void => {
  const asks = proof.value(fields['testexpr'], place).kind !== 'clean'
  if (!asks && readsAtOnce(proof, fields['subselect'])) return
  if (!proof.first(fields)) return
  const mark = holds(proof, { SubLink: fields }, place)
  const [column] = mark ? columnsOf(mark) : []
  if (column !== undefined && !readsUnseen(proof, fields['subselect'], place)) throw masked(column, reading, 'member')
}

/** Something masked decides whether an expression is computed, in a way that is no condition. @throws {Refusal} */
export const decidesWhether = (proof: Proof, mark: Mark, governed: unknown, place: Place): void => {
  if (mark.kind === 'clean' || proof.author !== 'client' || isAllowed(proof, mark)) return
  if (acts(proof, governed, place)) refuse(mark)
}

/**
 * A call: FILTER decides whether arguments are computed, a window function may compute them for another row or for none,
 * and a function in SQL may stand for its body, which may use them or not.
 * @throws {Refusal}
 */
export const decidesInCall = (
  proof: Proof,
  { fields, name, given, filter }: { fields: Fields; name: string; given: Mark; filter: Mark },
  place: Place,
): void => {
  if (proof.author !== 'client') return
  const own = fields['over'] !== undefined || proof.catalog.routines.added.has(name)
  const mark = own ? combine([given, filter]) : filter
  if (mark.kind === 'clean' || isAllowed(proof, mark)) return
  if (acts(proof, fields['args'], place)) refuse(mark)
}
