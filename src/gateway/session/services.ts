import type { Logger } from 'pino'
import type { Grant } from '../../identity/types.js'
import type { RecordingsConfig } from '../../policy/config/policy/recordings.js'
import type { BudgetsConfig } from '../../policy/config/schema.js'
import type { SessionCounters, SessionSummary } from '../../lib/api.js'
import type { SessionTimes } from './clock.js'
import type { ConnectionLimits } from './quota.js'
import type { SessionEnding } from '../../store/sessions/session-index.js'
import type { Guard } from '../../policy/decision.js'
import type { SessionRecorder, StartEvent } from '../../recording/events.js'
import type { SignedRequest } from '../../identity/authenticator.js'
import type { Approvals } from '../approvals/approvals.js'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import type { Webhooks } from '../webhooks/webhooks.js'
import type { PersonUsage } from '../budgets/person-usage.js'
import type { QuestionLimits } from '../budgets/questions.js'
import type { VectorTypes } from '../budgets/vectors.js'
import type { UpstreamTarget } from '../upstream/target.js'

/** What a session goes by that was let in. */
export interface Entered {
  readonly upstream: UpstreamTarget
  /** Absent where the policy has neither masks nor rules nor budgets. */
  readonly guard: Guard | undefined
}

/** What a grant's holder gets on a connection, under the configuration in force now. */
export interface ConnectionRuntime {
  readonly name: string
  /** The first is what a defaulted name means. */
  readonly databases: readonly [string, ...string[]]
  readonly policy: { readonly name: string; readonly hash: string }
  /** Whether masked columns are shown in the clear. */
  readonly clear: boolean
  /**
   * Lets a session in to one database.
   * @throws {HoopError} why the connection is quarantined, or the signal's reason: the session is refused
   */
  enter(database: string, signal: AbortSignal): Promise<Entered>
  /** What a session met on its way to the database, having been let in. */
  met(error: unknown): void
  /** How much of results is recorded; absent where the policy doesn't say. */
  readonly recordings?: RecordingsConfig
  /** Absent where the policy has none. */
  readonly budgets?: BudgetsConfig
  /** What one person may ask about masked values within a day; absent where that isn't bounded. */
  readonly questions?: QuestionLimits
  /** The types whose values count as vectors, in one database; asked only where vectors are counted. */
  vectorTypes(upstream: UpstreamTarget, database: string): Promise<VectorTypes>
  /** The FunctionCall message (`F`) is refused unless the policy allows it. */
  readonly functionCalls: boolean
  /** As which role the session goes on behind the login; absent where it is the login's. */
  readonly role?: string
  /** User of the database by an entry's own login; absent where it is the connection's. */
  readonly login?: string
  /** Groups by which rules of the policy go. */
  readonly countedGroups?: readonly string[]
  /** The grant's holder is a program, no human. */
  readonly program: boolean
  /** Whether the grant's holder may run without an approval what needs one, in an emergency. */
  readonly breakGlass: boolean
  /** Id of the access for a while that gives it. */
  readonly given?: string
  readonly limits?: ConnectionLimits
  readonly times?: SessionTimes
  /** Milliseconds for which a session is kept after its network broke; 0: not at all. */
  readonly resume: number
}

export interface Limits {
  /** Largest Query, Parse, Bind or FunctionCall message that is assembled, bytes. */
  readonly message: number
  /** Bytes of unfinished messages that all sessions together may hold. */
  readonly buffered: number
  /** What one session may have given names to. */
  readonly names: { readonly count: number; readonly bytes: number }
  /** Bytes of one transaction's messages that a session keeps, to play them again where the catalog has changed. */
  readonly replay: number
  /** Live sessions of the gateway. */
  readonly sessions: number
  /** Milliseconds for the client's connection request. */
  readonly startup: number
}

/** The index of sessions in the store. Writes may be asynchronous but keep their order. */
export interface SessionIndex {
  started(session: SessionSummary): Promise<void>
  progress(id: string, counters: SessionCounters): void
  ended(id: string, ending: SessionEnding): Promise<void>
}

/** What a stream and its session need of the rest of the gateway; made in start.ts, replaced by nothing. */
export interface SessionServices {
  /** Checks the request's grant and proof. @throws {HoopError} of the identity codes */
  authenticate(request: SignedRequest): Promise<Grant>
  /** @throws {HoopError} ACCESS_DENIED, CONNECTION_UNKNOWN */
  runtime(grant: Grant): Promise<ConnectionRuntime>
  /** @throws {HoopError} RECORDING_FAILED */
  openRecording(start: StartEvent): Promise<SessionRecorder>
  readonly index: SessionIndex
  readonly webhooks: Pick<Webhooks, 'emit'>
  readonly approvals: Approvals
  /** What a person got in the hour and day that are running, over all of their sessions. */
  readonly usage: { person(subject: string): PersonUsage }
  readonly limits: Limits
  readonly metrics: GatewayMetrics
  readonly version: string
  readonly log: Logger
}
