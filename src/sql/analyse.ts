import type { Catalog } from './catalog.js'
import { StatementCollector } from './collect/collect.js'
import { copyFacts } from './copy-options.js'
import { countable } from './countable.js'
import type { Analysis, StatementFacts } from './facts.js'
import { changesSchema, kindOf } from './collect/kinds.js'
import { follow } from './effects/follow.js'
import { prove, type PredicatePolicy } from './lineage/prove.js'
import { isolationBy } from './isolation.js'
import { namedBy } from './naming.js'
import { changedAlone, keepsNames, madeBy } from './own-objects.js'
import { KnownFacts } from './known-facts.js'
import { read, type Normalized } from './parser/normalize.js'
import type { Span, SyntaxError } from './parser.js'
import { parseInParts } from './parser/parts.js'
import { as, unwrap } from './tree.js'
import { catchesErrors, caught } from './lineage/handlers.js'
import { setOffBy } from './witness/late-names.js'
import { Lookups } from './witness/lookups.js'
import { close } from './witness/closure.js'
import { premiseOf } from './witness/premise.js'
import { bounded, Hurried, TooComplex } from './work.js'

export interface AnalyseOptions {
  /** What conditions, groups and orders may do with masked columns: anything, compare for equality, or nothing. */
  readonly predicates: PredicatePolicy | PredicatePolicy['default']
  /** Names of functions that rules don't look into. */
  readonly trusted?: readonly string[]
  /** Whether to find out how the planner can be asked for numbers of rows. */
  readonly planning?: boolean
  /** Whether rules ask for columns: then a premise holds only as long as tables have the same ones. */
  readonly columns?: boolean
  /** Whether rules ask what rewrites a table: then a premise holds only as long as its columns have the same types. */
  readonly rewrites?: boolean
  /** The most that one text may have; all of them where nothing is said. */
  readonly statements?: number
}

/** What one top-level statement does and names, through everything inside it and all that it sets off. */
const usageOf = (node: unknown, catalog: Catalog | undefined, lookups: Lookups, trusted: (name: string) => boolean) => {
  const collector = new StatementCollector(catalog && lookups.through(catalog))
  collector.visit(node, { ctes: new Set(), role: 'reads', runs: true, limit: undefined, repeats: false })
  const usage = collector.usage.finish()
  const [type, fields] = unwrap(node) ?? ['unknown', {}]
  const changes = changedAlone(type, fields, usage, catalog && lookups.through(catalog))
  if (catalog?.effects) follow(usage, catalog, trusted)
  return { usage, changes }
}

/** `schema.function`, `schema.*`, or `function` in any schema. */
const named = (trusted: string, name: string): boolean =>
  trusted.endsWith('.*') ? name.startsWith(trusted.slice(0, -1)) : name === trusted || name.endsWith(`.${trusted}`)

/** The statement's own text, for whom its tree is not enough. */
type Source = () => string

/** Statements that name functions and run none. */
const defining: ReadonlySet<string> = new Set([
  ...[
    'CreateFunctionStmt',
    'AlterFunctionStmt',
    'CreateTrigStmt',
    'DropStmt',
    'CommentStmt',
    'GrantStmt',
    'AlterOwnerStmt',
  ],
])

