import { HoopError } from '../lib/errors.js'
import type { Countable } from '../sql/facts.js'
import type { Asker, AllowedStatement, Decision, Estimate, RecordedFacts, Refused } from './decision.js'
import { applying, approvalOf, matchOf, type Candidate } from './rules/matching.js'
import { refusalBy } from './rules/refusal.js'
import { counts, exceeded } from './rules/rows.js'

/** What is known of a text whoever asks: the decision itself where nothing depends on that, else what it is made from. */
export type Verdict = { readonly settled: Decision } | OpenVerdict

export interface Known {
  /** Where the policy only observes, rules that apply are noted and nothing else. */
  readonly observing: boolean
  readonly facts: readonly RecordedFacts[]
  /** Why no one can run it, whatever the rules say. */
  readonly refusal: HoopError | undefined
  /** See `Refused`. */
  readonly doubted?: number | undefined
  readonly statements: readonly AllowedStatement[]
  /** How the planner can be asked about it. */
  readonly rows: Countable
  /** Whether anything was looked up in the catalog for it. */
  readonly rests: boolean
}

interface OpenVerdict {
  readonly settled?: undefined
  readonly known: Known
  readonly candidates: readonly Candidate[]
}

export const refused = (
  error: HoopError,
  facts: readonly RecordedFacts[],
  {
    rule,
    doubted,
    rests,
  }: { readonly rule?: string; readonly doubted?: number | undefined; readonly rests?: boolean } = {},
): Refused =>
  Object.freeze({
    ...{ kind: 'refuse', error, facts },
    ...(rule !== undefined && { rule }),
    ...(doubted !== undefined && { doubted }),
    ...(rests && { rests }),
  })

/**
 * The strictest of the rules that apply: block, then what can't be let through anyway, then approve, then warn. A rule
 * that blocks says best what is wrong, and nobody is asked to approve what would be refused afterwards.
 */
const strictest = (
  { observing, facts, refusal, doubted, statements, rests }: Known,
  rules: readonly Candidate[],
): Decision => {
  const block = rules.find(({ rule }) => rule.do === 'block' && (!observing || rule.firm !== undefined))
  if (block) return refused(refusalBy(block), facts, { rule: block.rule.name, rests })
  if (refusal) return refused(refusal, facts, { doubted, rests })
  const noted = rules.filter(({ rule }) => observing || rule.do === 'warn').map(matchOf)
  const notes = noted.length === 0 ? {} : observing ? { observed: noted } : { warnings: noted }
  const [approve, ...others] = observing ? [] : rules.filter(({ rule }) => rule.do === 'approve')
  return Object.freeze(
    approve
      ? { kind: 'hold', statements, rule: approvalOf(approve), others: others.map(approvalOf), ...notes }
      : { kind: 'allow', statements, ...notes },
  )
}

/** @param candidates the rules whose conditions on the statement hold */
export const verdictOf = (known: Known, candidates: readonly Candidate[]): Verdict =>
  candidates.some(({ circumstances, rule, unlessOwn }) => circumstances || unlessOwn || counts(rule))
    ? { known, candidates }
    : { settled: strictest(known, candidates) }

/** What is decided once it is known how many rows it is about; what that can't change is decided at once. */
const counting = (known: Known, rules: readonly Candidate[], estimate: Estimate | undefined): Decision => {
  if (estimate) {
    const decision = strictest(known, exceeded(rules, estimate))
    // What the server would refuse, nobody need approve.
    const pointless = decision.kind === 'hold' && 'failed' in estimate && estimate.failed
    return pointless ? refused(new HoopError('ESTIMATE_FAILED', estimate.unknown), known.facts) : decision
  }
  const { rows, statements } = known
  if ('why' in rows) return strictest(known, exceeded(rules, { unknown: rows.why }))
  const anyway = strictest(
    known,
    rules.filter(({ rule }) => !counts(rule)),
  )
  if (anyway.kind === 'refuse') return anyway
  return Object.freeze({ kind: 'estimate', statements, sql: rows.sql, folds: rows.folds })
}

/** The decision for somebody who asks now. */
export const decisionFor = (verdict: Verdict, asker: Asker): Decision => {
  if (verdict.settled) return verdict.settled
  const rules = applying(verdict.candidates, asker)
  const decision = rules.some(({ rule }) => counts(rule))
    ? counting(verdict.known, rules, asker.estimate)
    : strictest(verdict.known, rules)
  return decision.kind === 'allow' ? { ...decision, open: true } : decision
}
