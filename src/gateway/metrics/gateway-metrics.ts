import type { ApprovalState } from '../../lib/api/approvals.js'
import type { ErrorCode } from '../../lib/errors.js'
import type { RecordingTimes } from '../../recording/recorder.js'
import { AnalystMetrics } from './analyst-metrics.js'
import { ConnectionMetrics } from './connection-metrics.js'
import { Distribution, latencyBounds, waitBounds } from './distribution.js'
import { LabelledCounts } from './labelled-counts.js'

/** What a statement can wait for outside of its session. */
export const waits = ['approval', 'catalog', 'own', 'decision'] as const
export type Wait = (typeof waits)[number]

/** Why a stream came to no session: an error of hoop's, or one of the database's own at login. */
export type StreamRefusal = ErrorCode | 'SERVER'

/** What became of a request for approval. */
export type ApprovalOutcome =
  'requested' | Extract<ApprovalState, 'approved' | 'denied' | 'expired' | 'withdrawn' | 'break-glass'>

/** Everything that a gateway counts while it runs. It is counted whether somebody asks for it or not. */
export class GatewayMetrics implements RecordingTimes {
  readonly #connections = new Map<string, ConnectionMetrics>()
  /** Connections of agents that have been let in, and have not been closed. */
  links = 0
  linksOpened = 0
  /** Of these, how many ended without a goodbye. */
  linksLost = 0
  /** Seconds from a PING to its answer. */
  readonly pings = new Distribution(waitBounds)
  readonly refusedStreams = new LabelledCounts<'connection' | 'code'>()
  readonly refusedConnections = new LabelledCounts<'limit'>()
  readonly approvals = new LabelledCounts<'connection' | 'outcome'>()
  /** Seconds. */
  readonly waited: Readonly<Record<Wait, Distribution>> = {
    approval: new Distribution(waitBounds),
    catalog: new Distribution(waitBounds),
    own: new Distribution(waitBounds),
    decision: new Distribution(waitBounds),
  }
  readonly analyst = new AnalystMetrics()
  /** Seconds of each query. */
  readonly store = new Distribution(latencyBounds)
  storeFailures = 0
  /** Seconds of each write, and of bringing what was written to the disk. */
  readonly recording = { write: new Distribution(latencyBounds), sync: new Distribution(latencyBounds) }
  recordingFailures = 0
  webhooksUndelivered = 0
  /** Leaves of the ledger, writes of it that failed, rows of the store that weren't entered, and checkpoints that a copy or a witness did not take. */
  readonly ledger = { size: 0, failures: 0, refused: 0, copiesFailed: 0, copied: 0, witnessesFailed: 0, witnessed: 0 }
  /** Recordings that are there, and their bytes, as last looked at; those that were removed, by why; runs that failed. */
  readonly retention = { recordings: 0, bytes: 0, removed: { age: 0, size: 0, erased: 0 }, failures: 0 }
  /** By target: events that it has taken, attempts that failed, leaves of the ledger that it has not come to. */
  readonly events = new Map<string, { sent: number; failed: number; behind: number }>()
  /** Tokens that came with another key than the one they belong to. */
  strangeKeys = 0
  readonly exchanges = new LabelledCounts<'outcome'>()
  /** The last reload was not taken up: what is in force isn't what the file says. */
  reloadFailed = false
  /** Seconds by which the event loop is late. */
  readonly eventLoop = new Distribution(latencyBounds)

  /** @param name of a connection in the configuration */
  connection(name: string): ConnectionMetrics {
    let found = this.#connections.get(name)
    if (!found) this.#connections.set(name, (found = new ConnectionMetrics()))
    return found
  }

  get connections(): ReadonlyMap<string, ConnectionMetrics> {
    return this.#connections
  }

  /** @returns to be called when it is closed */
  linkOpened(): () => void {
    this.links++
    this.linksOpened++
    return () => void this.links--
  }

  /** @param milliseconds from a PING on a link to its answer */
  pinged(milliseconds: number): void {
    this.pings.observe(milliseconds / 1000)
  }

  /** @param connection '' where it isn't known yet */
  streamRefused(connection: string, code: StreamRefusal): void {
    this.refusedStreams.add({ connection, code })
  }

  approval(connection: string, outcome: ApprovalOutcome): void {
    this.approvals.add({ connection, outcome })
  }

  /** @param milliseconds of one query */
  queried(milliseconds: number, failed: boolean): void {
    this.store.observe(milliseconds / 1000)
    if (failed) this.storeFailures++
  }

  wrote(milliseconds: number): void {
    this.recording.write.observe(milliseconds / 1000)
  }

  synced(milliseconds: number): void {
    this.recording.sync.observe(milliseconds / 1000)
  }

  failed(): void {
    this.recordingFailures++
  }
}
