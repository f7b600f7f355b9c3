import type { Logger } from 'pino'
import type { RetentionLimits } from '../../policy/config/sections/retention.js'
import type { Store } from '../../store/open.js'
import type { WriteAudit } from '../access/audit-log.js'
import type { Ledgers } from '../ledger/open.js'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import type { StatementIndex } from '../statements/statement-index.js'
import { Erasing } from './erasing.js'
import { Holds } from './holds.js'
import { Retention } from './retention.js'
import { Taken } from './taken.js'
import { Turns } from './turns.js'

export interface KeepingOptions {
  readonly store: Pick<Store, 'db'>
  readonly ledgers: Pick<Ledgers, 'ledger' | 'acts' | 'damage'>
  /** Folder. */
  readonly recordings: string
  readonly write: WriteAudit
  readonly statements: Pick<StatementIndex, 'erase'>
  readonly limits: RetentionLimits
  readonly log: Logger
  readonly metrics: Pick<GatewayMetrics, 'retention'>
}

/** What recordings are kept, how long, and who says so. */
export class Keeping implements AsyncDisposable {
  readonly holds: Holds
  readonly retention: Retention
  readonly erasing: Erasing
  readonly taken: Taken

  constructor(options: KeepingOptions) {
    const { store, ledgers, recordings, write, statements, limits, log, metrics } = options
    const { db } = store
    const turns = new Turns()
    this.taken = new Taken(turns)
    const { ledger, acts, damage } = ledgers
    const isInForce = (id: string): boolean => ledger.holds.isInForce(id)
    this.holds = new Holds({ db, write, entered: () => acts.entered(), isInForce, turns })
    const shared = { ...{ db, ledger, recordings, turns, damage, metrics }, isTaken: () => this.taken.isTaken }
    this.erasing = new Erasing({ ...shared, write, statements })
    this.retention = new Retention({ ...shared, log, limits, erasing: this.erasing })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.retention[Symbol.asyncDispose]()
  }
}
