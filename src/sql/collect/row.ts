import type { Relation } from '../catalog/types.js'
import { all, as, isFields, isRangeVar, list, text, unwrap, words, type Fields } from '../tree.js'
import { spend } from '../work.js'

/** Something in FROM: the name that qualifies its columns, and whether it has one of that name, where that is known. */
interface Source {
  readonly name: string | undefined
  readonly has: (column: string) => boolean | undefined
}

/** The rows that a condition picks from: those of one table, beside what else it may name. */
export interface Rows {
  readonly target: Source
  /** What stands beside the target, and in subqueries around the place that is looked at, the innermost last. */
  readonly others: readonly (readonly Source[])[]
  readonly resolve: (relation: unknown) => readonly Relation[]
  /** The last name of the target's table. */
  readonly table: string | undefined
}

/** A row has them whatever is in it. */
const system: ReadonlySet<string> = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid'])

const aliasOf = (fields: Fields): { readonly name: string | undefined; readonly columns: readonly string[] } => {
  const alias = isFields(fields['alias']) ? fields['alias'] : undefined
  return { name: text(alias?.['aliasname']), columns: words(alias?.['colnames']) }
}

const tableSource = (fields: Fields, relations: readonly Relation[]): Source => {
  const { name, columns: renamed } = aliasOf(fields)
  const known = new Set(relations.flatMap(({ columns }) => columns.map((column) => column.name)))
  const has = (column: string): boolean | undefined => {
    if (renamed.includes(column)) return true
    return relations.length === 0 || renamed.length > 0 ? undefined : known.has(column)
  }
  return { name: name ?? text(fields['relname']), has }
}

/** What a FROM clause has. Of what isn't a table of the catalog only the names that its alias gives are known. */
const sourcesOf = (node: unknown, resolve: Rows['resolve']): readonly Source[] => {
  const [type, fields] = unwrap(node) ?? []
  if (type === undefined || !fields) return []
  if (type === 'JoinExpr')
    return [...sourcesOf(fields['larg'], resolve), ...sourcesOf(fields['rarg'], resolve)].concat(
      aliasOf(fields).name === undefined ? [] : [{ name: aliasOf(fields).name, has: () => undefined }],
    )
  if (type === 'RangeVar') return [tableSource(fields, resolve(fields))]
  const { name, columns } = aliasOf(fields)
  return [{ name, has: (column) => columns.includes(column) || undefined }]
}

const from = (clause: unknown, resolve: Rows['resolve']): readonly Source[] =>
  list(clause).flatMap((node) => sourcesOf(node, resolve))

/** @param others the FROM or USING clause beside it */
export const rowsOf = (relation: unknown, others: unknown, resolve: Rows['resolve']): Rows => {
  const fields = isFields(relation) ? relation : {}
  return {
    target: isRangeVar(fields) ? tableSource(fields, resolve(fields)) : { name: undefined, has: () => undefined },
    others: [from(others, resolve)],
    resolve,
    table: text(fields['relname']),
  }
}

/** Whether a reference is the target's whole row. */
export const isWholeRow = (node: unknown, { target }: Rows): boolean => {
  const names = words(as(node, 'ColumnRef')?.['fields'])
  const [name, more] = names
  return name !== undefined && more === undefined && name === target.name && target.has(name) !== true
}

/** The ordinary column of the target that a reference means, or its whole row; undefined where it means anything else. */
export const columnOf = (node: unknown, rows: Rows): string | undefined => {
  const { target, others } = rows
  const names = words(as(node, 'ColumnRef')?.['fields'])
  const [column, qualifier] = [names.at(-1), names.at(-2)]
  if (column === undefined || system.has(column)) return undefined
  const around = others.slice(1).flat()
  spend(around.length + (others[0]?.length ?? 0))
  if (qualifier !== undefined || isWholeRow(node, rows)) {
    const name = qualifier ?? column
    return name === target.name && !around.some((source) => source.name === name) ? column : undefined
  }
  const own = target.has(column)
  if (others.some((level) => level.some(({ has }) => has(column) === true))) return undefined
  if (own === true) return around.some(({ has }) => has(column) === undefined) ? undefined : column
  // What the catalog lacks may have been added since.
  return own === undefined || others.flat().length === 0 ? column : undefined
}

/** Whether a condition says which version of a row it wants: `ctid = …`, `ctid IN (…)`. */
export const isSystemColumn = (node: unknown, { target }: Rows): boolean => {
  const names = words(as(node, 'ColumnRef')?.['fields'])
  return names.at(-1) === 'ctid' && (names.length === 1 || names.at(-2) === target.name)
}

/** The same inside of a subquery. */
const inside = (select: Fields, rows: Rows): Rows => ({
  ...rows,
  others: [...rows.others, from(select['fromClause'], rows.resolve)],
})

/** Where a query stands: as one, or as an arm of a set operation. */
const queries: ReadonlySet<string> = new Set(['SelectStmt', 'larg', 'rarg'])

/** Whether a value depends on which row of the target it is computed for. */
export const dependsOnRow = (node: unknown, rows: Rows): boolean => {
  if (Array.isArray(node)) return node.some((each) => dependsOnRow(each, rows))
  if (!isFields(node)) return false
  spend()
  if (as(node, 'CurrentOfExpr') || columnOf(node, rows) !== undefined) return true
  for (const key in node) {
    const inner = node[key]
    if (key === 'A_Const' || typeof inner !== 'object') continue
    const within = queries.has(key) && isFields(inner) ? inside(inner, rows) : rows
    if (dependsOnRow(inner, within)) return true
  }
  return false
}

/** The query of `x IN (SELECT x FROM the same table …)`: by what it picks there, the condition picks here. */
export const ownMembers = (link: Fields, rows: Rows): { readonly select: Fields; readonly rows: Rows } | undefined => {
  const select = as(link['subselect'], 'SelectStmt')
  const [target, more] = all(select?.['targetList'], 'ResTarget')
  const [table, beside] = list(select?.['fromClause'])
  const relation = as(table, 'RangeVar')
  if (link['subLinkType'] !== 'ANY_SUBLINK' || !select || !target || more || !relation || beside) return undefined
  if (relation['relname'] !== rows.table || (words(link['operName']).at(-1) ?? '=') !== '=') return undefined
  const [asked, given] = [link['testexpr'], target['val']].map((each) =>
    words(as(each, 'ColumnRef')?.['fields']).at(-1),
  )
  if (asked === undefined || asked !== given) return undefined
  return { select, rows: rowsOf(relation, undefined, rows.resolve) }
}
