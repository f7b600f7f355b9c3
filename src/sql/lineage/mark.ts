import type { Output } from '../facts.js'

/** What is known of a value: nothing masked in it, a masked column as it is, or something computed from masked columns. */
export type Mark = Output

export const clean: Mark = { kind: 'clean' }

/** The masked columns that a value shows, or was computed from. */
export const columnsOf = (mark: Mark): readonly string[] =>
  mark.kind === 'clean' ? [] : mark.kind === 'masked' ? [mark.column] : mark.columns

/** A value that is no masked column itself, computed from values with these marks. */
export const combine = (marks: Iterable<Mark>): Mark => {
  let columns: Set<string> | undefined
  for (const mark of marks) {
    if (mark.kind === 'clean') continue
    columns ??= new Set()
    for (const column of columnsOf(mark)) columns.add(column)
  }
  return columns ? { kind: 'derived', columns: [...columns] } : clean
}

export const sameMark = (one: Mark, other: Mark): boolean => {
  if (one.kind !== other.kind) return false
  if (one.kind === 'masked' && other.kind === 'masked')
    return one.table === other.table && one.attribute === other.attribute && one.column === other.column
  const columns = new Set(columnsOf(one))
  return columns.size === columnsOf(other).length && columnsOf(other).every((column) => columns.has(column))
}
