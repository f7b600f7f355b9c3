import type { Given } from '../../facts.js'
import { all, as, isFields, items, list, text, type Fields } from '../../tree.js'
import { given } from '../distances/given.js'
import { columnsOf } from '../mark.js'
import type { Proof } from '../proof.js'
import type { Source } from '../scope.js'

/** Where the columns stand in what is inserted, and which masked ones they are. */
interface Written {
  readonly index: number
  readonly columns: readonly string[]
}

/** Masked columns that values go into, of those that may be in a unique index that the clause is about. */
const written = (fields: Fields, target: Source, asked: ReadonlySet<string> | undefined): readonly Written[] => {
  const named = all(fields['cols'], 'ResTarget').map(({ name }) => text(name))
  const names = named.length > 0 ? named : target.columns.map(({ name }) => name)
  return names.flatMap((name, index) => {
    const column = target.columns.find((each) => each.name === name)
    const columns = column ? columnsOf(column.mark) : []
    return columns.length === 0 || (asked && !asked.has(name ?? '')) ? [] : [{ index, columns }]
  })
}

/** The columns that the clause names; undefined where it is about any unique index. */
const namedBy = (clause: Fields): ReadonlySet<string> | undefined => {
  const infer = isFields(clause['infer']) ? clause['infer'] : {}
  const elements = all(infer['indexElems'], 'IndexElem')
  return elements.length > 0 ? new Set(elements.map(({ name }) => text(name) ?? '')) : undefined
}

/** What each row has there; of a query nobody can say how many rows it yields. */
const valuesOf = (source: Fields | undefined, index: number): readonly Given[] => {
  const rows = list(source?.['valuesLists'])
  if (rows.length === 0) return [{ list: 'unknown' }]
  return rows.flatMap((row) => {
    const value = items(row)[index]
    return value === undefined || as(value, 'SetToDefault') ? [] : [given(value)]
  })
}

/**
 * INSERT … ON CONFLICT tells by what becomes of a row whether its value is there already: each row that is written to a masked
 * column is a guess.
 */
export const conflictGuesses = (proof: Proof, fields: Fields, target: Source, clause: Fields): void => {
  const source = as(fields['selectStmt'], 'SelectStmt')
  if (!source) return
  for (const { index, columns } of written(fields, target, namedBy(clause)))
    for (const value of valuesOf(source, index)) proof.guess({ columns, values: [value] })
}
