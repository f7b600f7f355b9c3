import type { Actor } from '../../lib/api.js'
import { system } from '../../lib/api/acts.js'
import { HoopError } from '../../lib/errors.js'
import { durationText } from '../../lib/when.js'
import { ApprovalRecords } from '../../store/approvals/approvals.js'
import type { ApprovalRecord } from '../../store/approvals/rows.js'
import type { Store } from '../../store/open.js'
import type { Approvals } from '../approvals/approvals.js'
import { maySee, type Person as Asker } from '../approvals/rights.js'
import { newSessionId } from '../session/id.js'
import type { SessionRegistry } from '../session/registry.js'
import { askableEntry, type Person } from './access.js'
import type { Accesses } from './accesses.js'
import type { WriteAudit } from './audit-log.js'
import type { Order } from './holdings.js'
import { askedBy } from './entry-key.js'
import { demandReason, hasMatch } from './terms.js'
import type { AccessView } from './view.js'

export interface AskingOptions {
  readonly store: Pick<Store, 'db'>
  readonly view: () => AccessView
  readonly approvals: Pick<Approvals, 'add' | 'holds' | 'news' | 'records' | 'assertIn'>
  readonly accesses: Accesses
  readonly registry: Pick<SessionRegistry, 'end'>
  readonly write: WriteAudit
}

/** What somebody asks for. */
export interface Wish {
  readonly connection: string
  /** May be left out where only one can be asked for. */
  readonly policy?: string
  /** Milliseconds. */
  readonly for: number
  readonly reason: string
}

/** Milliseconds that a request waits for its approvers. */
const waits = 24 * 3_600_000

const keyOf = (subject: string, connection: string, policy: string): string =>
  `access:${JSON.stringify([subject, connection, policy])}`

/** Access for a while: asked for, and taken back. It is approved where statements are. */
export class Asking {
  readonly #options: AskingOptions

  constructor(options: AskingOptions) {
    this.#options = options
  }

  /**
   * @throws {HoopError} ACCESS_DENIED where there is nothing to ask for, REASON_REQUIRED, REQUEST_INVALID for what is too
   * long or waits already, STORE_FAILED
   */
  async ask(person: Person & Actor, wish: Wish): Promise<ApprovalRecord> {
    const { approvals, write, view } = this.#options
    const { connection, reason } = wish
    const { subject, name } = person
    const entry = askableEntry(view(), person, connection, wish.policy)
    const { policy, request } = entry
    demandReason(entry, connection, reason)
    if (request.ticket !== undefined && !hasMatch(request.ticket, reason))
      throw new HoopError('REASON_REQUIRED', `with what ${request.ticket} matches in it`)
    if (wish.for > request.longest)
      throw new HoopError('REQUEST_INVALID', `${durationText(request.longest)} at most`, {
        hint: `Ask for less: --for ${durationText(request.longest)}`,
      })
    const key = keyOf(subject, connection, policy)
    const waiting = await approvals.records.open(key, Date.now())
    if (waiting !== undefined)
      throw new HoopError('REQUEST_INVALID', `you have asked for that already: ${waiting}`, {
        hint: `Take it back first: hoop access revoke ${waiting}`,
      })
    const now = Date.now()
    const { groups, count, all } = request.approvers
    const record: ApprovalRecord = {
      id: newSessionId(now),
      ...{ key, subject, name, connection, reason, state: 'open', mode: 'retry', rule: 'access' },
      ...{ database: '', session: '', policyHash: '', parameters: [], votes: [] },
      ...{ groups, needed: count, life: wish.for, access: { policy, for: wish.for } },
      ...(all && { approvers: all }),
      entry: askedBy(entry),
      text: `access to ${connection} under the policy ${policy} for ${durationText(wish.for)}`,
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + waits).toISOString(),
    }
    await approvals.add(record, (transaction) =>
      write(
        {
          ...{ act: 'access.request', by: { subject, name }, target: record.id, subject, reason },
          after: { connection, policy, for: durationText(wish.for) },
        },
        transaction,
      ),
    )
    await approvals.assertIn(subject)
    return record
  }

  /**
   * Takes one back: whoever asked, an approver, or an admin. What lives under it ends first.
   * @throws {HoopError} NOT_FOUND, APPROVAL_SETTLED where it is over already, STORE_FAILED
   */
  async revoke(id: string, by: Asker, isAdmin: boolean, reason: string): Promise<ApprovalRecord> {
    const record = await this.#options.approvals.records.find(id)
    if (!record.access || !maySee(by, isAdmin, record)) throw new HoopError('NOT_FOUND', `request ${id}`)
    await this.#end(record, { by: { subject: by.subject, name: by.name }, reason })
    return this.#options.approvals.records.find(record.id)
  }

  /** Somebody's groups are others: ends what they approved and no longer could. @throws {HoopError} STORE_FAILED */
  async reconsider(subject: string): Promise<void> {
    const { approvals, accesses } = this.#options
    for (const id of accesses.approvedBy(subject)) {
      const record = await approvals.records.find(id)
      if (record.state === 'approved' && !(await approvals.holds(record)))
        await this.#end(record, { by: system, reason: 'somebody who approved it is no longer one of the approvers' })
    }
  }

  async #end(read: ApprovalRecord, { by, reason }: Order): Promise<void> {
    const { accesses, registry, store, write, approvals } = this.#options
    const { id: target, subject, connection, access } = read
    const end = (): void => {
      const error = new HoopError('SESSION_KILLED', `your access to ${connection} was revoked: ${reason}`, {
        hint: 'Ask again, or ask who revoked it.',
      })
      registry.end((session) => session.access.given === target, { error, end: 'killed', by })
      accesses.end(target)
    }
    if (read.state === 'approved') end()
    await store.db.transaction().execute(async (transaction) => {
      const records = new ApprovalRecords(transaction)
      const { state } = await records.find(target)
      if (!(await records.settle(target, ['open', 'approved'], 'withdrawn', Date.now(), reason)))
        throw new HoopError('APPROVAL_SETTLED', 'it is over already', { hint: 'Run: hoop access list --all' })
      const before = { state, connection, policy: access?.policy }
      await write({ act: 'access.revoke', by, target, subject, reason, before }, transaction)
    })
    // It may have been approved since it was read.
    end()
    approvals.news.tell()
  }
}
