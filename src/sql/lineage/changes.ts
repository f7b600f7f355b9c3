import { all, as, isFields, list, text, words, type Fields } from '../tree.js'
import { fromClause } from './from.js'
import { predicate } from './predicate.js'
import type { Place, Proof } from './proof.js'
import { masked } from './refusal.js'
import { tableSource } from './relation.js'
import { hidden, itemOf, type Item, type Shape, type Source } from './scope.js'
import { targets } from './targets.js'
import { withClause } from './with.js'

const nothing: Shape = { columns: [], open: false }

/** The table that is changed: a table even where a CTE has its name. */
const targetOf = (proof: Proof, fields: Fields): Source =>
  tableSource(proof, isFields(fields['relation']) ? fields['relation'] : {})

/** What a change computes is stored where masks may not follow it. */
const kept = ({ firstArm: _notInside, ...place }: Place): Place => ({ ...place, flow: 'kept' })

/** `old` and `new`, or the names that RETURNING WITH gives to them (PostgreSQL 18). They can be qualified by only. */
const versions = (target: Source, clause: Fields): Item => {
  const options = all(clause['options'], 'ReturningOption')
  const named = (option: string, otherwise: string) =>
    text(options.find((each) => each['option'] === option)?.['value']) ?? otherwise
  const names = [named('RETURNING_OPTION_OLD', 'old'), named('RETURNING_OPTION_NEW', 'new')]
  return { columns: [], open: false, sources: names.map((name) => ({ ...target, name, bare: false })) }
}

const returning = (proof: Proof, fields: Fields, target: Source, place: Place): Shape => {
  const clause = fields['returningClause']
  if (!isFields(clause)) return nothing
  const items = [...(place.scope?.items ?? []), versions(target, clause)]
  return targets(proof, clause['exprs'], { ...place, scope: { items, outer: place.scope?.outer } })
}

/** SET list: masked columns may be written, not read. */
const assignments = (proof: Proof, nodes: unknown, place: Place): void => {
  for (const fields of all(nodes, 'ResTarget')) {
    proof.expression([fields['val'], fields['indirection']], place, 'to fill a column')
  }
}

const conflict = (proof: Proof, clause: Fields, target: Source, outer: Place): void => {
  const own: Place = { ...outer, scope: { items: [itemOf(target)], outer: undefined } }
  const infer = isFields(clause['infer']) ? clause['infer'] : {}
  for (const element of all(infer['indexElems'], 'IndexElem')) {
    const column = target.columns.find(({ name }) => name === element['name'])
    if (column && column.mark.kind !== 'clean' && proof.predicates === 'deny')
      throw masked(column.mark.column, 'in ON CONFLICT')
    proof.expression(element, own, 'in ON CONFLICT')
  }
  predicate(proof, infer['whereClause'], own)
  const excluded = { ...target, name: 'excluded', bare: false }
  const both: Place = {
    ...own,
    scope: { items: [itemOf(target), { ...itemOf(excluded), columns: [] }], outer: undefined },
  }
  for (const fields of all(clause['targetList'], 'ResTarget')) {
    const reference = as(fields['val'], 'ColumnRef')
    const [qualifier, name, more] = reference ? words(reference['fields']) : []
    // `SET email = excluded.email` stores what the client sent into the column it was sent for.
    const same =
      qualifier === 'excluded' &&
      name === fields['name'] &&
      more === undefined &&
      list(fields['indirection']).length === 0
    if (same && reference && target.name !== 'excluded') proof.account(reference)
    else assignments(proof, [{ ResTarget: fields }], both)
  }
  predicate(proof, clause['whereClause'], both)
}

export const insertion = (proof: Proof, fields: Fields, outer: Place): Shape => {
  const place = kept(withClause(proof, fields['withClause'], outer))
  const target = targetOf(proof, fields)
  for (const column of all(fields['cols'], 'ResTarget'))
    proof.expression(column['indirection'], place, 'as a subscript')
  const source = as(fields['selectStmt'], 'SelectStmt')
  if (source) {
    const column = hidden(proof.query('SelectStmt', source, place))
    if (column !== undefined) throw masked(column, 'to fill a table')
  }
  if (isFields(fields['onConflictClause'])) conflict(proof, fields['onConflictClause'], target, place)
  return returning(proof, fields, target, { ...place, scope: { items: [itemOf(target)], outer: undefined } })
}

const change = (proof: Proof, fields: Fields, outer: Place, others: unknown): Shape => {
  const place = kept(withClause(proof, fields['withClause'], outer))
  const target = targetOf(proof, fields)
  const items = fromClause(proof, others, place, [itemOf(target)])
  const inside: Place = { ...place, scope: { items, outer: undefined } }
  assignments(proof, fields['targetList'], inside)
  predicate(proof, fields['whereClause'], inside)
  return returning(proof, fields, target, inside)
}

export const update = (proof: Proof, fields: Fields, place: Place): Shape =>
  change(proof, fields, place, fields['fromClause'])

export const deletion = (proof: Proof, fields: Fields, place: Place): Shape =>
  change(proof, fields, place, fields['usingClause'])
