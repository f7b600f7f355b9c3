import type { PolicyConfig } from './config/schema.js'

const known = new WeakMap<PolicyConfig, readonly string[]>()

/** The groups by which rules of a policy go: who gains or loses one is under other rules. */
export const groupsThatCount = (policy: PolicyConfig): readonly string[] => {
  const found = known.get(policy) ?? [
    ...new Set(policy.rules.flatMap(({ when }) => [...(when.groups ?? []), ...(when.not_groups ?? [])])),
  ]
  known.set(policy, found)
  return found
}
