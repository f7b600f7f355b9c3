import { atOnce } from '../../steps.js'
import { build, type CatalogNeeds, originOf } from './build.js'
import type { Snapshot } from './queries.js'
import { type Reading, readingOf } from './reading.js'
import type { Catalog } from '../types.js'

/** Rows that are handed over at a time: copying so many takes some milliseconds. */
const PAGE = 2_000

/** What a reading has beside the rows of its snapshot. */
export interface ReadingHead {
  readonly identity: string
  readonly state: string
  readonly single: boolean
  readonly made: readonly number[]
}

/** Some rows of one part of a snapshot. */
export interface ReadingPage {
  /** The key that leads to it, or several. */
  readonly part: readonly string[]
  readonly rows: readonly unknown[]
}

/** What a catalog is made of beside a reading: plain values, which a thread can be given. */
export interface CatalogData {
  readonly needs: CatalogNeeds
  /** Names that relations had in earlier snapshots. */
  readonly formerly: readonly (readonly [relation: number, names: readonly string[]])[]
  /** Names that were given to relations since. */
  readonly renamed: readonly (readonly [name: string, relations: readonly number[]])[] | undefined
}

type Parts = { readonly [part: string]: readonly unknown[] | Parts }

function* pages(parts: Parts, above: readonly string[]): Generator<ReadingPage> {
  for (const [name, rows] of Object.entries(parts)) {
    const part = [...above, name]
    if (isRows(rows))
      for (let at = 0; at === 0 || at < rows.length; at += PAGE) yield { part, rows: rows.slice(at, at + PAGE) }
    else yield* pages(rows, part)
  }
}

const isRows = (parts: Parts[string]): parts is readonly unknown[] => Array.isArray(parts)

/** The rows of a reading, page by page, so that whoever hands them over can do something else in between. */
export const readingPages = ({ snapshot }: Reading): Generator<ReadingPage> => pages(snapshot as unknown as Parts, [])

export const readingHead = ({ identity, state, single, made }: Reading): ReadingHead => ({
  ...{ identity, state, single },
  made: [...made],
})

/** What `readingHead` and `readingPages` were made from. */
export const readingFrom = ({ made, ...head }: ReadingHead, pages: Iterable<ReadingPage>): Reading => {
  const snapshot: Record<string, unknown> = {}
  for (const { part, rows } of pages) {
    let inside = snapshot
    for (const name of part.slice(0, -1)) inside = (inside[name] ??= {}) as Record<string, unknown>
    const found = (inside[part.at(-1)!] ??= []) as unknown[]
    for (const row of rows) found.push(row)
  }
  return atOnce(readingOf(snapshot as unknown as Snapshot, head, made))
}

/** What a catalog was made of, as it is now: what was renamed meanwhile is another. */
export const catalogData = (catalog: Catalog): { readonly reading: Reading; readonly data: CatalogData } => {
  const { reading, needs } = originOf(catalog)
  const formerly: [number, readonly string[]][] = []
  for (const [oid, { formerly: names }] of catalog.relations) if (names) formerly.push([oid, names])
  const renamed = catalog.renamed && [...catalog.renamed].map(([name, oids]) => [name, [...oids]] as const)
  return { reading, data: { needs, formerly, renamed } }
}

/** A catalog that is equal to the one that `data` and the reading were taken from. The parser must have been initialized. */
export const catalogFrom = (reading: Reading, { needs, formerly, renamed }: CatalogData): Catalog => {
  const catalog = atOnce(build(reading, needs))
  for (const [oid, names] of formerly) {
    const relation = catalog.relations.get(oid)
    if (relation) (relation as { formerly?: readonly string[] }).formerly = names
  }
  return renamed ? { ...catalog, renamed: new Map(renamed.map(([name, oids]) => [name, new Set(oids)])) } : catalog
}
