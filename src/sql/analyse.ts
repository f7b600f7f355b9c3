import type { Catalog } from './catalog.js'
import { collect } from './collect.js'
import { copyFacts } from './copy-options.js'
import type { Analysis, StatementFacts } from './facts.js'
import { changesSchema, kindOf } from './kinds.js'
import { limitOf } from './limit.js'
import { prove, type Predicates } from './lineage/prove.js'
import { parse, type ParsedStatement } from './parser.js'
import { as, unwrap } from './tree.js'

export interface AnalyseOptions {
  /** What WHERE and ON may do with masked columns: anything, compare for equality with constants, or nothing. */
  readonly predicates: Predicates
}

const factsOf = (
  { node, span }: ParsedStatement,
  catalog: Catalog | undefined,
  options: AnalyseOptions,
): StatementFacts => {
  const usage = collect(node, catalog)
  const [type, fields] = unwrap(node) ?? ['unknown', {}]
  const copy = as(node, 'CopyStmt')
  const copied = copy && copyFacts(copy)
  return {
    kind: kindOf(type, fields),
    kinds: [...usage.kinds],
    reads: [...usage.reads],
    writes: [...usage.writes],
    functions: [...usage.functions],
    where: usage.where,
    limit: limitOf(node),
    span,
    ...(copied ? { copy: copied } : {}),
    ...prove(node, catalog, options.predicates),
    ddl: changesSchema(usage.kinds),
  }
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
  try {
    return { statements: parsed.statements.map((statement) => factsOf(statement, catalog, options)) }
  } catch (error) {
    // Walking a tree of some thousand levels runs out of stack; whatever else it may be, nothing was proved.
    const deep = error instanceof RangeError
    return {
      statements: [],
      syntax: { message: deep ? 'the statement is nested too deeply' : 'the statement can’t be analysed' },
    }
  }
}
