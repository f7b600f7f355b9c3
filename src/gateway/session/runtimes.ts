import { questionLimits, type QuestionLimits } from '../budgets/questions.js'
import type { Grant } from '../../identity/types.js'
import { HoopError } from '../../lib/errors.js'
import type { LoadedConfig } from '../../policy/config/load.js'
import type { PolicyConfig } from '../../policy/config/schema.js'
import type { Guard } from '../../policy/decision.js'
import { isProgram } from '../../policy/program.js'
import { groupsThatCount } from '../../policy/counted-groups.js'
import { roleOf, withFixedRole } from '../../policy/role.js'
import { accessTo } from '../access/access.js'
import { demandReason } from '../access/terms.js'
import { type AccessView, accessView } from '../access/view.js'
import { vectorTypeReader } from '../upstream/catalog/vector-types.js'
import type { SessionTimes } from './clock.js'
import type { ConnectionRuntime } from './services.js'
import type { Quarantine } from '../quarantine/quarantine.js'
import { termsKey } from '../quarantine/terms.js'
import { databasesOf, type UpstreamTarget } from '../upstream/target.js'

/** What a guard is made for. */
export interface GuardOrder {
  readonly connection: string
  readonly target: UpstreamTarget
  readonly database: string
  readonly policyName: string
  readonly policy: PolicyConfig
  /** Whether this person sees masked columns in the clear. */
  readonly clear: boolean
}

/** Milliseconds for which a session is kept after its network broke, where the policy says nothing. */
const RESUME = 60_000

export type GuardMaker = (order: GuardOrder) => Promise<Guard>

/** What one configuration means for sessions that begin under it. */
export interface Runtimes {
  readonly view: AccessView
  /** @throws {HoopError} ACCESS_DENIED, CONNECTION_UNKNOWN */
  runtime(grant: Grant): ConnectionRuntime
}

const questionsOf = (policy: PolicyConfig): { questions?: QuestionLimits } => {
  const questions = questionLimits(policy)
  return questions ? { questions } : {}
}

/** Budgets have to know which statements return rows. */
const needsNoGuard = ({ masks, rules, budgets }: PolicyConfig): boolean =>
  masks.length === 0 && rules.length === 0 && budgets === undefined

/** The nearest that says something holds, and `off` says something. */
const timesOf = (...levels: readonly SessionTimes[]): SessionTimes =>
  levels.reduce((wider, { idle = wider.idle, longest = wider.longest }) => ({ idle, longest }))

/**
 * Takes a configuration apart.
 * @param quarantine lets sessions in, once the gateway serves any
 * @param given what people were given for a while
 */
export const createRuntimes = (
  loaded: LoadedConfig,
  makeGuard: GuardMaker,
  quarantine: () => Pick<Quarantine, 'enter' | 'met'>,
  given?: AccessView['given'],
): Runtimes => {
  const { gateway, connections, policies } = loaded.config
  const vectorTypes = vectorTypeReader()
  const view = accessView(loaded.config, given)
  const keys = new Map(Object.keys(connections).map((name) => [name, termsKey(loaded, name)]))
  return {
    view,
    runtime: ({ principal, connection: name, reason }) => {
      // Asked anew for each session: a grant outlives a change of who may what.
      const access = accessTo(view, principal, name)
      demandReason(access.entry, name, reason)
      const [connection, policy, key] = [connections[name], policies[access.policy], keys.get(name)]
      if (!connection || !policy || key === undefined) throw new HoopError('CONNECTION_UNKNOWN', name)
      const role = connection.role && roleOf(connection.role, principal.groups)
      const inForce = role === undefined ? policy : withFixedRole(policy)
      const way = { connection: name, login: access.entry.login }
      const order = { connection: name, policyName: access.policy, policy: inForce, clear: access.clear }
      return {
        name,
        databases: databasesOf(loaded, name),
        policy: { name: access.policy, hash: loaded.policyHash(access.policy) },
        clear: access.clear,
        limits: { sessions: connection.limits.sessions, per_person: connection.limits.sessions_per_person },
        resume: policy.resume ?? RESUME,
        times: timesOf(gateway.limits, connection.limits, policy.limits ?? {}),
        ...(policy.budgets && { budgets: policy.budgets }),
        ...(policy.recordings && { recordings: policy.recordings }),
        ...questionsOf(policy),
        vectorTypes,
        functionCalls: connection.function_calls,
        ...(role !== undefined && { role }),
        ...(way.login && { login: way.login.user }),
        countedGroups: groupsThatCount(policy),
        program: principal.owner !== undefined || isProgram(loaded.config.identity, principal),
        breakGlass: access.breakGlass,
        ...(access.given && { given: access.given.id }),
        enter: async (database, signal) => {
          const target = await quarantine().enter(way, { key, database, policy: access.policy }, signal)
          return {
            upstream: target,
            guard: needsNoGuard(inForce) ? undefined : await makeGuard({ ...order, target, database }),
          }
        },
        met: (error) => quarantine().met(way, error),
      }
    },
  }
}
