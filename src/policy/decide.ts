import { HoopError } from '../lib/errors.js'
import type { ColumnMask, CopyShape } from '../masking/types.js'
import { runsAlone } from '../sql/alone.js'
import { atOnce, type AnalyseOptions } from '../sql/analyse.js'
import type { Catalog } from '../sql/catalog.js'
import type { Analysis, CopyFacts, Countable, StatementFacts } from '../sql/facts.js'
import type { PolicyConfig } from './config/schema.js'
import type { AllowedStatement, RecordedFacts } from './decision.js'
import type { Origins } from './masks/origins.js'
import { type Candidate, candidates } from './rules/matching.js'
import { counts } from './rules/rows.js'
import type { Basis, TextFacts } from './texts/text-facts.js'
import { TextReader } from './texts/text-facts.js'
import { doubtedAt, unprovenIn } from './unproven.js'
import { refused, verdictOf, type Known, type Verdict } from './verdict.js'

export interface DecideOptions {
  readonly policy: PolicyConfig
  /** Absent where nothing in the policy depends on what names mean. */
  readonly catalog: Catalog | undefined
  readonly origins: Origins | undefined
  /** Whether who asks sees the values anyway. */
  readonly clear: boolean
  /** The most that one text may have. */
  readonly statements?: number | undefined
}

/** Statements that are looked at in one go. */
const STEP = 100

const recorded = ({ kinds, reads, writes }: StatementFacts): RecordedFacts => ({ kinds, reads, writes })

const streamOf = ({ format, delimiter, quote, escape, nullText, header }: CopyFacts): Omit<CopyShape, 'columns'> => ({
  ...{ format, delimiter, quote, escape, nullText, header },
})

/** COPY says nothing of types, and NULL suits them all. */
const withheld = (columns: readonly string[]): ColumnMask => ({
  ...{ column: columns.join(', '), derived: columns, spec: 'null' },
  type: { oid: 0, modifier: -1, name: 'unknown', kind: 'b' },
})

/** A mask for each column of COPY … TO STDOUT, where one is masked. */
const copyOf = (
  { copy, outputs, names = [] }: StatementFacts,
  origins: Origins | undefined,
): AllowedStatement['copy'] => {
  if (copy?.direction !== 'out' || !outputs?.some(({ kind }) => kind !== 'clean')) return undefined
  const masks = outputs.map((output): ColumnMask | undefined => {
    if (output.kind === 'clean') return undefined
    if (output.kind === 'derived') return withheld(output.columns)
    const mask = origins?.mask(output.table, output.attribute) ?? origins?.named(output.column)
    if (!mask)
      throw new HoopError('STATEMENT_UNPROVEN', `the mask of ${output.column} is not known`, {
        hint: 'Try again in a moment, when the catalog has been read anew.',
      })
    return mask
  })
  return { masks, names, shape: { ...streamOf(copy), columns: masks.length } }
}

/** Kinds whose query is not run, or not for the client. */
const quiet: ReadonlySet<string> = new Set(['create', 'declare', 'prepare'])

/** Kinds whose rows no table or LIMIT in their text tells of. */
const telling: ReadonlySet<string> = new Set(['show', 'fetch', 'execute', 'explain', 'call'])

/** `limit` is 0 where a statement has no rows to give, INSERT without RETURNING or COPY FROM for example. */
const returnsRows = ({ kind, limit }: StatementFacts): boolean => telling.has(kind) || (limit !== 0 && !quiet.has(kind))

/** The cursor that FETCH reads from or DECLARE opens. */
const cursorOf = ({ defines, runs }: StatementFacts): { cursor?: string } => {
  const portal = [defines, runs].find((named) => named?.of === 'portal')
  return portal ? { cursor: portal.name } : {}
}

const allowed = (facts: StatementFacts, origins: Origins | undefined): AllowedStatement => {
  const copy = copyOf(facts, origins)
  return Object.freeze({
    ...recorded(facts),
    kind: facts.kind,
    scrub: facts.touchesMasked,
    ...(facts.quiet && { quiet: true }),
    ddl: facts.ddl,
    returns: returnsRows(facts),
    ...(facts.unknown && { unknown: facts.unknown }),
    ...(facts.makes && { makes: facts.makes }),
    ...(facts.changes && { changes: facts.changes }),
    ...(facts.isolation && { isolation: facts.isolation }),
    ...(facts.keepsNames && { keepsNames: true as const }),
    ...(facts.premise && { premise: facts.premise }),
    ...(facts.premise && runsAlone(facts) && { alone: true as const }),
    ...cursorOf(facts),
    ...(facts.copy?.direction === 'out' && facts.copy.header && { header: true }),
    ...(facts.outputs && { outputs: facts.outputs }),
    ...(facts.defines && { defines: facts.defines }),
    ...(facts.runs && { runs: facts.runs }),
    ...(facts.ends && { ends: facts.ends }),
    ...(facts.runs && facts.rows && 'sql' in facts.rows && { planned: facts.rows.sql }),
    ...(facts.nearest && { nearest: facts.nearest }),
    ...(facts.guesses && { guesses: facts.guesses }),
    ...(facts.arguments && { arguments: facts.arguments }),
    ...(copy && { copy }),
    ...(facts.copy?.direction === 'out' && { stream: streamOf(facts.copy) }),
  })
}