const factsOf = (
  node: unknown,
  source: Source,
  catalog: Catalog | undefined,
  { predicates, trusted = [], planning = false, columns = false, rewrites = true }: AnalyseOptions,
): StatementFacts => {
  const isTrusted = (name: string): boolean => trusted.some((each) => named(each, name))
  const lookups = new Lookups()
  const { usage, changes } = usageOf(node, catalog, lookups, isTrusted)
  const [type, fields] = unwrap(node) ?? ['unknown', {}]
  const copy = as(node, 'CopyStmt')
  const makes = madeBy(type, fields)
  const copied = copy && copyFacts(copy)
  const rows = planning ? countable(node, source, usage, catalog, isTrusted) : undefined
  const proved = prove(
    node,
    catalog && lookups.through(catalog),
    typeof predicates === 'string' ? { default: predicates } : predicates,
  )
  const positions = columns || proved.touchesMasked
  const types = rewrites ? usage.types : undefined
  if (catalog) close(catalog, lookups)
  const set = catalog && setOffBy(catalog, lookups)
  const refusal = set?.refusal ?? (set && catchesErrors(node) ? caught : undefined)
  const premise = catalog && premiseOf(catalog, lookups, positions, !defining.has(type), set?.late, types)
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
    ...(usage.dynamic !== undefined && { dynamic: usage.dynamic }),
    where: usage.where,
    concurrently: usage.concurrently,
    limit: usage.limit,
    limits: usage.limits,
    ...(rows && { rows }),
    ...(usage.renamed.length > 0 && { renamed: usage.renamed }),
    ...(makes.length > 0 && { makes }),
    ...(changes && { changes }),
    ...(keepsNames(type, fields) && { keepsNames: true as const }),
    ...(copied ? { copy: copied } : {}),
    ...namedBy(type, fields),
    ...isolationBy(type, fields),
    ...proved,
    ...(set?.touchesMasked && { touchesMasked: true }),
    ...(refusal && proved.unproven === undefined && { touchesMasked: true, unproven: refusal.unproven }),
    ...(premise && { premise }),
    ddl: changesSchema(usage.kinds),
  }
}

const failed = ({ message, position }: SyntaxError): Analysis => ({
  statements: [],
  syntax: { message, ...(position !== undefined && { position }) },
})

/**
 * Analyses texts by one catalog. What it found out about a statement it knows of all others that differ from it only in
 * literals which nobody looked at; such statements have the same facts, not merely equal ones.
 */
export class Analyser {
  readonly #catalog: Catalog | undefined
  readonly #options: AnalyseOptions
  readonly #known = new KnownFacts()

  /** @param catalog what names mean; without it, the facts are as written and nothing is proved */
  constructor(catalog: Catalog | undefined, options: AnalyseOptions) {
    this.#catalog = catalog
    this.#options = options
  }

  /** Any number of statements. Never throws. `initParser` must have resolved. */
  analyse(text: string): Analysis {
    return atOnce(this.analysing(text))
  }

  /** The same, with a stop behind each statement: a long text need not hold up others. */
  *analysing(text: string): Generator<undefined, Analysis> {
    const statements: StatementFacts[] = []
    const spans: number[] = []
    let bytes: Buffer | undefined
    const slice = ([start, end]: Span): string => (bytes ??= Buffer.from(text)).toString('utf8', start, end)
    const parts = parseInParts(text)
    const { statements: most = Infinity } = this.#options
    try {
      for (let part = parts.next(); ; part = parts.next()) {
        if (part.done) return part.value ? failed(part.value) : { statements, spans }
        if (statements.length + part.value.length > most) return { statements: [], tooMany: true }
        for (const statement of part.value) {
          statements.push(this.#facts(statement, () => slice(statement.span)))
          spans.push(...statement.span)
          yield
        }
      }
    } catch (error) {
      // Walking a tree of some thousand levels runs out of stack; whatever else it may be, nothing was proved.
      if (error instanceof Hurried) throw error
      const deep = error instanceof RangeError ? 'the statement is nested too deeply' : undefined
      const complex = error instanceof TooComplex ? error.message : undefined
      return failed({ ok: false, message: deep ?? complex ?? 'the statement can’t be analysed' })
    }
  }

  #facts(statement: Normalized, source: Source): StatementFacts {
    const known = this.#known.get(statement)
    if (known) return known
    let quoted = false
    const { node, looked } = read(statement)
    const noted = (): string => {
      quoted = true
      return source()
    }
    const facts = bounded(statement.tree.length, () => factsOf(node, noted, this.#catalog, this.#options))
    // What holds the statement's own text holds of no other.
    if (!quoted) this.#known.set(statement, looked, facts)
    return facts
  }
}

/** What comes out of work that could be done in turns. */
export const atOnce = <T>(work: Generator<undefined, T>): T => {
  for (let step = work.next(); ; step = work.next()) if (step.done) return step.value
}

/** Analyses one text. */
export const analyse = (text: string, catalog: Catalog | undefined, options: AnalyseOptions): Analysis =>
  new Analyser(catalog, options).analyse(text)
