import type { Catalog } from './catalog.js'
import type { Analysis } from './facts.js'
import { parse } from './parser.js'

export interface AnalyseOptions {
  /** What WHERE and ON may do with masked columns: anything, compare for equality with constants, or nothing. */
  readonly predicates: 'allow' | 'equality' | 'deny'
}

/**
 * Analyses a text of any number of statements. Never throws. `initParser` must have resolved.
 * @param catalog what names mean; without it, the facts are as written and nothing is proved
 */
export const analyse = (text: string, catalog: Catalog | undefined, options: AnalyseOptions): Analysis => {
  const parsed = parse(text)
  if (!parsed.ok) {
    const { message, position } = parsed
    return { statements: [], syntax: { message, ...(position === undefined ? {} : { position }) } }
  }
  void catalog
  void options
  return { statements: [] }
}