const tooMany = (most: number): HoopError =>
  new HoopError('STATEMENTS_LIMIT', `${most.toLocaleString('en-US')} may be in one`)

const syntaxError = ({ message, position }: NonNullable<Analysis['syntax']>): HoopError =>
  new HoopError('SYNTAX', message, { ...(position !== undefined && { position }) })

/** The planner is asked about one statement; behind another it may mean another table. */
const rowsOf = (statements: readonly StatementFacts[]): Countable =>
  (statements.length === 1 ? statements[0]?.rows : undefined) ?? { why: 'it comes with other statements' }

const hiddenNulls = ({ masks }: PolicyConfig): ReadonlySet<string> =>
  new Set(masks.flatMap(({ nulls, columns }) => (nulls === 'hide' ? columns : [])))

/** What may be done with distances of masked vectors, by column; those of all others are hidden. */
const distances = ({ masks }: PolicyConfig): ReadonlyMap<string, 'compare' | 'show'> =>
  new Map(
    masks.flatMap(({ columns, distances: right }) =>
      right === undefined || right === 'hide' ? [] : columns.map((column) => [column, right] as const),
    ),
  )

export interface Decided {
  readonly verdict: Verdict
  /** Relations that the text gives another name. */
  readonly renamed: TextFacts['renamed']
}

/** What a policy wants to know of texts. */
const analyseOptions = ({ policy, statements }: DecideOptions): AnalyseOptions => ({
  predicates: {
    ...policy.predicates,
    hiddenNulls: hiddenNulls(policy),
    distances: distances(policy),
    guesses: policy.predicates.guesses !== undefined,
  },
  trusted: policy.trusted_functions,
  planning: policy.rules.some(counts),
  ...(statements !== undefined && { statements }),
  columns: policy.rules.some(({ when }) => when.columns ?? when.reads_vectors ?? when.writes_vectors),
  rewrites: policy.rules.some(({ when }) => when.statement?.includes('rewrite table')),
})

/** Decides on texts by one snapshot of the catalog, as far as that goes without knowing who asks and when. */
export class Decider {
  readonly basis: Basis
  readonly #given: DecideOptions
  readonly #reader: TextReader
  /** Statements that are the whole text: equal ones have the same facts, and so the same verdict. */
  readonly #alone = new WeakMap<StatementFacts, Verdict>()

  constructor(given: DecideOptions) {
    this.#given = given
    this.basis = { catalog: given.catalog, options: analyseOptions(given) }
    this.#reader = new TextReader(this.basis)
  }

  /** @throws where the analysis itself fails; the caller refuses then */
  decide(text: string): Decided {
    return atOnce(this.deciding(atOnce(this.reading(text))))
  }

  /** What a decision is made from, with a stop behind each statement. */
  reading(text: string): Generator<undefined, TextFacts> {
    return this.#reader.reading(text)
  }

  /** The decision, with stops: what was read elsewhere may be of very many statements. */
  *deciding({ statements, syntax, tooMany: over, renamed }: TextFacts): Generator<undefined, Decided> {
    if (over) return { verdict: { settled: refused(tooMany(this.#given.statements ?? 0), []) }, renamed: [] }
    const [only, another] = statements
    if (only && another === undefined) return { verdict: this.#ofOne(only), renamed }
    if (syntax) return { verdict: { settled: refused(syntaxError(syntax), statements.map(recorded)) }, renamed }
    return { verdict: yield* this.#of(statements), renamed }
  }

  #ofOne(facts: StatementFacts): Verdict {
    const known = this.#alone.get(facts)
    if (known) return known
    const verdict = atOnce(this.#of([facts]))
    this.#alone.set(facts, verdict)
    return verdict
  }

  /** Statements of a text that are alike have the same facts, and are looked at once. */
  *#of(statements: readonly StatementFacts[]): Generator<undefined, Verdict> {
    const { policy, origins } = this.#given
    const different = [...new Set(statements)]
    const unproven = unprovenIn(different, this.#given)
    yield
    const refusal = unproven?.error
    const made = new Map<StatementFacts, AllowedStatement>()
    const facts = new Map<StatementFacts, RecordedFacts>()
    for (const [at, each] of different.entries()) {
      if (!refusal) made.set(each, allowed(each, origins))
      facts.set(each, recorded(each))
      if (at % STEP === STEP - 1) yield
    }
    const known: Known = {
      observing: policy.mode === 'observe',
      facts: statements.map((each) => facts.get(each)!),
      refusal,
      rests: different.some(({ premise }) => premise !== undefined),
      doubted: unproven && doubtedAt(statements, unproven.facts),
      rows: rowsOf(statements),
      statements: Object.freeze(refusal ? [] : statements.map((each) => made.get(each)!)),
    }
    const found: Candidate[] = []
    for (const rule of policy.rules) {
      found.push(...candidates([rule], different, statements.length === 1))
      if (different.length > STEP) yield
    }
    return verdictOf(known, found)
  }
}
