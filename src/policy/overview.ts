import { specLine } from '../masking/spec-name.js'
import type { LoadedConfig } from './config/load.js'
import { budgetWords } from './budget-words.js'
import type { BudgetsConfig } from './config/policy/budgets.js'
import type { RecordingsConfig } from './config/policy/recordings.js'
import type { PolicyConfig } from './config/schema.js'
import { conditionsPhrase } from './rules/asked.js'

/** A policy as it is in force, packs and all. */
export interface PolicyOverview {
  readonly name: string
  readonly hash: string
  readonly mode: 'enforce' | 'observe'
  readonly clearFor: readonly string[]
  readonly packs: readonly string[]
  readonly rules: readonly RuleOverview[]
  readonly masks: readonly MaskOverview[]
  readonly predicates: string
  /** The same for columns of which it says something else. */
  readonly predicatesOf: Readonly<Record<string, string>>
  /** Different constants that one person may compare masked columns with on one day; absent: any number. */
  readonly guessesPerDay?: number
  /** What one person may search masked vectors for. */
  readonly vectors: VectorsOverview
  /** What becomes of output columns that are computed from masked ones. */
  readonly derived: 'hide' | 'refuse'
  readonly budgets: BudgetsConfig
  /** The same in words. */
  readonly budgetWords: Readonly<Record<string, string>>
  /** How much of results is recorded. */
  readonly recordings: RecordingsConfig
  readonly trustedFunctions: readonly string[]
  /** Users of the database as whom entries of `access` with this policy log their people in, where they have their own. */
  readonly logins: readonly { readonly connection: string; readonly user: string }[]
}

export interface MaskOverview {
  readonly columns: readonly string[]
  readonly with: string
  /** `hide`: nothing tells where there is no value. */
  readonly nulls: 'keep' | 'hide'
  /** What becomes of distances from a vector. */
  readonly distances: 'hide' | 'compare' | 'show'
}

export interface VectorsOverview {
  /** Rows of one search. */
  readonly k: number
  /** Different vectors to search with: of a session, or of a person on one day. */
  readonly queriesPerSession?: number
  readonly queriesPerDay?: number
  /** Rows that are found by distances; absent: any number. */
  readonly neighborsPerDay?: number
}

const vectorsOf = ({ vectors: { k, queries, queriesPerDay, neighbors } }: PolicyConfig): VectorsOverview => ({
  k,
  ...(queriesPerDay === undefined ? { queriesPerSession: queries } : { queriesPerDay }),
  ...(neighbors !== undefined && { neighborsPerDay: neighbors }),
})

export interface RuleOverview {
  readonly name: string
  readonly do: string
  readonly pack?: string
  /** The conditions in words. */
  readonly when: string
  readonly message?: string
  readonly approvers?: { readonly groups: readonly string[]; readonly count: number }
}

const loginsUnder = ({ config }: LoadedConfig, policy: string): PolicyOverview['logins'] =>
  Object.entries(config.connections).flatMap(([connection, { access }]) => {
    const users = access.flatMap((entry) => (entry.policy === policy && entry.login ? [entry.login.user] : []))
    return [...new Set(users)].map((user) => ({ connection, user }))
  })

export const policyOverview = (loaded: LoadedConfig, name: string): PolicyOverview => {
  const policy = loaded.config.policies[name]!
  return {
    name,
    hash: loaded.policyHash(name),
    mode: policy.mode,
    clearFor: policy.clear_for,
    packs: policy.packs,
    rules: policy.rules.map(({ name: rule, do: verdict, pack, when, message, approvers }) => ({
      ...{ name: rule, do: verdict, when: conditionsPhrase(when) },
      ...(pack !== undefined && { pack }),
      ...(message !== undefined && { message }),
      ...(approvers && { approvers }),
    })),
    masks: policy.masks.map((mask) => ({
      columns: mask.columns,
      with: mask.with === undefined ? 'as its type allows' : specLine(mask.with),
      nulls: mask.nulls ?? 'keep',
      distances: mask.distances ?? 'hide',
    })),
    predicates: policy.predicates.default,
    predicatesOf: policy.predicates.columns,
    ...(policy.predicates.guesses !== undefined && { guessesPerDay: policy.predicates.guesses }),
    vectors: vectorsOf(policy),
    derived: policy.derived,
    budgets: policy.budgets ?? {},
    budgetWords: budgetWords(policy.budgets ?? {}),
    recordings: policy.recordings ?? { rows: 'sample' },
    trustedFunctions: policy.trusted_functions,
    logins: loginsUnder(loaded, name),
  }
}
