import { isFields, text, words, type Fields } from '../../tree.js'
import { clean, combine, type Mark } from '../mark.js'
import { columnsNamed } from '../named-columns.js'
import type { Proof } from '../proof.js'
import { masked } from '../refusal.js'
import { aliased, aliasOf } from './relation.js'
import { hidden, itemOf, uncertain, type Item, type ScopeColumn } from '../scope.js'
import { matched } from './set-operation.js'
import { spend } from '../../work.js'

/** Columns that USING or NATURAL makes one of. */
const shared = (fields: Fields, one: Item, two: Item): readonly string[] => {
  if (fields['isNatural'] !== true) return words(fields['usingClause'])
  if (uncertain(one) || uncertain(two)) {
    const column = hidden(one) ?? hidden(two)
    if (column !== undefined) throw masked(column, 'next to a NATURAL join whose columns are not all known', 'names')
  }
  return one.columns.flatMap(({ name }) => (name !== undefined && columnsNamed(two, name).length > 0 ? [name] : []))
}

/** Whether it can't be told which columns become one: one of them has a name that isn't worked out. */
const unclear = (fields: Fields, names: readonly string[], one: Item, two: Item): boolean => {
  const has = (item: Item, name: string) => columnsNamed(item, name).length > 0
  if (fields['isNatural'] === true && (uncertain(one) || uncertain(two))) return true
  return names.some((name) => !has(one, name) || !has(two, name))
}

const markOf = (item: Item, name: string): Mark => {
  const marks = columnsNamed(item, name).map(({ mark }) => mark)
  return marks.length === 1 && marks[0] ? marks[0] : combine(marks)
}

/** The shared column of a join is the one of the side whose rows all come out; of a full join, either. */
const merge = (proof: Proof, fields: Fields, one: Item, two: Item, name: string): ScopeColumn => {
  const [left, right] = [markOf(one, name), markOf(two, name)]
  matched(proof, left, right, fields['isNatural'] === true ? 'in a NATURAL join' : 'in USING')
  const type = fields['jointype']
  const acts = [one, two].some((item) => columnsNamed(item, name).some((column) => column.acts))
  if (left.kind === 'clean' && right.kind === 'clean') return { name, mark: clean, ...(acts && { acts }) }
  return {
    name,
    ...(acts && { acts }),
    mark: type === 'JOIN_FULL' ? combine([left, right]) : type === 'JOIN_RIGHT' ? right : left,
  }
}

/** The result of a join: the shared columns once, then the others of the left, then of the right. */
export const joined = (proof: Proof, fields: Fields, one: Item, two: Item): Item => {
  const names = shared(fields, one, two)
  const merged = names.map((name) => merge(proof, fields, one, two, name))
  const once = new Set(names)
  const rest = (item: Item) => item.columns.filter(({ name }) => name === undefined || !once.has(name))
  const shape = {
    columns: [...merged, ...rest(one), ...rest(two)],
    open: one.open || two.open || unclear(fields, names, one, two),
  }
  proof.width.add(shape.columns.length)
  const { name, columns } = aliasOf(fields)
  // The join's own alias hides those inside; the alias of USING adds one for the shared columns alone.
  if (name !== undefined) {
    return itemOf({ ...aliased(shape, columns), name, bare: false, table: false, ambiguous: false })
  }
  const using = isFields(fields['join_using_alias']) ? text(fields['join_using_alias']['aliasname']) : undefined
  const added =
    using === undefined
      ? []
      : [{ name: using, columns: merged, open: false, bare: false, table: false, ambiguous: false }]
  spend(one.sources.length + two.sources.length)
  return { ...shape, sources: [...one.sources, ...two.sources, ...added] }
}
