import { HoopError } from '../../lib/errors.js'
import type { LoadedConfig } from '../../policy/config/load.js'
import type { EntryLogin } from '../../policy/config/sections/entry-login.js'
import { accessTo } from '../../gateway/access/access.js'
import { accessView } from '../../gateway/access/view.js'

/** Whose view is wanted: a policy by its name, or whatever somebody of these groups, or by that name, gets. */
export interface Choice {
  readonly policy?: string
  readonly groups?: readonly string[]
  readonly person?: string
}

export interface Terms {
  readonly policyName: string
  /** Whether masked columns are shown in the clear. */
  readonly clear: boolean
  readonly groups: readonly string[]
  /** Of the entry by which somebody gets this policy, where it has its own. */
  readonly login?: EntryLogin | undefined
}

const unclear = (connection: string, names: readonly string[]): HoopError =>
  names.length === 0
    ? new HoopError('USAGE', `nobody may use ${connection}`, { hint: 'Give it access in hoop.yaml.' })
    : new HoopError('USAGE', `${connection} is used under several policies: ${names.join(', ')}`, {
        hint: 'Say which with --policy, or for whom with --group or --person.',
      })

/**
 * The terms that a session of that choice would have.
 * @throws {HoopError} USAGE where it isn't clear which, ACCESS_DENIED where nobody of these groups may connect
 */
export const termsFor = (loaded: LoadedConfig, connection: string, choice: Choice): Terms => {
  const { policies, connections } = loaded.config
  const groups = choice.groups ?? []
  const named = (policyName: string): Terms => {
    const policy = Object.hasOwn(policies, policyName) ? policies[policyName] : undefined
    if (!policy)
      throw new HoopError('USAGE', `there is no policy ${policyName}`, {
        hint: `There are: ${Object.keys(policies).join(', ')}`,
      })
    const login = connections[connection]?.access.find((entry) => entry.policy === policyName)?.login
    return { policyName, clear: policy.clear_for.some((group) => groups.includes(group)), groups, login }
  }
  if (choice.policy !== undefined) return named(choice.policy)
  if (groups.length > 0 || choice.person !== undefined) {
    const person = { subject: choice.person ?? '', groups, ...(choice.person && { email: choice.person }) }
    const { policy, clear, entry } = accessTo(accessView(loaded.config), person, connection)
    return { policyName: policy, clear, groups, login: entry.login }
  }
  const names = [...new Set(connections[connection]?.access.map(({ policy }) => policy))]
  const [only] = names
  if (only === undefined || names.length > 1) throw unclear(connection, names)
  return named(only)
}
