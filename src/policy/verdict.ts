import type { HoopError } from '../lib/errors.js'
import type { Asker, AllowedStatement, Decision, RecordedFacts, Refused } from './decision.js'
import type { RuleConfig } from './config/schema.js'
import { applying, approvalOf, matchOf, type Candidate } from './rules/matching.js'
import { refusalBy } from './rules/refusal.js'

/** What is known of a text whoever asks: the decision itself where nothing depends on that, else what it is made from. */
export type Verdict = { readonly settled: Decision } | OpenVerdict

export interface Known {
  /** Where the policy only observes, rules that apply are noted and nothing else. */
  readonly observing: boolean
  readonly facts: readonly RecordedFacts[]
  /** Why no one can run it, whatever the rules say. */
  readonly refusal: HoopError | undefined
  readonly statements: readonly AllowedStatement[]
}

interface OpenVerdict {
  readonly settled?: undefined
  readonly known: Known
  readonly candidates: readonly Candidate[]
}

export const refused = (error: HoopError, facts: readonly RecordedFacts[], rule?: string): Refused =>
  Object.freeze({ kind: 'refuse', error, facts, ...(rule !== undefined && { rule }) })

/**
 * The strictest of the rules that apply: block, then what can't be let through anyway, then approve, then warn. A rule
 * that blocks says best what is wrong, and nobody is asked to approve what would be refused afterwards.
 */
const strictest = ({ observing, facts, refusal, statements }: Known, rules: readonly RuleConfig[]): Decision => {
  const block = observing ? undefined : rules.find((rule) => rule.do === 'block')
  if (block) return refused(refusalBy(block), facts, block.name)
  if (refusal) return refused(refusal, facts)
  const noted = rules.filter((rule) => observing || rule.do === 'warn').map(matchOf)
  const notes = noted.length === 0 ? {} : observing ? { observed: noted } : { warnings: noted }
  const approve = observing ? undefined : rules.find((rule) => rule.do === 'approve')
  return Object.freeze(
    approve
      ? { kind: 'hold', statements, rule: approvalOf(approve), ...notes }
      : { kind: 'allow', statements, ...notes },
  )
}

/** @param candidates the rules whose conditions on the statement hold */
export const verdictOf = (known: Known, candidates: readonly Candidate[]): Verdict =>
  candidates.some(({ circumstances }) => circumstances)
    ? { known, candidates }
    : {
        settled: strictest(
          known,
          candidates.map(({ rule }) => rule),
        ),
      }

/** The decision for somebody who asks now. */
export const decisionFor = (verdict: Verdict, asker: Asker): Decision =>
  verdict.settled ?? strictest(verdict.known, applying(verdict.candidates, asker))
