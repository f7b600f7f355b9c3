import type { ConnectionConfig, PolicyConfig, RuleConfig } from './config/schema.js'

/** As which role somebody's sessions go on: that of the first group, in the file's order, that they are in. */
export const roleOf = (
  { default: otherwise, groups }: NonNullable<ConnectionConfig['role']>,
  theirs: readonly string[],
): string => Object.entries(groups).find(([group]) => theirs.includes(group))?.[1] ?? otherwise

/**
 * Nothing that a session sends may change the role that the gateway has chosen. Reading that rests on the same facts as
 * other rules: the statement itself, set_config, and the functions, triggers and blocks that it runs.
 */
const fixedRole: RuleConfig = {
  name: 'fixed-role',
  when: { statement: ['set role', 'set session authorization'] },
  do: 'block',
  firm: 'ROLE_FIXED',
}

const known = new WeakMap<PolicyConfig, PolicyConfig>()

/** The same policy for sessions whose role is fixed. RESET and DISCARD return to what the session began with. */
export const withFixedRole = (policy: PolicyConfig): PolicyConfig => {
  const found = known.get(policy) ?? { ...policy, rules: [fixedRole, ...policy.rules] }
  known.set(policy, found)
  return found
}
