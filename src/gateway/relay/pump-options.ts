import { conditionName } from '../../wire/conditions.js'
import type { Duplex } from 'node:stream'
import type { Actor, SessionEnd } from '../../lib/api.js'
import { HoopError } from '../../lib/errors.js'
import type { Asker, Guard } from '../../policy/decision.js'
import type { MemoryBudget } from '../../wire/cutter.js'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import type { ConnectionMetrics } from '../metrics/connection-metrics.js'
import type { Journal } from './journal.js'
import type { NameLimits } from './machine/names/names.js'
import type { SearchPath } from './machine/server/search-path.js'
import type { Gate } from './machine/suspension/suspension.js'
import type { Metering } from './rows/sinks.js'

export interface PumpOptions {
  readonly client: Duplex
  readonly upstream: Duplex
  readonly guard: Guard | undefined
  readonly journal: Journal
  /** Whose session it is; `now` is read anew for each decision. */
  readonly asker: Asker
  /** What it counts against beside budgets (`accountOf`). */
  readonly account: string
  readonly budget: MemoryBudget
  /** Largest Query, Parse, Bind or FunctionCall message, bytes. */
  readonly message: number
  readonly names: NameLimits
  /** Bytes of one transaction's messages that are kept to be played again. */
  readonly replay: number
  readonly functionCalls: boolean
  /** What `application_name` becomes where the client sets it to its own: it says whose session it is. */
  readonly named: (own: string) => string
  /** Absent where the policy has no budgets. */
  readonly metering?: Metering | undefined
  readonly searchPath?: SearchPath
  /** Who asks for approvals; without one, what needs an approval is refused. */
  readonly gate?: Gate | undefined
  /** What all sessions on the connection count together. */
  readonly metrics?: ConnectionMetrics | undefined
  /** How long statements wait for something outside. */
  readonly waited?: GatewayMetrics['waited'] | undefined
  /** Sends a CancelRequest upstream. */
  readonly cancel: () => Promise<void>
  /** Closes the connection upstream by a reset. */
  readonly reset: () => void
}

export interface RelayEnd {
  readonly end: SessionEnd
  /** For whoever may read of the session. */
  readonly reason?: string
  readonly by?: Actor
  /** What it ended by, in an operator's words. */
  readonly error?: HoopError
}

/** How a session ends whose server has said FATAL: by pg_terminate_backend for example. @param sqlstate of that, where it has */
export const byServer = (sqlstate: string | undefined): RelayEnd | undefined =>
  sqlstate === undefined
    ? undefined
    : { end: 'failed', reason: `the database ended it: ${conditionName(sqlstate) ?? 'an error'} (${sqlstate})` }

/** How a session ends whose client's link broke. @param error by which its stream was destroyed */
export const byNetwork = (error: Error | null): RelayEnd | undefined =>
  error instanceof HoopError ? { end: 'failed', reason: error.message } : undefined
