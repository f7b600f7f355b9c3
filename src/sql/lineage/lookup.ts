import { words, as, list, type Fields } from '../tree.js'
import { unproven } from './refusal.js'
import { clean, hidden, uncertain, type Item, type Mark, type Scope, type Source } from './scope.js'

export type Found =
  | { readonly kind: 'column'; readonly name: string; readonly mark: Mark }
  /** The row of a table or subquery as one value. */
  | { readonly kind: 'row'; readonly name: string; readonly source: Source }
  /** `*`, or `table.*` */
  | { readonly kind: 'star'; readonly items: readonly (Item | Source)[] }

const systemColumns: ReadonlySet<string> = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid'])

function* levels(scope: Scope | undefined): Generator<Scope> {
  for (let level = scope; level; level = level.outer) yield level
}

/** Sources of that name at the nearest level that has any. */
const nearest = (scope: Scope | undefined, name: string): readonly Source[] => {
  for (const { items } of levels(scope)) {
    const found = items.flatMap((item) => item.sources.filter((source) => source.name === name))
    if (found.length > 0) return found
  }
  return []
}

/** `schema.table`: PostgreSQL goes by the table itself, at whatever level; here all of that name are considered. */
const qualifiedSources = (scope: Scope | undefined, name: string): readonly Source[] =>
  [...levels(scope)].flatMap(({ items }) =>
    items.flatMap((item) => item.sources.filter((source) => source.bare && source.name === name)),
  )

const marked = (columns: readonly { readonly mark: Mark }[]): Mark | undefined =>
  columns.find((column) => column.mark.kind !== 'clean')?.mark

/**
 * A plain name. Column names of all levels go before row names (PostgreSQL: colNameToVar, then the whole row). Where an
 * inner level may or may not have the column, an outer masked one is what it is taken for.
 */
const plain = (scope: Scope | undefined, name: string): Found => {
  let open = false
  for (const { items } of levels(scope)) {
    const found = items.flatMap((item) => item.columns.filter((column) => column.name === name))
    const mark = marked(found) ?? (found.length > 0 && !open ? clean : undefined)
    if (mark) return { kind: 'column', name, mark }
    if (found.length > 0) open = true
    if (items.some(uncertain)) open = true
    const tables = items.some((item) => item.sources.some((source) => source.table))
    if (systemColumns.has(name) && tables) return { kind: 'column', name, mark: clean }
  }
  const [source] = nearest(scope, name)
  if (source) return { kind: 'row', name, source }
  if (open) return { kind: 'column', name, mark: clean }
  throw unproven(name, `there is no column ${name} in the catalog`)
}

/** `qualifier.name`: where the table has no such column, PostgreSQL takes it for the function `name` of its row. */
const within = (
  sources: readonly Source[],
  qualifier: string,
  name: string,
  isFunction: (name: string) => boolean,
): Found => {
  if (sources.length === 0) throw unproven(`${qualifier}.${name}`, `there is no table ${qualifier} here`)
  const found = sources.flatMap((source) => source.columns.filter((column) => column.name === name))
  const mark = marked(found)
  if (mark) return { kind: 'column', name, mark }
  const known = found.length > 0 || (systemColumns.has(name) && sources.some((source) => source.table))
  if (!known) {
    const subject = sources.map(hidden).find((each) => each !== undefined)
    if (subject !== undefined || isFunction(name)) {
      throw unproven(
        `${qualifier}.${name}`,
        `${qualifier} has no column ${name} in the catalog, so it may be a function of the row`,
      )
    }
  }
  return { kind: 'column', name, mark: clean }
}

/**
 * What a column reference means.
 * @param isFunction whether a function of that name could do more than compute
 * @throws {Refusal} where it can't be told
 */
export const lookup = (reference: Fields, scope: Scope | undefined, isFunction: (name: string) => boolean): Found => {
  const parts = words(reference['fields'])
  const star = list(reference['fields']).some((part) => as(part, 'A_Star') !== undefined)
  const last = parts.at(-1)
  if (star) {
    if (last === undefined) return { kind: 'star', items: scope?.items ?? [] }
    const sources = parts.length === 1 ? nearest(scope, last) : qualifiedSources(scope, last)
    if (sources.length === 0) throw unproven(`${last}.*`, `there is no table ${last} here`)
    return { kind: 'star', items: sources }
  }
  const qualifier = parts.at(-2)
  if (last === undefined) throw unproven('a column', 'the reference can’t be read')
  if (qualifier === undefined) return plain(scope, last)
  const sources = parts.length === 2 ? nearest(scope, qualifier) : qualifiedSources(scope, qualifier)
  return within(sources, qualifier, last, isFunction)
}
