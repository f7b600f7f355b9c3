import { as, list, text, unwrap, words, type Fields } from '../../tree.js'

const last = (names: readonly string[]): string | undefined => names.at(-1)

const names: Readonly<Record<string, (fields: Fields) => string | undefined>> = {
  ColumnRef: (fields) => last(words(fields['fields'])),
  FuncCall: (fields) => last(words(fields['funcname'])),
  CollateClause: (fields) => columnName(fields['arg']),
  CoalesceExpr: () => 'coalesce',
  A_ArrayExpr: () => 'array',
  RowExpr: () => 'row',
  TypeCast: (fields) => {
    const [type] = unwrap(fields['arg']) ?? []
    if (type === 'ColumnRef' || type === 'FuncCall') return columnName(fields['arg'])
    const typeName = fields['typeName'] as Fields | undefined
    return type === 'A_Const' || type === 'ParamRef' ? last(words(typeName?.['names'])) : undefined
  },
  A_Indirection: (fields) => {
    const parts = list(fields['indirection'])
    return parts.length > 0 && parts.every((part) => as(part, 'String')) ? last(words(parts)) : undefined
  },
}

/**
 * The name that PostgreSQL gives to an output column without AS, where it is simple to say.
 * @returns undefined elsewhere: the column is then taken to have any name at all
 * @see FigureColname in PostgreSQL's parse_target.c
 */
export const columnName = (node: unknown): string | undefined => {
  const [type, fields] = unwrap(node) ?? []
  return type !== undefined && fields ? text(names[type]?.(fields)) : undefined
}
