import { all, isFields, text, type Fields } from '../../tree.js'
import { clean, combine, type Mark } from '../mark.js'
import { decidesWhether } from '../expressions/lazy.js'
import type { Place, Proof } from '../proof.js'
import type { ScopeColumn, Shape } from '../scope.js'

/** What the columns of a table function are computed from. Its document decides about its rows, too. */
const source = (proof: Proof, parts: readonly unknown[], place: Place, what: string): Mark => {
  const mark = combine(parts.map((part) => proof.value(part, place)))
  proof.shownByRows(mark, `as the document of ${what}, which shows it by how many rows it makes`, 'rows')
  return mark
}

/** XMLTABLE */
export const tableFunction = (proof: Proof, fields: Fields, place: Place): Shape => {
  const columns = all(fields['columns'], 'RangeTableFuncCol')
  const mark = source(proof, [fields['docexpr'], fields['rowexpr'], fields['namespaces']], place, 'XMLTABLE')
  return {
    open: false,
    columns: columns.map((column): ScopeColumn => {
      const found = combine([mark, proof.value(column['colexpr'], place)])
      decidesWhether(proof, found, column['coldefexpr'], place)
      const own = combine([found, proof.value(column['coldefexpr'], place)])
      return { name: text(column['colname']), mark: column['for_ordinality'] === true ? clean : own }
    }),
  }
}

/** Columns of JSON_TABLE in their order; those of NESTED PATH come behind the others of their level. */
const jsonColumns = (proof: Proof, nodes: unknown, mark: Mark, place: Place): readonly ScopeColumn[] => {
  const columns = all(nodes, 'JsonTableColumn')
  const own = columns.flatMap((column): readonly ScopeColumn[] => {
    if (column['coltype'] === 'JTC_NESTED') return []
    const filled = combine([mark, proof.value([column['on_empty'], column['on_error']], place)])
    return [{ name: text(column['name']), mark: column['coltype'] === 'JTC_FOR_ORDINALITY' ? clean : filled }]
  })
  const nested = columns.filter((column) => column['coltype'] === 'JTC_NESTED')
  return [...own, ...nested.flatMap((column) => jsonColumns(proof, column['columns'], mark, place))]
}

/** JSON_TABLE */
export const jsonTable = (proof: Proof, fields: Fields, place: Place): Shape => {
  const context = isFields(fields['context_item']) ? fields['context_item'] : fields
  const given = [context, fields['pathspec'], fields['passing'], fields['on_error']]
  const mark = source(proof, given, place, 'JSON_TABLE')
  return { open: false, columns: jsonColumns(proof, fields['columns'], mark, place) }
}
