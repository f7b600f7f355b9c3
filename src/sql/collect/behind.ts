import { all, as, isFields, list, words, type Fields } from '../tree.js'

/** Parts of CREATE OPERATOR, AGGREGATE and TYPE that name a function. */
const functionParts: ReadonlySet<unknown> = new Set([
  ...['function', 'procedure', 'sfunc', 'sfunc1', 'finalfunc', 'combinefunc', 'serialfunc', 'deserialfunc', 'msfunc'],
  ...[
    'minvfunc',
    'mfinalfunc',
    'input',
    'output',
    'receive',
    'send',
    'typmod_in',
    'typmod_out',
    'analyze',
    'subscript',
  ],
  ...['canonical', 'subtype_diff', 'restrict', 'join'],
])

/** Functions that what is created will call under another name, each by its words. */
export const functionsBehind = (type: string, fields: Fields): readonly (readonly string[])[] => {
  if (type === 'CreateCastStmt' && isFields(fields['func'])) return [words(fields['func']['objname'])]
  if (type !== 'DefineStmt') return []
  return all(fields['definition'], 'DefElem').flatMap(({ defname, arg }) => {
    const name = functionParts.has(defname) ? words(as(arg, 'TypeName')?.['names']) : []
    return name.length === 0 ? [] : [name]
  })
}

/** Operators that are written in one object of the tree, by their last names. */
export const operatorsIn = (fields: Fields): readonly string[] => {
  if (fields['operName'] !== undefined) return words(fields['operName']).slice(-1)
  if (fields['useOp'] !== undefined) return words(fields['useOp']).slice(-1)
  const { kind, name } = as(fields, 'A_Expr') ?? {}
  if (typeof kind === 'string' && kind.includes('BETWEEN')) return ['<', '<=', '>', '>=']
  if (name !== undefined) return words(name).slice(-1)
  const join = as(fields, 'JoinExpr')
  // `CASE a WHEN b`, USING and NATURAL compare for equality.
  if (as(fields, 'CaseExpr')?.['arg'] !== undefined || join?.['isNatural'] === true) return ['=']
  return list(join?.['usingClause']).length > 0 ? ['='] : []
}
