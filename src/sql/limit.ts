import { as, integer, isFields, text, unwrap, type Fields } from './tree.js'

type Limit = number | 'all' | 'unknown'

/** A literal count; NULL and ALL are no limit. */
const count = (node: unknown): Limit => {
  const constant = as(node, 'A_Const')
  if (!constant) return 'unknown'
  if (constant['isnull'] === true) return 'all'
  const { ival, fval } = constant
  if (ival !== undefined) return integer(ival) ?? 'unknown'
  const float = isFields(fval) ? Number(text(fval['fval'])) : Number.NaN
  return Number.isFinite(float) && float >= 0 ? Math.round(float) : 'unknown'
}

const ofSelect = (select: Fields): Limit => {
  if (select['limitCount'] === undefined) return 'all'
  return select['limitOption'] === 'LIMIT_OPTION_WITH_TIES' ? 'unknown' : count(select['limitCount'])
}

const returning = (fields: Fields): Limit => (fields['returningClause'] === undefined ? 0 : 'all')

/** Value of the FETCH_ALL constant, as the parser reports it. */
const fetchAll = 2_147_483_647

const inner = (field: string) => (fields: Fields) => limitOf(fields[field])

const limits: Readonly<Record<string, (fields: Fields) => Limit>> = {
  SelectStmt: ofSelect,
  InsertStmt: returning,
  UpdateStmt: returning,
  DeleteStmt: returning,
  MergeStmt: returning,
  CopyStmt: (fields) => (fields['is_from'] === true ? 0 : fields['query'] ? limitOf(fields['query']) : 'all'),
  ExplainStmt: inner('query'),
  PrepareStmt: inner('query'),
  DeclareCursorStmt: inner('query'),
  CreateTableAsStmt: inner('query'),
  ExecuteStmt: () => 'unknown',
  FetchStmt: ({ howMany }) =>
    typeof howMany !== 'number' ? 'unknown' : howMany >= fetchAll ? 'all' : Math.abs(howMany),
}

/** How many rows the outermost query may return, as far as a literal says so; 0 where the statement has none. */
export const limitOf = (node: unknown): Limit => {
  const [type, fields] = unwrap(node) ?? []
  return type !== undefined && fields ? (limits[type]?.(fields) ?? 0) : 'unknown'
}
