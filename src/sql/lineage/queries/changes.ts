import { all, as, isFields, list, text, type Fields } from '../../tree.js'
import { conflictGuesses } from './conflict-guesses.js'
import { fromClause } from './from.js'
import { lookup } from '../lookup.js'
import { columnsOf } from '../mark.js'
import { predicate } from '../expressions/predicate.js'
import type { Place, Proof } from '../proof.js'
import { masked } from '../refusal.js'
import { tableSource } from './relation.js'
import { hidden, itemOf, type Item, type Shape, type Source } from '../scope.js'
import { targets } from './targets.js'
import { withClause } from './with.js'

const nothing: Shape = { columns: [], open: false }

/** The table that is changed: a table even where a CTE has its name. */
export const targetOf = (proof: Proof, fields: Fields): Source =>
  tableSource(proof, isFields(fields['relation']) ? fields['relation'] : {})

/** What a change computes is stored where masks may not follow it. */
export const kept = ({ firstArm: _notInside, ...place }: Place): Place => ({ ...place, flow: 'kept' })

/** `old` and `new`, or the names that RETURNING WITH gives to them (PostgreSQL 18). They can be qualified by only. */
const versions = (target: Source, clause: Fields): Item => {
  const options = all(clause['options'], 'ReturningOption')
  const named = (option: string, otherwise: string) =>
    text(options.find((each) => each['option'] === option)?.['value']) ?? otherwise
  const names = [named('RETURNING_OPTION_OLD', 'old'), named('RETURNING_OPTION_NEW', 'new')]
  return { columns: [], open: false, sources: names.map((name) => ({ ...target, name, bare: false })) }
}

export const returning = (proof: Proof, fields: Fields, target: Source, place: Place): Shape => {
  const clause = fields['returningClause']
  if (!isFields(clause)) return nothing
  const items = [...(place.scope?.items ?? []), versions(target, clause)]
  return targets(proof, clause['exprs'], { ...place, scope: { items, outer: place.scope?.outer } })
}

/** `SET email = email` stores a masked column where it was. */
const staysThere = (proof: Proof, fields: Fields, target: Source, place: Place): boolean => {
  const reference = as(fields['val'], 'ColumnRef')
  if (!reference || list(fields['indirection']).length > 0) return false
  const own = target.columns.filter((column) => column.name === fields['name'])
  const found = lookup(reference, place.scope, proof)
  const mark = own[0]?.mark
  return (
    own.length === 1 &&
    !target.ambiguous &&
    found.kind === 'column' &&
    found.mark.kind === 'masked' &&
    mark?.kind === 'masked' &&
    found.mark.table === mark.table &&
    found.mark.attribute === mark.attribute
  )
}

/** What an INSERT of one row stores. */
export const stored = (proof: Proof, fields: Fields, place: Place): void => {
  for (const column of all(fields['targetList'], 'ResTarget'))
    proof.untainted(column['indirection'], place, 'as a subscript', 'constant')
  proof.untainted(fields['values'], place, 'to fill a column', 'store')
}

/** SET list: masked columns may be written, not read. */
export const assignments = (proof: Proof, nodes: unknown, target: Source, place: Place): void => {
  for (const fields of all(nodes, 'ResTarget')) {
    if (staysThere(proof, fields, target, place)) {
      proof.value(fields['val'], place)
      continue
    }
    proof.untainted([fields['val'], fields['indirection']], place, 'to fill a column', 'store')
  }
}

const conflict = (proof: Proof, clause: Fields, target: Source, outer: Place): void => {
  const own: Place = { ...outer, scope: { items: [itemOf(target)], outer: undefined } }
  const infer = isFields(clause['infer']) ? clause['infer'] : {}
  for (const element of all(infer['indexElems'], 'IndexElem')) {
    const column = target.columns.find(({ name }) => name === element['name'])
    const [subject] = column ? columnsOf(column.mark) : []
    if (column && subject !== undefined && proof.predicates(column.mark) === 'deny')
      throw masked(subject, 'in ON CONFLICT', 'condition')
    proof.untainted(element['expr'], own, 'in ON CONFLICT', 'constant')
  }
  // Any unique index, or one that only the catalog knows the columns of.
  if (list(infer['indexElems']).length === 0)
    for (const { mark } of target.columns) {
      const [subject] = columnsOf(mark)
      if (subject !== undefined && proof.predicates(mark) === 'deny')
        throw masked(subject, 'in an ON CONFLICT that doesn’t name other columns', 'condition')
    }
  predicate(proof, infer['whereClause'], own)
  const excluded = { ...target, name: 'excluded', bare: false }
  const both: Place = {
    ...own,
    scope: { items: [itemOf(target), { ...itemOf(excluded), columns: [] }], outer: undefined },
  }
  assignments(proof, clause['targetList'], target, both)
  predicate(proof, clause['whereClause'], both)
}

export const insertion = (proof: Proof, fields: Fields, outer: Place): Shape => {
  const place = kept(withClause(proof, fields['withClause'], outer))
  const target = targetOf(proof, fields)
  for (const column of all(fields['cols'], 'ResTarget'))
    proof.untainted(column['indirection'], place, 'as a subscript', 'constant')
  const source = as(fields['selectStmt'], 'SelectStmt')
  if (source) {
    const column = hidden(proof.query('SelectStmt', source, place))
    if (column !== undefined) throw masked(column, 'to fill a table', 'store')
  }
  const clause = fields['onConflictClause']
  if (isFields(clause)) {
    conflict(proof, clause, target, place)
    conflictGuesses(proof, fields, target, clause)
  }
  return returning(proof, fields, target, { ...place, scope: { items: [itemOf(target)], outer: undefined } })
}

const change = (proof: Proof, fields: Fields, outer: Place, others: unknown): Shape => {
  const place = kept(withClause(proof, fields['withClause'], outer))
  const target = targetOf(proof, fields)
  const items = fromClause(proof, others, place, [itemOf(target)])
  const inside: Place = { ...place, scope: { items, outer: undefined } }
  assignments(proof, fields['targetList'], target, inside)
  predicate(proof, fields['whereClause'], inside)
  return returning(proof, fields, target, inside)
}

export const update = (proof: Proof, fields: Fields, place: Place): Shape =>
  change(proof, fields, place, fields['fromClause'])

export const deletion = (proof: Proof, fields: Fields, place: Place): Shape =>
  change(proof, fields, place, fields['usingClause'])
