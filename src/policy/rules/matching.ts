import type { StatementFacts } from '../../sql/facts.js'
import type { RuleConfig } from '../config/schema.js'
import type { ApprovalRule, Asker, RuleMatch } from '../decision.js'
import { circumstancesOf, holdsAsRead, holdsForStatement, type Circumstances } from './asked.js'
import { counts } from './rows.js'

/** A rule whose conditions on the statement hold. */
export interface Candidate {
  readonly rule: RuleConfig
  /** What still has to hold of who asks and when; undefined where nothing. */
  readonly circumstances: Circumstances | undefined
  /** It counts rows, and those come with the EXECUTE. */
  readonly later: boolean
  /** Why it applies, where the statement doesn't show it. */
  readonly why: string | undefined
}

/** Why a rule applies to statements that it would not apply to by what can be read off them. */
const reason = (rule: RuleConfig, matching: readonly StatementFacts[]): string | undefined =>
  matching.some((facts) => holdsAsRead(rule.when, facts)) ? undefined : matching[0]?.dynamic

/** Milliseconds that a request waits where its rule doesn't say. */
const EXPIRES = 600_000

/**
 * The rules that may apply to a text, in their order. `do: allow` says that nothing is done, and nothing is.
 * @param statements those of the text that differ
 * @param alone whether the text is one statement
 */
export const candidates = (
  rules: readonly RuleConfig[],
  statements: readonly StatementFacts[],
  alone = statements.length === 1,
): readonly Candidate[] =>
  rules
    .filter((rule) => rule.do !== 'allow')
    .flatMap((rule) => {
      const matching = statements.filter((facts) => holdsForStatement(rule.when, facts))
      if (matching.length === 0) return []
      // With others in one text, what was prepared is not known before it is run.
      const later = counts(rule) && alone && matching.every(({ rows }) => rows?.later === true)
      return [{ rule, circumstances: circumstancesOf(rule.when), later, why: reason(rule, matching) }]
    })

/** Those of them that do apply to somebody now, however many rows it is about. */
export const applying = (all: readonly Candidate[], asker: Asker): readonly Candidate[] =>
  all.filter(({ circumstances, later }) => (!circumstances || circumstances(asker)) && (!later || asker.running))

/** What a rule says, and why it says it of this statement. */
const words = (message: string | undefined, why: string | undefined): { readonly message?: string } => {
  if (why === undefined) return message === undefined ? {} : { message }
  return { message: message === undefined ? why : `${message}; ${why}` }
}

export const matchOf = ({ rule: { name, do: verdict, message }, why }: Candidate): RuleMatch => ({
  rule: name,
  do: verdict === 'allow' ? 'warn' : verdict,
  ...words(message, why),
})

export const approvalOf = ({ rule: { name, message, approvers, expires, mode }, why }: Candidate): ApprovalRule => ({
  name,
  ...words(message, why),
  // A rule without approvers doesn't come out of the configuration; were one here, nobody could approve it.
  approvers: approvers ?? { groups: [], count: 1 },
  expires: expires ?? EXPIRES,
  ...(mode && { mode }),
})
