import type { SessionEnd } from '../../lib/api.js'
import type { ErrorCode } from '../../lib/errors.js'
import { Distribution, latencyBounds } from './distribution.js'
import { LabelledCounts } from './labelled-counts.js'

/** Pairs of codes and rules that are kept apart: reading them all is work of the event loop that carries sessions. */
const MOST_REFUSALS = 200

/** What became of a statement. Each is counted once. */
export type StatementVerdict =
  /** It ran. */
  | 'allowed'
  /** It ran, with a warning of a rule. */
  | 'warned'
  /** It ran under a policy that only observes; a rule would have done something. */
  | 'observed'
  /** It ran behind an approval. */
  | 'approved'
  /** It would have been refused; the server only parsed it, and found a mistake. */
  | 'checked'
  | 'refused'

/**
 * What the sessions on one connection do, in plain numbers: counting is an addition. They only grow, and end with the
 * process.
 */
export class ConnectionMetrics {
  started = 0
  readonly ended: Record<SessionEnd, number> = { closed: 0, aborted: 0, killed: 0, lapsed: 0, failed: 0 }
  readonly statements: Record<StatementVerdict, number> = {
    ...{ allowed: 0, warned: 0, observed: 0, approved: 0, checked: 0, refused: 0 },
  }
  /** By the name of the rule, or where none says so by the error's code alone. */
  readonly refusals = new LabelledCounts<'code' | 'rule'>(MOST_REFUSALS)
  /** Statements that the server answered with an error. */
  errors = 0
  rows = 0
  /** Of results, as they left. */
  bytes = 0
  /** Values. */
  masked = 0
  /** Bytes that were read, by the side that sent them. */
  readonly received = { client: 0, server: 0 }
  /** Seconds from reading on one side to writing on the other. */
  readonly toServer = new Distribution(latencyBounds)
  readonly toClient = new Distribution(latencyBounds)

  /** @param rule its name in the policy */
  refused(code: ErrorCode, rule = ''): void {
    this.statements.refused++
    this.refusals.add({ code, rule })
  }

  get open(): number {
    const { closed, aborted, killed, lapsed, failed } = this.ended
    return this.started - closed - aborted - killed - lapsed - failed
  }
}
