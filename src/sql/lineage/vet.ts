import type { ColumnType } from '../../wire/column-type.js'
import { deniedFunction, usesLargeObjects } from '../catalog/denied.js'
import { opaqueFunction } from '../catalog/routines.js'
import { pureExtensions } from '../catalog/routines.js'
import type { Catalog } from '../catalog/types.js'
import { isStatement } from '../collect/kinds.js'
import { resolve, written } from '../resolve.js'
import { all, as, isFields, isRangeVar, list, text, walk, words, type Fields } from '../tree.js'
import { unproven } from './refusal.js'
import { viewActs as callsActing } from './expressions/acting.js'
import { hasSideEffects, sideEffectIn } from './side-effects.js'

const code = 'it can bring code into the database that is not analysed'
const outside = 'it connects the database to something outside that can read it'
const naming = 'it can change what a name means while the transaction is open'

const asksAll = 'it asks of all values of the type whether they meet a condition, masked ones among them'

/** Statements that are refused where masks are in force, whatever they are about, unless the function says otherwise. */
export const refused: Record<string, string | ((fields: Fields) => string | undefined)> = {
  ...Object.fromEntries(
    ['CreateFunctionStmt', 'CreateCastStmt', 'CreateOpClassStmt', 'CreateOpFamilyStmt', 'AlterOpFamilyStmt']
      .concat(['CreatePLangStmt', 'CreateTransformStmt', 'CreateConversionStmt', 'CreateAmStmt', 'LoadStmt'])
      .concat(['AlterExtensionContentsStmt', 'AlterExtensionStmt', 'AlterOperatorStmt', 'CreateEventTrigStmt'])
      .concat(['AlterFunctionStmt'])
      .map((type) => [type, code]),
  ),
  ...Object.fromEntries(
    ['CreateFdwStmt', 'AlterFdwStmt', 'CreateForeignServerStmt', 'AlterForeignServerStmt', 'CreateUserMappingStmt']
      .concat(['AlterUserMappingStmt', 'CreateForeignTableStmt', 'ImportForeignSchemaStmt', 'CreateSubscriptionStmt'])
      .concat(['AlterSubscriptionStmt', 'CreatePublicationStmt', 'AlterPublicationStmt'])
      .map((type) => [type, outside]),
  ),
  CreateExtensionStmt: ({ extname }) => (pureExtensions.has(text(extname) ?? '') ? undefined : code),
  // A collation says which texts are equal: one that ignores most characters asks for a single one.
  DefineStmt: ({ kind }) =>
    ['OBJECT_AGGREGATE', 'OBJECT_OPERATOR', 'OBJECT_TYPE', 'OBJECT_COLLATION'].includes(String(kind))
      ? code
      : undefined,
  // Likewise, where a constant is cast to the domain.
  CreateDomainStmt: ({ collClause }) => (collClause === undefined ? undefined : code),
  RenameStmt: ({ renameType }) => (renames.has(String(renameType)) ? naming : undefined),
  AlterObjectSchemaStmt: ({ objectType }) => (renames.has(String(objectType)) ? naming : undefined),
  AlterDomainStmt: ({ subtype }) => (['C', 'V', 'O'].includes(String(subtype)) ? asksAll : undefined),
  CopyStmt: ({ filename, is_program }) =>
    filename === undefined && is_program !== true ? undefined : 'it reads or writes files or programs of the server',
}

const renames: ReadonlySet<string> = new Set([
  ...['OBJECT_FUNCTION', 'OBJECT_PROCEDURE', 'OBJECT_ROUTINE', 'OBJECT_AGGREGATE', 'OBJECT_SCHEMA', 'OBJECT_EXTENSION'],
  ...['OBJECT_OPERATOR', 'OBJECT_TYPE', 'OBJECT_DOMAIN'],
])

const statement = (type: string, fields: Fields): void => {
  const rule = Object.hasOwn(refused, type) ? refused[type] : undefined
  const why = typeof rule === 'function' ? rule(fields) : rule
  if (why !== undefined)
    throw unproven(
      type.replace(/Stmt$/, ''),
      `this statement is refused where columns are masked: ${why}`,
      'definition',
    )
}

/** Whether a masked column holds numbers of large objects: then any of them may be what is masked. */
const masksLargeObjects = (catalog: Catalog): boolean =>
  [...catalog.masked.values()].some(({ type }) => {
    for (let each: ColumnType | undefined = type; each; each = each.element)
      if (each.name === 'oid' || each.name === 'lo') return true
    return false
  })

/** The server's own functions on large objects, where these hold nothing that is masked: nothing masked may get into one. */
const isOnOpenObjects = (catalog: Catalog, schema: string | undefined, name: string): boolean =>
  usesLargeObjects(name) &&
  !deniedFunction(name) &&
  !catalog.routines.added.has(name) &&
  (schema ?? 'pg_catalog') === 'pg_catalog' &&
  !masksLargeObjects(catalog)

/** `regtype('x')` for `'x'::regtype`: where there is no function of that name, the server takes it for a cast. */
const isCast = ({ routines }: Catalog, schema: string | undefined, name: string): boolean =>
  (schema ?? 'pg_catalog') === 'pg_catalog' &&
  routines.castTypes.has(name) &&
  !routines.added.has(name) &&
  !routines.opaqueTypes.has(name)

