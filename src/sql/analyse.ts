import type { Catalog } from './catalog.js'
import { StatementCollector } from './collect.js'
import { copyFacts } from './copy-options.js'
import { countable } from './countable.js'
import type { Analysis, StatementFacts } from './facts.js'
import { changesSchema, kindOf } from './kinds.js'
import { follow } from './effects/follow.js'
import { prove, type PredicatePolicy } from './lineage/prove.js'
import { namedBy } from './naming.js'
import { parse, type ParsedStatement } from './parser.js'
import { as, unwrap } from './tree.js'
import type { Usage } from './usage.js'

export interface AnalyseOptions {
  /** What conditions, groups and orders may do with masked columns: anything, compare for equality, or nothing. */
  readonly predicates: PredicatePolicy | PredicatePolicy['default']
  /** Names of functions that rules don't look into. */
  readonly trusted?: readonly string[]
  /** Whether to find out how the planner can be asked for numbers of rows. */
  readonly planning?: boolean
}

/** What one top-level statement does and names, through everything inside it and all that it sets off. */
const usageOf = (node: unknown, catalog: Catalog | undefined, trusted: (name: string) => boolean): Usage => {
  const collector = new StatementCollector(catalog)
  collector.visit(node, { ctes: new Set(), role: 'reads', runs: true, limit: undefined, repeats: false })
  const usage = collector.usage.finish()
  if (catalog?.effects) follow(usage, catalog, trusted)
  return usage
}

/** `schema.function`, `schema.*`, or `function` in any schema. */
const named = (trusted: string, name: string): boolean =>
  trusted.endsWith('.*') ? name.startsWith(trusted.slice(0, -1)) : name === trusted || name.endsWith(`.${trusted}`)

const slice = (text: string, [start, end]: ParsedStatement['span']): string =>
  Buffer.from(text).toString('utf8', start, end)

const factsOf = (
  { node, span }: ParsedStatement,
  text: string,
  catalog: Catalog | undefined,
  { predicates, trusted = [], planning = false }: AnalyseOptions,
): StatementFacts => {
  const isTrusted = (name: string): boolean => trusted.some((each) => named(each, name))
  const usage = usageOf(node, catalog, isTrusted)
  const [type, fields] = unwrap(node) ?? ['unknown', {}]
  const copy = as(node, 'CopyStmt')
  const copied = copy && copyFacts(copy)
  const rows = planning ? countable(node, slice(text, span), usage, catalog, isTrusted) : undefined
  return {
    kind: kindOf(type, fields),
    kinds: [...usage.kinds],
    details: [...usage.details],
    reads: [...usage.reads],
    writes: [...usage.writes],
    functions: [...usage.functions],
    ...(catalog && usage.unknown.size > 0 && { unknown: [...usage.unknown] }),
    columns: [...usage.columns],
    below: { reads: [...usage.below.reads], writes: [...usage.below.writes] },
    vectors: usage.vectors,
    where: usage.where,
    concurrently: usage.concurrently,
    limit: usage.limit,
    limits: usage.limits,
    ...(rows && { rows }),
    ...(usage.renamed.length > 0 && { renamed: usage.renamed }),
    span,
    ...(copied ? { copy: copied } : {}),
    ...namedBy(type, fields),
    ...prove(node, catalog, typeof predicates === 'string' ? { default: predicates } : predicates),
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
    return { statements: parsed.statements.map((statement) => factsOf(statement, text, catalog, options)) }
  } catch (error) {
    // Walking a tree of some thousand levels runs out of stack; whatever else it may be, nothing was proved.
    const deep = error instanceof RangeError
    return {
      statements: [],
      syntax: { message: deep ? 'the statement is nested too deeply' : 'the statement can’t be analysed' },
    }
  }
}
