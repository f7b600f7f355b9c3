import type { Logger } from 'pino'
import type { DenyList } from '../../identity/deny-list.js'
import type { ApprovalRecord } from '../../store/approvals/rows.js'
import type { Store } from '../../store/open.js'
import type { ListedGroups } from '../../store/people/people.js'
import type { WriteAudit } from '../access/audit-log.js'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import type { Webhooks } from '../webhooks/webhooks.js'

/** What the requests for approval of a gateway are made of. */
export interface ApprovalsOptions {
  readonly store: Pick<Store, 'db'>
  readonly webhooks: Pick<Webhooks, 'emit'>
  readonly log: Logger
  readonly write: WriteAudit
  /** Brings into the ledger what was decided. @throws {HoopError} LEDGER_FAILED */
  readonly entered?: () => Promise<void>
  /** Told of each request that was approved or has come to an end. */
  readonly settled?: (record: ApprovalRecord) => void
  /** Counts what becomes of requests. */
  readonly metrics?: Pick<GatewayMetrics, 'approval'>
  /** Who is shut out: what they have approved counts for nothing. */
  readonly denied: Pick<DenyList, 'find' | 'assert'>
  /** What a directory says of groups goes before what the provider said when somebody was here last. */
  readonly listed?: ListedGroups
  /** Who made a service token for somebody else, by its subject: they had its secret. */
  readonly makerOf?: (subject: string) => string | undefined
  /** Requests of one person that wait at once. */
  readonly most?: number
  /** The gateway's address, which people are sent to. */
  readonly url: () => string
}