const call = (catalog: Catalog, names: readonly string[]): void => {
  const name = names.at(-1) ?? ''
  if (isOnOpenObjects(catalog, names.at(-2), name) || isCast(catalog, names.at(-2), name)) return
  const why = opaqueFunction(catalog.routines, names.at(-2), name)
  if (why !== undefined)
    throw unproven(
      written(names.at(-2), name),
      `the function ${written(names.at(-2), name)} can’t be called where columns are masked: ${why}`,
      'function',
    )
}

const isDenied = (name: string): boolean => deniedFunction(name) || usesLargeObjects(name)

/** `x.name` and `(x).name` call the function `name` where x has no such column. */
const attribute = (
  catalog: Catalog,
  tables: ReadonlyMap<string, Fields>,
  qualifier: string | undefined,
  name: string,
): void => {
  const { routines } = catalog
  const acts = hasSideEffects(routines, name) || (routines.builtin.has(name) && isDenied(name))
  if (!acts && !routines.added.get(name)?.some((each) => !each.safe)) return
  const table = qualifier === undefined ? undefined : tables.get(qualifier)
  const relations = table ? resolve(catalog, text(table['schemaname']), text(table['relname']) ?? '') : []
  if (relations.length > 0 && relations.every((each) => each.columns.some((column) => column.name === name))) return
  call(catalog, [name])
  if (acts)
    throw unproven(
      name,
      `${name} is called as if it were a column, where columns are masked: call it by its name`,
      'function',
    )
}

/** Tables by the name that qualifies their columns. */
const tablesOf = (tree: unknown): ReadonlyMap<string, Fields> => {
  const tables = new Map<string, Fields>()
  walk(tree, (fields) => {
    if (!isRangeVar(fields)) return
    const alias = isFields(fields['alias']) ? text(fields['alias']['aliasname']) : undefined
    tables.set(alias ?? text(fields['relname']) ?? '', fields)
  })
  return tables
}

/** Whether a new column is filled. A literal in quotes is read by its type, anything else may be cast to it. */
const isFilled = ({ constraints }: Fields): boolean =>
  all(constraints, 'Constraint').some(
    ({ contype, raw_expr: value }) =>
      contype === 'CONSTR_GENERATED' ||
      (contype === 'CONSTR_DEFAULT' && as(as(value, 'A_Const'), 'sval') === undefined),
  )

/** Types of new columns that start empty: nothing is cast to them by the statement. */
const emptyColumns = (tree: unknown): ReadonlySet<unknown> => {
  const columns = [
    ...all(as(tree, 'CreateStmt')?.['tableElts'], 'ColumnDef'),
    ...all(as(tree, 'AlterTableStmt')?.['cmds'], 'AlterTableCmd').flatMap(({ subtype, def }) =>
      subtype === 'AT_AddColumn' ? all([def], 'ColumnDef') : [],
    ),
  ]
  return new Set(columns.filter((column) => !isFilled(column)).map(({ typeName }) => typeName))
}

/**
 * Looks at everything in a statement that could reach masked columns without naming them: functions, operators, casts,
 * and statements that bring in new ones. Anything new is not in the snapshot, so it must not come in unseen.
 * @throws {Refusal}
 */
export const vet = (catalog: Catalog, tree: unknown): void => {
  const { opaqueOperators, opaqueTypes } = catalog.routines
  const tables = tablesOf(tree)
  let empty: ReadonlySet<unknown> | undefined
  walk(tree, (fields) => {
    for (const key in fields) if (isStatement(key) && isFields(fields[key])) statement(key, fields[key])
    const domain = as(fields, 'CreateDomainStmt')
    const called = sideEffectIn(catalog.routines, domain)
    if (called !== undefined) throw unproven(called, `a cast to the domain would pass values to ${called}`, 'domain')
    if (domain && callsActing(catalog.routines, domain))
      throw unproven('CreateDomain', 'its condition could tell which values are cast to it', 'domain')
    if (fields['funcname'] !== undefined) call(catalog, words(fields['funcname']))
    const reference = list(fields['fields']).length > 1 ? words(fields['fields']) : []
    if (reference.length > 1) attribute(catalog, tables, reference.at(-2), reference.at(-1) ?? '')
    for (const part of words(fields['indirection'])) attribute(catalog, tables, undefined, part)
    for (const operator of [as(fields, 'A_Expr')?.['name'], fields['operName'], fields['useOp']]) {
      const symbol = words(operator).at(-1)
      if (symbol === undefined || !opaqueOperators.has(symbol)) continue
      throw unproven(symbol, `what the operator ${symbol} does is not known`, 'function')
    }
    if (fields['typemod'] !== undefined && opaqueTypes.size > 0 && !(empty ??= emptyColumns(tree)).has(fields)) {
      const type = words(fields['names']).at(-1)
      if (type !== undefined && opaqueTypes.has(type))
        throw unproven(type, `what a cast to ${type} does is not known`, 'cast')
    }
  })
}
