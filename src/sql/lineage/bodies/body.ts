import type { Catalog } from '../../catalog/types.js'
import { isStatement } from '../../collect/kinds.js'
import { parse } from '../../parser.js'
import { createdBody, storedBody, type Body } from '../../parser/plpgsql.js'
import { protectedChange } from '../../protected.js'
import { pinnedSetting } from '../../settings.js'
import { all, as, isFields, items, unwrap, walk, word, words, type Fields } from '../../tree.js'
import { namesSensitive, touchesMasked } from '../definitions.js'
import { Refusal } from '../refusal.js'
import { leavesTraces, hasSideEffects } from '../side-effects.js'
import { vet } from '../vet.js'
import { lateTable } from './late.js'
import { answeringTable, writesRows } from './near.js'

/** What is known of a body that has to do with nothing masked. */
export interface BodyReading {
  /** Whether it may put what it is given somewhere: it changes rows, or calls what leaves something behind. */
  readonly carries: boolean
  /** A table that it reads, of which nobody can say which one that will be for whoever calls it. */
  readonly late: string | undefined
  /** Names of functions that it calls. */
  readonly calls: ReadonlySet<string>
}

/** Statements that a body may hold. */
const queries: ReadonlySet<string> = new Set([
  ...['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'ReturnStmt', 'CallStmt', 'PLAssignStmt'],
])

const flat = (node: unknown): readonly unknown[] => (as(node, 'List') ? items(node).flatMap(flat) : [node])

/** The statements of a body, parsed. @returns why they can't be had */
const parsedBody = (created: Fields, definition: string | undefined): readonly unknown[] | string => {
  if (isFields(created['sql_body'])) return flat(created['sql_body'])
  const body: Body = definition === undefined ? createdBody(created) : storedBody(definition, created)
  if (body.dynamic !== undefined) return body.dynamic
  if (body.kinds.length > 0) return 'its body ends transactions'
  const nodes: unknown[] = []
  for (const { sql } of body.statements) {
    const parsed = parse(sql)
    if (!parsed.ok) return 'a statement in its body can’t be read'
    nodes.push(...parsed.statements.map(({ node }) => node))
  }
  return nodes
}

/** Parts of CREATE FUNCTION beside its body that change nothing of what it does. */
const plainOptions: ReadonlySet<unknown> = new Set([
  ...['as', 'language', 'volatility', 'strict', 'security', 'leakproof', 'cost', 'rows', 'parallel'],
])

const oddOption = (created: Fields): boolean =>
  all(created['options'], 'DefElem').some(
    ({ defname, arg }) =>
      !plainOptions.has(defname) && !(defname === 'set' && as(arg, 'VariableSetStmt')?.['name'] === 'search_path'),
  )

const inside = (catalog: Catalog, node: unknown): string | undefined => {
  const changed = pinnedSetting(node) ?? protectedChange(node, catalog)
  if (changed) return changed.why
  let why: string | undefined
  walk(node, (fields) => {
    for (const key in fields)
      if (isStatement(key) && isFields(fields[key]) && !queries.has(key))
        why ??= 'its body does more than read and write rows'
    if (fields['intoClause'] !== undefined) why ??= 'its body makes a table'
    if (fields['funcname'] !== undefined && words(fields['funcname']).at(-1) === 'set_config')
      why ??= 'its body changes settings'
    return why === undefined
  })
  if (why !== undefined) return why
  if (namesSensitive({ catalog }, node) || touchesMasked({ catalog }, node))
    return 'its body uses a table with masked columns, or one that shows them'
  const answering = answeringTable(catalog, node)
  return answering && `its body changes ${answering}, by which masked values or triggers may answer`
}

/**
 * Reads a function or procedure in SQL or PL/pgSQL as what it is to statements that have to do with nothing masked: whether it
 * has nothing to do with that either, whoever calls it.
 * @param created CREATE FUNCTION, from the client, or as the server prints it: then that is `definition`
 * @param self its own name, where it isn't in the catalog yet
 * @returns why that can't be shown, where it can't
 */
export const readBody = (
  catalog: Catalog,
  created: Fields,
  definition?: string,
  self?: string,
): BodyReading | string => {
  const language = all(created['options'], 'DefElem').find(({ defname }) => defname === 'language')?.['arg']
  if (created['sql_body'] === undefined && !['sql', 'plpgsql'].includes((word(language) ?? '').toLowerCase()))
    return 'it is in a language that can’t be read'
  if (oddOption(created)) return 'one of its options is not analysed'
  const body = parsedBody(created, definition)
  if (typeof body === 'string') return body
  const calls = new Set<string>()
  let carries = false
  let late: string | undefined
  try {
    const defaults = all(created['parameters'], 'FunctionParameter').flatMap(({ defexpr }) => defexpr ?? [])
    if (body.some((node) => !unwrap(node))) return 'a statement in its body can’t be read'
    for (const node of [...body, ...defaults]) {
      const why = inside(catalog, node)
      if (why !== undefined) return why
      late ??= lateTable(catalog, node)
      vet(catalog, node, { open: true, ...(self !== undefined && { self }) })
      walk(node, (fields) => {
        for (const key in fields) carries ||= writesRows(key)
        const name = fields['funcname'] === undefined ? undefined : words(fields['funcname']).at(-1)
        const called = name === undefined ? words(fields['indirection']) : [name]
        for (const each of [...called, ...words(fields['fields']).slice(-1)]) calls.add(each)
        carries ||=
          name !== undefined && (leavesTraces(catalog.routines, name) || hasSideEffects(catalog.routines, name))
        carries ||= Array.isArray(fields['lockingClause'])
      })
    }
  } catch (error) {
    if (error instanceof Refusal) return error.unproven.why
    if (error instanceof RangeError) return 'it is nested too deeply'
    throw error
  }
  return { carries, late, calls }
}
