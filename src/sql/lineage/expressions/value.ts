import { isStatement } from '../../collect/kinds.js'
import { isFields, list, type Fields } from '../../tree.js'
import { expressions } from './expressions.js'
import { decides } from './lazy.js'
import { mayFail } from '../failing.js'
import { lookup } from '../lookup.js'
import { clean, columnsOf, combine, type Mark } from '../mark.js'
import type { Place, Proof } from '../proof.js'
import { masked, unproven } from '../refusal.js'
import { sideEffectIn } from '../side-effects.js'
import { spend } from '../../work.js'

/** A reference: a column, the whole row of a table, or all that `*` means. */
const reference = (proof: Proof, fields: Fields, place: Place): Mark => {
  proof.account(fields)
  const found = lookup(fields, place.scope, proof)
  if (found.kind === 'column') return found.mark
  const shapes = found.kind === 'row' ? [found.source] : found.items
  for (const { columns } of shapes) spend(columns.length)
  return combine(shapes.flatMap(({ columns }) => columns.map(({ mark }) => mark)))
}

/** Node types begin with a capital, fields with a small letter. */
const isNode = (key: string): boolean => key.charCodeAt(0) < 0x61 && key.charCodeAt(0) > 0x40

const node = (proof: Proof, type: string, fields: Fields, place: Place): Mark => {
  proof.step()
  if (isStatement(type)) return combine(proof.query(type, fields, place).columns.map(({ mark }) => mark))
  const rule = Object.hasOwn(expressions, type) ? expressions[type] : undefined
  if (!rule) throw unproven(type, 'this form of expression is not analysed', 'form')
  const mark = rule(proof, fields, place)
  decides(proof, type, fields, mark, place)
  if (mark.kind === 'derived' && mayFail(proof, type, fields, place)) proof.computes = true
  // `CASE WHEN … THEN pg_notify(…) END` carries nothing away but that it is called.
  const called = mark.kind === 'derived' ? sideEffectIn(proof.catalog.routines, fields, proof.sideEffects) : undefined
  const [column] = columnsOf(mark)
  if (called !== undefined && column !== undefined)
    throw masked(column, `together with ${called}, which may carry it elsewhere`, 'carry')
  return mark
}

/** What all that a node holds is computed from. */
export const inside = (proof: Proof, fields: Fields, place: Place): Mark => {
  const marks: Mark[] = []
  for (const key in fields) {
    const inner = fields[key]
    if (typeof inner !== 'object' || inner === null) continue
    marks.push(isNode(key) && isFields(inner) ? node(proof, key, inner, place) : value(proof, inner, place))
  }
  // A wrapper around one node says what the node says: a plain column stays one.
  return marks.length === 1 && marks[0] ? marks[0] : combine(marks)
}

/**
 * What the value of an expression is computed from. Goes through every key, so that no reference is passed over; a node
 * that the rules don't know is refused.
 * @throws {Refusal}
 */
export const value = (proof: Proof, tree: unknown, place: Place): Mark => {
  if (Array.isArray(tree)) {
    const marks = tree.map((item) => (typeof item === 'object' ? value(proof, item, place) : clean))
    return marks.length === 1 && marks[0] ? marks[0] : combine(marks)
  }
  if (!isFields(tree)) return clean
  return list(tree['fields']).length > 0 ? reference(proof, tree, place) : inside(proof, tree, place)
}
