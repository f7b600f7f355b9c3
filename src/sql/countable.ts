import type { Catalog } from './catalog.js'
import { isOn, optionsOf } from './copy-options.js'
import type { Countable } from './facts.js'
import { collects } from './collect/limit.js'
import { partOf } from './parser/part.js'
import { planningRuns } from './planning.js'
import { isFields, text as string, unwrap, type Fields } from './tree.js'
import type { Usage } from './collect/usage.js'

/** Statements that EXPLAIN takes as they are. */
const explainable: ReadonlySet<string> = new Set([
  ...['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'DeclareCursorStmt', 'CreateTableAsStmt'],
])

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

const table = (relation: unknown): string | undefined => {
  if (!isFields(relation)) return undefined
  const [schema, name] = [string(relation['schemaname']), string(relation['relname'])]
  return name && `SELECT FROM ONLY ${schema === undefined ? '' : `${quoted(schema)}.`}${quoted(name)}`
}

/** What the planner has to be asked about; undefined where there is no way to ask. */
const planned = (type: string, fields: Fields, text: string): string | undefined => {
  if (explainable.has(type)) return text
  if (type === 'CopyStmt') return table(fields['relation']) ?? partOf(text, fields['query'], /\(/g, /\)/g)
  if (type === 'ExplainStmt') return partOf(text, fields['query'], /[\s)]/g)
  return undefined
}

const data: readonly string[] = ['select', 'values', 'insert', 'update', 'delete', 'merge', 'copy', 'execute']

/** Whether rows come out of it or are written, how many of which the planner may have an idea of. */
const isAboutRows = (type: string, fields: Fields, { kinds }: Usage): boolean => {
  if (explainable.has(type)) return true
  if (type === 'CopyStmt') return fields['is_from'] !== true
  if (type === 'ExplainStmt') return optionsOf(fields).some((option) => option.name === 'analyze' && isOn(option))
  if (type === 'DoStmt' || type === 'CallStmt') return data.some((kind) => kinds.has(kind)) || kinds.has('dynamic')
  return kinds.has('dynamic')
}

/** How the planner can be asked how many rows a statement is about; undefined where it is about none. */
export const countable = (
  node: unknown,
  source: () => string,
  usage: Usage,
  catalog: Catalog | undefined,
  trusted: (name: string) => boolean,
): Countable | undefined => {
  const [type, fields] = unwrap(node) ?? ['', {}]
  // What PREPARE gives a name to is planned with the arguments of its EXECUTE.
  const later = type === 'PrepareStmt' || type === 'ExecuteStmt'
  if (!later && !isAboutRows(type, fields, usage)) return undefined
  const named = usage.kinds.has('execute') && type !== 'ExecuteStmt' ? 'what it runs has a name' : undefined
  const why = named ?? planningRuns(node, usage, catalog, trusted)
  if (why !== undefined) return { why, ...(later && { later }) }
  const folds = collects(fields, usage.unknownFunction)
  if (later) return { sql: type === 'ExecuteStmt' ? source() : '', folds, later }
  const sql = planned(type, fields, source())
  return sql === undefined ? { why: 'there is no way to ask for it' } : { sql, folds }
}
