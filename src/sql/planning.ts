import { opaqueFunction } from './catalog/routines.js'
import type { Catalog } from './catalog.js'
import { as, list, unwrap, walk, words } from './tree.js'
import type { Usage } from './collect/usage.js'

const split = (name: string): readonly [schema: string | undefined, name: string] => {
  const dot = name.indexOf('.')
  return dot < 0 ? [undefined, name] : [name.slice(0, dot), name.slice(dot + 1)]
}

const calls = (catalog: Catalog, whole: string, trusted: (name: string) => boolean): string | undefined => {
  const [schema, name] = split(whole)
  if (trusted(whole)) return undefined
  const stored = catalog.effects?.routines.get(name)?.some((each) => schema === undefined || each.schema === schema)
  if (stored || opaqueFunction(catalog.routines, schema, name) !== undefined) return `it calls ${whole}`
  return undefined
}

/** EXPLAIN EXECUTE computes the arguments, whatever is in them. */
const computes = (node: unknown): string | undefined => {
  const [type, fields] = unwrap(node) ?? ['', {}]
  if (type !== 'ExecuteStmt') return undefined
  const plain = (value: unknown): boolean =>
    as(value, 'A_Const') !== undefined ||
    as(value, 'ParamRef') !== undefined ||
    (as(value, 'TypeCast') !== undefined && plain(as(value, 'TypeCast')!['arg']))
  return list(fields['params']).every(plain) ? undefined : 'its arguments are computed'
}

/**
 * Why planning a statement could run something that isn't known to be harmless: the planner computes what is immutable, and
 * what is stable for its estimates. Operators and casts inside of views are a DBA's, and trusted.
 * @param usage of the statement, through views and functions
 */
export const planningRuns = (
  node: unknown,
  usage: Usage,
  catalog: Catalog | undefined,
  trusted: (name: string) => boolean,
): string | undefined => {
  if (!catalog?.effects) return 'the catalog is not known'
  if (usage.kinds.has('dynamic')) return 'it runs SQL that is put together at run time'
  for (const name of usage.functions) {
    const why = calls(catalog, name, trusted)
    if (why !== undefined) return why
  }
  const { opaqueOperators, opaqueTypes } = catalog.routines
  let why = computes(node)
  walk(node, (fields) => {
    for (const operator of [as(fields, 'A_Expr')?.['name'], fields['operName'], fields['useOp']]) {
      const symbol = words(operator).at(-1)
      if (symbol !== undefined && opaqueOperators.has(symbol)) why ??= `it uses the operator ${symbol}`
    }
    const type = fields['typemod'] === undefined ? undefined : words(fields['names']).at(-1)
    if (type !== undefined && opaqueTypes.has(type)) why ??= `it casts to ${type}`
    return why === undefined
  })
  return why
}
