import { HoopError } from '../lib/errors.js'
import type { ColumnMask, CopyShape } from '../masking/types.js'
import { analyse } from '../sql/analyse.js'
import type { Catalog } from '../sql/catalog.js'
import type { Analysis, CopyFacts, Countable, StatementFacts, Unproven } from '../sql/facts.js'
import type { PolicyConfig } from './config/schema.js'
import type { AllowedStatement, RecordedFacts } from './decision.js'
import type { Origins } from './origins.js'
import { withNames } from './former-names.js'
import { candidates } from './rules/matching.js'
import { counts } from './rules/rows.js'
import { refused, verdictOf, type Known, type Verdict } from './verdict.js'

export interface DecideOptions {
  readonly policy: PolicyConfig
  /** Absent where nothing in the policy depends on what names mean. */
  readonly catalog: Catalog | undefined
  readonly origins: Origins | undefined
}

const recorded = ({ kinds, reads, writes }: StatementFacts): RecordedFacts => ({ kinds, reads, writes })

const streamOf = ({ format, delimiter, quote, escape, nullText, header }: CopyFacts): Omit<CopyShape, 'columns'> => ({
  ...{ format, delimiter, quote, escape, nullText, header },
})

/** COPY says nothing of types, and NULL suits them all. */
const withheld = (columns: readonly string[]): ColumnMask => ({
  ...{ column: columns.join(', '), spec: 'null' },
  type: { oid: 0, modifier: -1, name: 'unknown', kind: 'b' },
})

/** A mask for each column of COPY … TO STDOUT, where one is masked. */
const copyOf = ({ copy, outputs }: StatementFacts, origins: Origins | undefined): AllowedStatement['copy'] => {
  if (copy?.direction !== 'out' || !outputs?.some(({ kind }) => kind !== 'clean')) return undefined
  const masks = outputs.map((output): ColumnMask | undefined => {
    if (output.kind === 'clean') return undefined
    if (output.kind === 'derived') return withheld(output.columns)
    const mask = origins?.mask(output.table, output.attribute) ?? origins?.named(output.column)
    if (!mask) throw new HoopError('STATEMENT_UNPROVEN', `the mask of ${output.column} is not known`)
    return mask
  })
  return { masks, shape: { ...streamOf(copy), columns: masks.length } }
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
    ddl: facts.ddl,
    returns: returnsRows(facts),
    ...(facts.unknown && { unknown: facts.unknown }),
    ...cursorOf(facts),
    ...(facts.copy?.direction === 'out' && facts.copy.header && { header: true }),
    ...(facts.outputs && { outputs: facts.outputs }),
    ...(facts.defines && { defines: facts.defines }),
    ...(facts.runs && { runs: facts.runs }),
    ...(facts.runs && facts.rows && 'sql' in facts.rows && { planned: facts.rows.sql }),
    ...(facts.nearest && { nearest: facts.nearest }),
    ...(copy && { copy }),
    ...(facts.copy?.direction === 'out' && { stream: streamOf(facts.copy) }),
  })
}

const syntaxError = ({ message, position }: NonNullable<Analysis['syntax']>): HoopError =>
  new HoopError('SYNTAX', message, { ...(position !== undefined && { position }) })

const unprovenError = ({ subject, why, code }: Unproven): HoopError =>
  new HoopError(code, why.includes(subject) ? why : `${subject}: ${why}`)

const lostError = (lost: string): HoopError =>
  new HoopError('STATEMENT_UNPROVEN', `the policy masks ${lost}, which the database no longer has by that name`, {
    hint: 'Try again in a moment; if it stays, ask an administrator to correct the policy.',
  })

/** Why a text can't be let through where masks are in force. */
const unprovenIn = (statements: readonly StatementFacts[], origins: Origins | undefined): HoopError | undefined => {
  for (const { unproven, reads, writes } of statements) {
    if (unproven) return unprovenError(unproven)
    const lost = origins?.lost(reads) ?? origins?.lost(writes)
    if (lost !== undefined) return lostError(lost)
  }
  return undefined
}

/** The planner is asked about one statement; behind another it may mean another table. */
const rowsOf = (statements: readonly StatementFacts[]): Countable =>
  (statements.length === 1 ? statements[0]?.rows : undefined) ?? { why: 'it comes with other statements' }

/**
 * Decides on a text by its facts, as far as that goes without knowing who asks and when.
 * @throws where the analysis itself fails; the caller refuses then
 */
export const decideOn = (
  text: string,
  { policy, catalog, origins }: DecideOptions,
): { readonly verdict: Verdict; readonly renamed: NonNullable<StatementFacts['renamed']> } => {
  const options = {
    predicates: policy.predicates,
    trusted: policy.trusted_functions,
    planning: policy.rules.some(counts),
  }
  const first = analyse(text, catalog, options)
  const renamed = first.statements.flatMap((each) => each.renamed ?? [])
  // A statement behind a RENAME means by the new name what was renamed.
  const again = catalog && renamed.length > 0 && first.statements.length > 1
  const { statements, syntax } = again ? analyse(text, withNames(catalog, renamed), options) : first
  const facts = statements.map(recorded)
  if (syntax) return { verdict: { settled: refused(syntaxError(syntax), facts) }, renamed }
  const refusal = unprovenIn(statements, origins)
  const known: Known = {
    observing: policy.mode === 'observe',
    facts,
    refusal,
    rows: rowsOf(statements),
    statements: refusal ? [] : Object.freeze(statements.map((each) => allowed(each, origins))),
  }
  return { verdict: verdictOf(known, candidates(policy.rules, statements)), renamed }
}
