import { isFields, text, words, type Fields } from '../tree.js'
import { masked } from './refusal.js'
import { aliased, aliasOf } from './relation.js'
import { clean, hidden, itemOf, uncertain, type Item, type ScopeColumn } from './scope.js'

/** Columns that USING or NATURAL makes one of. Comparing masked columns this way would show which are equal. */
const shared = (fields: Fields, one: Item, two: Item): readonly string[] => {
  const natural = fields['isNatural'] === true
  if (natural && (uncertain(one) || uncertain(two))) {
    const column = hidden(one) ?? hidden(two)
    if (column !== undefined) throw masked(column, 'next to a NATURAL join whose columns are not all known')
  }
  const names = natural
    ? one.columns.flatMap(({ name }) =>
        two.columns.some((other) => other.name === name) && name !== undefined ? [name] : [],
      )
    : words(fields['usingClause'])
  for (const column of [...one.columns, ...two.columns]) {
    if (column.name !== undefined && names.includes(column.name) && column.mark.kind !== 'clean') {
      throw masked(column.mark.column, natural ? 'in a NATURAL join' : 'in USING')
    }
  }
  return names
}

/** Whether it can't be told which columns become one: one of them has a name that isn't worked out. */
const unclear = (fields: Fields, names: readonly string[], one: Item, two: Item): boolean => {
  const has = (item: Item, name: string) => item.columns.some((column) => column.name === name)
  if (fields['isNatural'] === true && (uncertain(one) || uncertain(two))) return true
  return names.some((name) => !has(one, name) || !has(two, name))
}

/** The result of a join: the shared columns once, then the others of the left, then of the right. */
export const joined = (fields: Fields, one: Item, two: Item): Item => {
  const names = shared(fields, one, two)
  const merged: ScopeColumn[] = names.map((name) => ({ name, mark: clean }))
  const rest = (item: Item) => item.columns.filter(({ name }) => name === undefined || !names.includes(name))
  const shape = {
    columns: [...merged, ...rest(one), ...rest(two)],
    open: one.open || two.open || unclear(fields, names, one, two),
  }
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
  return { ...shape, sources: [...one.sources, ...two.sources, ...added] }
}
