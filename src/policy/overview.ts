import { specLine } from '../masking/spec-name.js'
import type { LoadedConfig } from './config/load.js'
import { conditionsPhrase } from './rules/asked.js'

/** A policy as it is in force, packs and all. */
export interface PolicyOverview {
  readonly name: string
  readonly hash: string
  readonly mode: 'enforce' | 'observe'
  readonly clearFor: readonly string[]
  readonly packs: readonly string[]
  readonly rules: readonly RuleOverview[]
  readonly masks: readonly { readonly columns: readonly string[]; readonly with: string }[]
  readonly predicates: string
  /** What becomes of output columns that are computed from masked ones. */
  readonly derived: 'hide' | 'refuse'
  readonly budgets: unknown
  readonly trustedFunctions: readonly string[]
}

export interface RuleOverview {
  readonly name: string
  readonly do: string
  readonly pack?: string
  /** The conditions in words. */
  readonly when: string
  readonly message?: string
  readonly approvers?: { readonly groups: readonly string[]; readonly count: number }
}

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
    })),
    predicates: policy.predicates.default,
    derived: policy.derived,
    budgets: policy.budgets ?? {},
    trustedFunctions: policy.trusted_functions,
  }
}
