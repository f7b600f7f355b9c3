import type { Asker, Guard } from '../../policy/decision.js'
import type { Journal } from './journal.js'
import { Caps } from './caps.js'
import { Overrun } from './overrun.js'
import { Queue, type Request } from './requests.js'
import type { Metering } from './rows.js'
import { SearchPath } from './search-path.js'
import { Strangers } from './strangers.js'

/** What both directions of one relay know. */
export class RelayState {
  readonly queue = new Queue<Request>()
  readonly guard: Guard | undefined
  readonly journal: Journal
  readonly asker: Asker
  /** Absent where the policy has no budgets. */
  readonly metering: Metering | undefined
  readonly overrun = new Overrun()
  readonly caps: Caps
  readonly strangers = new Strangers()
  /** An error was reported and no Sync has followed it yet: the server ignores what comes. */
  skipping = false
  /** The server takes COPY data, and the client has not ended them: a Sync sent now is swallowed. */
  copyIn = false
  /** The statement at the head is a COPY FROM STDIN that has begun. */
  copying = false
  /** Bytes of COPY data since the COPY began. */
  copyInBytes = 0
  /** The client has said Terminate. */
  terminated = false
  transaction: 'I' | 'T' | 'E' = 'I'

  readonly searchPath: SearchPath

  constructor(
    guard: Guard | undefined,
    journal: Journal,
    asker: Asker,
    metering?: Metering,
    searchPath = new SearchPath(),
  ) {
    this.searchPath = searchPath
    this.guard = guard
    this.caps = new Caps(guard)
    this.journal = journal
    this.asker = asker
    this.metering = metering
  }

  /** Enters a request that is being forwarded, unless the server is going to ignore it. */
  push(request: Request): void {
    if (this.skipping) {
      if (request.kind !== 'sync') return this.skipped(request)
      this.skipping = false
    }
    this.queue.push(request)
  }

  /** The server ignored a statement, since an earlier one in its pipeline failed. */
  skipped(request: Request): void {
    if (request.kind === 'bind' && !request.refused)
      this.journal.result(request.statement, { tag: 'skipped', rows: 0, bytes: 0, masked: 0 })
  }

  /** The oldest request without its answer. */
  head(): Request | undefined {
    for (;;) {
      const head = this.queue.peek()
      if (head?.kind !== 'copy-end') return head
      this.queue.shift()
    }
  }
}
