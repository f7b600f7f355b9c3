import { boundMask } from '../masking/registry.js'
import type { ColumnScan } from '../masking/detectors/scan.js'
import type { ColumnMask } from '../masking/types.js'
import type { Catalog } from '../sql/catalog.js'
import type { Field } from '../wire/backend.js'
import type { Decision, RuleMatch } from './decision.js'

/** What becomes of a text of SQL under a policy, for people and for tests of policies. */
export interface Explanation {
  readonly verdict: 'allow' | 'hold' | 'refuse'
  /** Rules that apply, with what each does and where it stands in the file. */
  readonly rules: readonly ExplainedRule[]
  /** Of a refusal. */
  readonly code?: string
  readonly reason?: string
  readonly hint?: string
  /** Of a syntax error: characters from 1. */
  readonly position?: number
  readonly statements: readonly ExplainedStatement[]
}

export interface ExplainedRule {
  readonly rule: string
  readonly does: RuleMatch['do']
  /** Its conditions in words. */
  readonly when?: string
  readonly message?: string
  /** The policy only observes: nothing is done. */
  readonly observed?: true
  readonly at?: string
}

export interface ExplainedStatement {
  readonly kind: string
  readonly reads: readonly string[]
  readonly writes: readonly string[]
  /** Absent where nothing comes out, or nobody can say what. */
  readonly columns?: readonly ExplainedColumn[]
  /** What the database itself says against the statement. */
  readonly database?: string
}

export interface ExplainedColumn {
  readonly name: string
  /** `schema.table.column`; nothing where it is computed from nothing that is masked. */
  readonly from: readonly string[]
  /** `clean`, a mask's kind, or `redact` where it is computed from masked columns. */
  readonly does: string
  /** The same with its parameters, for people. */
  readonly words: string
  readonly derived?: true
  /** What its values are looked through for. */
  readonly detectors?: readonly string[]
  /** Lines of the policy that do it. */
  readonly at: readonly string[]
}

/** What the analysis says of a column, in the least that is needed here. */
type Known =
  | { readonly kind: 'clean' }
  | { readonly kind: 'masked'; readonly column: string }
  | { readonly kind: 'derived'; readonly columns: readonly string[] }

/** Where things stand in the configuration: `file:line:column`. */
export interface Positions {
  mask(column: string): string | undefined
  /** @param entry its position in the policy's masks */
  detector(entry: number, name: string): string | undefined
  rule(name: string): string | undefined
  /** A rule's conditions in words. */
  when(name: string): string | undefined
}

interface ColumnFacts {
  readonly field: Field | undefined
  readonly known: Known | undefined
  readonly mask: ColumnMask | undefined
  readonly scan: ColumnScan | undefined
}

const originOf = (field: Field | undefined, catalog: Catalog | undefined): string[] => {
  const relation = catalog?.relations.get(field?.table ?? 0)
  const column = relation?.columns.find(({ attribute }) => attribute === field?.attribute)
  return relation && column ? [`${relation.schema}.${relation.name}.${column.name}`] : []
}

const nameOf = ({ field, known }: ColumnFacts, index: number): string => {
  if (field) return field.name
  return known?.kind === 'masked' ? known.column.slice(known.column.lastIndexOf('.') + 1) : `column ${index + 1}`
}

/** A column that no mask covers: what is found in it is hidden. */
const explainScan = ({ detections }: ColumnScan, positions: Positions) => {
  const detectors = detections.map(({ detector }) => detector.name)
  const lines = detections.flatMap(({ detector, entry = -1 }) => positions.detector(entry, detector.name) ?? [])
  return { words: `clean but for ${detectors.join(', ')}`, detectors, at: [...new Set(lines)] }
}

/** A mask that isn't for the column's type hides the value wholly. */
const maskedAs = ({ spec, type }: ColumnMask): Pick<ExplainedColumn, 'does' | 'words'> => {
  const { name, words, types, suits } = boundMask(spec)
  const masked = type.kind === 'a' ? type.element : type
  if (!masked || suits(masked)) return { does: name, words: `masked: ${words}` }
  return { does: 'redact', words: `redacted: ${name} is for ${types ?? 'other types'}, not for ${masked.name}` }
}

/** One output column: by the analysis where it says something, by the column's own origin otherwise. */
export const explainColumn = (
  facts: ColumnFacts,
  index: number,
  { positions, catalog }: { positions: Positions; catalog: Catalog | undefined },
): ExplainedColumn => {
  const { field, known, mask, scan } = facts
  const name = nameOf(facts, index)
  const lines = (columns: readonly string[]) => [...new Set(columns.flatMap((column) => positions.mask(column) ?? []))]
  if (known?.kind === 'derived') {
    const from = [...known.columns]
    const words = `hidden${mask ? ` (${mask.spec === 'null' ? 'NULL' : '********'})` : ''}: computed from masked columns`
    return { name, from, does: 'redact', words, derived: true, at: lines(from) }
  }
  const from = originOf(field, catalog)
  if (!mask) return { name, from, does: 'clean', words: 'clean', at: [], ...(scan && explainScan(scan, positions)) }
  return {
    name,
    from: from.length > 0 ? from : [mask.column],
    ...maskedAs(mask),
    at: lines([mask.column]),
  }
}

/** The rules that a decision speaks of. */
export const explainRules = (decision: Decision, positions: Positions): ExplainedRule[] => {
  const positioned = (rule: string) => {
    const [at, when] = [positions.rule(rule), positions.when(rule)]
    return { ...(when !== undefined && { when }), ...(at !== undefined && { at }) }
  }
  const matched = (match: RuleMatch, observed: boolean): ExplainedRule => ({
    rule: match.rule,
    does: match.do,
    ...(match.message !== undefined && { message: match.message }),
    ...(observed && { observed: true }),
    ...positioned(match.rule),
  })
  if (decision.kind === 'refuse')
    return decision.rule === undefined ? [] : [{ rule: decision.rule, does: 'block', ...positioned(decision.rule) }]
  const held: ExplainedRule[] = (decision.kind === 'hold' ? [decision.rule, ...(decision.others ?? [])] : []).map(
    ({ name, message }) => ({
      rule: name,
      does: 'approve',
      ...(message !== undefined && { message }),
      ...positioned(name),
    }),
  )
  if (decision.kind === 'estimate') return []
  const { warnings = [], observed = [] } = decision
  return [...held, ...warnings.map((match) => matched(match, false)), ...observed.map((match) => matched(match, true))]
}
