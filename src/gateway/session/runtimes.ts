import type { QuestionLimits } from '../budgets/questions.js'
import type { Grant } from '../../identity/types.js'
import { HoopError } from '../../lib/errors.js'
import type { LoadedConfig } from '../../policy/config/load.js'
import type { PolicyConfig } from '../../policy/config/schema.js'
import type { Guard } from '../../policy/decision.js'
import { isProgram } from '../../policy/program.js'
import { accessTo } from '../access/access.js'
import { type AccessView, accessView } from '../access/view.js'
import { vectorTypeReader } from '../upstream/vector-types.js'
import type { SessionTimes } from './clock.js'
import type { ConnectionRuntime } from './services.js'
import { databasesOf, targetOf, type UpstreamTarget } from '../upstream/target.js'

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

export type GuardMaker = (order: GuardOrder) => Promise<Guard>

/** What one configuration means for sessions that begin under it. */
export interface Runtimes {
  readonly view: AccessView
  /** @throws {HoopError} ACCESS_DENIED, CONNECTION_UNKNOWN */
  runtime(grant: Grant): ConnectionRuntime
}

/** Budgets have to know which statements return rows. */
/** What a person may ask on one day about masked values. */
const questionsOf = ({ vectors, predicates }: PolicyConfig): { questions?: QuestionLimits } => {
  const { queriesPerDay: queries, neighbors } = vectors
  const { guesses } = predicates
  return (queries ?? neighbors ?? guesses) === undefined ? {} : { questions: { queries, neighbors, guesses } }
}

const needsNoGuard = ({ masks, rules, budgets }: PolicyConfig): boolean =>
  masks.length === 0 && rules.length === 0 && budgets === undefined

/** The nearest that says something holds, and `off` says something. */
const timesOf = (...levels: readonly SessionTimes[]): SessionTimes =>
  levels.reduce((wider, { idle = wider.idle, longest = wider.longest }) => ({ idle, longest }))

/**
 * Takes a configuration apart, so that what is wrong with its files shows now and not at somebody's login.
 * @throws {HoopError} UPSTREAM_TLS where a certificate file that it names can't be read
 */
export const createRuntimes = (loaded: LoadedConfig, makeGuard: GuardMaker): Runtimes => {
  const { gateway, connections, policies } = loaded.config
  const vectorTypes = vectorTypeReader()
  const view = accessView(loaded.config)
  const targets = new Map(Object.keys(connections).map((name) => [name, targetOf(loaded, name)]))
  return {
    view,
    runtime: ({ principal, connection: name }) => {
      // Asked anew for each session: a grant outlives a change of who may what.
      const access = accessTo(view, principal, name)
      const [connection, policy, target] = [connections[name], policies[access.policy], targets.get(name)]
      if (!connection || !policy || !target) throw new HoopError('CONNECTION_UNKNOWN', name)
      const order = { connection: name, target, policyName: access.policy, policy, clear: access.clear }
      return {
        name,
        upstream: target,
        databases: databasesOf(loaded, name),
        policy: { name: access.policy, hash: loaded.policyHash(access.policy) },
        clear: access.clear,
        limits: { sessions: connection.limits.sessions, per_person: connection.limits.sessions_per_person },
        times: timesOf(gateway.limits, connection.limits, policy.limits ?? {}),
        ...(policy.budgets && { budgets: policy.budgets }),
        ...questionsOf(policy),
        vectorTypes: (database) => vectorTypes(target, database),
        functionCalls: connection.function_calls,
        program: isProgram(loaded.config.identity, principal),
        breakGlass: access.breakGlass,
        guard: async (database) => (needsNoGuard(policy) ? undefined : await makeGuard({ ...order, database })),
      }
    },
  }
}
