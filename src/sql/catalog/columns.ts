import { mentions } from './mentions.js'
import type { RelationRow } from './queries.js'
import { columnKey } from './spread.js'
import type { CatalogColumn, MaskedColumn } from './types.js'

/** The columns of a relation; a generated one shows the masked columns that its expression names. */
export const columnsOf = (row: RelationRow, masked: ReadonlyMap<string, MaskedColumn>): CatalogColumn[] => {
  const columns = row[6] ?? []
  const hidden = new Map(columns.map(([attribute, name]) => [name, masked.get(columnKey(row[0], attribute))?.column]))
  return columns.map(([attribute, name, type, modifier, generated, expression]) => {
    const mask = masked.get(columnKey(row[0], attribute))
    const used = expression === null ? [] : (mentions(`SELECT ${expression}`)?.columns ?? [...hidden.keys()])
    const sources = [...new Set(used.flatMap((each) => hidden.get(each) ?? []))]
    return {
      attribute,
      name,
      type,
      modifier,
      generated: generated !== '',
      ...(mask ? { masked: mask } : {}),
      ...(sources.length > 0 && !mask ? { derived: sources } : {}),
    }
  })
}
