import { words, as, list, type Fields } from '../tree.js'
import { unproven } from './refusal.js'
import { clean, combine, type Mark } from './mark.js'
import { columnsAt, columnsNamed, levelOf, sourcesAt } from './named-columns.js'
import { hidden, type Item, type Scope, type ScopeColumn, type Source } from './scope.js'
import { spend } from '../work.js'

export type Found =
  | ({ readonly kind: 'column'; readonly name: string; readonly mark: Mark } & Pick<
      ScopeColumn,
      'distance' | 'given' | 'row' | 'made' | 'acts' | 'type'
    >)
  /** The row of a table or subquery as one value. */
  | { readonly kind: 'row'; readonly name: string; readonly source: Source }
  /** `*`, or `table.*` */
  | { readonly kind: 'star'; readonly items: readonly (Item | Source)[] }

/** Functions by their name: `row.name` may call one. */
export interface RowFunctions {
  isOpaqueFunction(name: string): boolean
  /** What functions of that name show, whatever they are given. */
  reads(names: readonly string[]): Mark
}

const systemColumns: ReadonlySet<string> = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid'])

/** Those that tell in which partition a row lies. */
const placing: ReadonlySet<string> = new Set(['ctid', 'tableoid'])

const ofSystem = (name: string, sources: readonly Source[]): Mark =>
  placing.has(name) ? combine(sources.map(({ lies }) => lies ?? clean)) : clean

function* levels(scope: Scope | undefined): Generator<Scope> {
  for (let level = scope; level; level = level.outer) yield level
}

/** Sources of that name at the nearest level that has any. */
const nearest = (scope: Scope | undefined, name: string): readonly Source[] => {
  for (const level of levels(scope)) {
    spend()
    const found = sourcesAt(level, name)
    if (found.length > 0) return found
  }
  return []
}

/** `schema.table`: PostgreSQL goes by the table itself, at whatever level; here all of that name are considered. */
const qualifiedSources = (scope: Scope | undefined, name: string): readonly Source[] =>
  [...levels(scope)].flatMap((level) => sourcesAt(level, name).filter((source) => source.bare))

/** Where several columns may be meant, all that any of them shows. */
const marked = (columns: readonly ScopeColumn[]): Mark | undefined => {
  const hiding = columns.filter((column) => column.mark.kind !== 'clean')
  return hiding.length > 1 ? combine(hiding.map(({ mark }) => mark)) : hiding[0]?.mark
}

/** The one column that is meant, with what is known of it. */
const column = (name: string, mark: Mark, meant: readonly ScopeColumn[], acts: boolean): Found => {
  const { name: _own, mark: _all, ...known } = (meant.length === 1 ? meant[0] : undefined) ?? { name, mark }
  return { kind: 'column', name, mark, ...known, ...(acts && { acts }) }
}

const anyActs = (columns: readonly ScopeColumn[]): boolean => columns.some(({ acts }) => acts)

/**
 * A plain name. Column names of all levels go before row names (PostgreSQL: colNameToVar, then the whole row). Where an
 * inner level may or may not have the column, an outer masked one is what it is taken for.
 */
const plain = (scope: Scope | undefined, name: string): Found => {
  let open = false
  let acts = false
  for (const level of levels(scope)) {
    const found = columnsAt(level, name)
    spend(1 + found.length)
    const { uncertain, tables } = levelOf(level.items)
    acts ||= anyActs(found)
    const mark = marked(found) ?? (found.length > 0 && !open ? clean : undefined)
    if (mark) return column(name, mark, open ? [] : found, acts || open)
    if (found.length > 0) open = true
    if (uncertain) open = true
    if (systemColumns.has(name) && tables)
      return {
        kind: 'column',
        name,
        mark: ofSystem(
          name,
          level.items.flatMap(({ sources }) => sources),
        ),
      }
  }
  const [source] = nearest(scope, name)
  if (source) return { kind: 'row', name, source }
  // Nobody knows what an unknown column is computed by.
  if (open) return { kind: 'column', name, mark: clean, acts: true }
  throw unproven(name, `there is no column ${name} in the catalog`, 'spelling')
}

/** `qualifier.name`: where the table has no such column, PostgreSQL takes it for the function `name` of its row. */
const within = (sources: readonly Source[], qualifier: string, name: string, functions: RowFunctions): Found => {
  spend(sources.length)
  if (sources.length === 0) throw unproven(`${qualifier}.${name}`, `there is no table ${qualifier} here`, 'spelling')
  const found = sources.flatMap((source) => columnsNamed(source, name))
  const mark = marked(found)
  if (mark) return column(name, mark, found, anyActs(found))
  const known = found.length > 0 || (systemColumns.has(name) && sources.some((source) => source.table))
  const sure = sources.length === 1 && sources[0]?.ambiguous === false
  if (known) return column(name, found.length > 0 ? clean : ofSystem(name, sources), sure ? found : [], anyActs(found))
  const subject = sources.map(hidden).find((each) => each !== undefined)
  if (subject !== undefined || functions.isOpaqueFunction(name)) {
    throw unproven(
      `${qualifier}.${name}`,
      `${qualifier} has no column ${name} in the catalog, so it may be a function of the row`,
      'spelling',
    )
  }
  return { kind: 'column', name, mark: functions.reads([name]), acts: true }
}

/**
 * What a column reference means.
 * @param functions what `row.name` calls where the row has no such column
 * @throws {Refusal} where it can't be told
 */
export const lookup = (reference: Fields, scope: Scope | undefined, functions: RowFunctions): Found => {
  const parts = words(reference['fields'])
  const star = list(reference['fields']).some((part) => as(part, 'A_Star') !== undefined)
  const last = parts.at(-1)
  if (star) {
    if (last === undefined) return { kind: 'star', items: scope?.items ?? [] }
    const sources = parts.length === 1 ? nearest(scope, last) : qualifiedSources(scope, last)
    if (sources.length === 0) throw unproven(`${last}.*`, `there is no table ${last} here`, 'spelling')
    return { kind: 'star', items: sources }
  }
  const qualifier = parts.at(-2)
  if (last === undefined) throw unproven('a column', 'the reference can’t be read', 'query')
  if (qualifier === undefined) return plain(scope, last)
  const sources = parts.length === 2 ? nearest(scope, qualifier) : qualifiedSources(scope, qualifier)
  return within(sources, qualifier, last, functions)
}

/** Whether a plain name is a column of the innermost FROM, as far as can be told. */
export const isLocal = (name: string, scope: Scope | undefined): boolean =>
  scope !== undefined && (levelOf(scope.items).uncertain || columnsAt(scope, name).length > 0)
