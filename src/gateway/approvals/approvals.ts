import type { Transaction } from 'kysely'
import type { Actor } from '../../lib/api.js'
import { system } from '../../lib/api/acts.js'
import type { ApprovalVote } from '../../lib/api/approvals.js'
import { HoopError } from '../../lib/errors.js'
import type { ApprovalRecord } from '../../store/approvals/rows.js'
import { type Ended, forgetRequestsOf, forgetStandingOf, type Which } from '../../store/approvals/of-revoked.js'
import { ApprovalRecords } from '../../store/approvals/approvals.js'
import { stillApproved } from '../../store/approvals/counting.js'
import type { Tables } from '../../store/schema.js'
import { decided, expired, requested } from './announcements.js'
import { News } from './news.js'
import type { ApprovalsOptions } from './options.js'
import { mayDecide, maySee, notYours, type Person } from './rights.js'
import { groupsStillNamed, StandingApprovals } from './standing.js'

/** Requests of one person that wait at once, unless told otherwise: approvers have to find those of others among them. */
const mostOpen = 100

/** Milliseconds between two looks for requests whose time is over. */
const sweepEvery = 1000

/** The requests for approval of one gateway: made by sessions, decided on by people, and told to whoever waits. */
export class Approvals implements AsyncDisposable {
  readonly records: ApprovalRecords
  readonly standing: StandingApprovals
  readonly news = new News()
  readonly #options: ApprovalsOptions
  readonly #waiters = new Map<string, (record: ApprovalRecord) => void>()
  readonly #timer: NodeJS.Timeout
  #sweeping: Promise<void> = Promise.resolve()

  constructor(options: ApprovalsOptions) {
    this.#options = options
    this.records = new ApprovalRecords(options.store.db, { listed: options.listed })
    this.standing = new StandingApprovals(
      options.store.db,
      options.write,
      (subject) => this.isOut(subject),
      options.listed,
    )
    this.#timer = setInterval(() => {
      this.#sweeping = this.sweep().catch((err: unknown) => options.log.error({ err }, 'requests were not swept'))
    }, sweepEvery)
    this.#timer.unref()
  }

  /** Before the first session: what an earlier process held is held no longer. @throws {HoopError} STORE_FAILED */
  async recover(): Promise<void> {
    await this.records.recover(Date.now())
    for (const one of await this.records.list({ states: ['approved'], kind: 'access' }, 10_000))
      this.#options.settled?.(one)
  }

  /** Where a person learns how to decide. */
  address(id: string): string {
    return `${this.#options.url().replace(/\/$/, '')}/approvals/${id}`
  }

  /**
   * @param also is kept with it, or neither is
   * @throws {HoopError} STORE_FAILED; APPROVAL_REQUIRED where too much of the same person's waits already
   */
  async add(record: ApprovalRecord, also?: (transaction: Transaction<Tables>) => Promise<void>): Promise<void> {
    const { most = mostOpen, store } = this.#options
    await store.db.transaction().execute(async (transaction) => {
      const records = new ApprovalRecords(transaction)
      if (record.state === 'open' && (await records.waiting(record.owner ?? record.subject, Date.now())) >= most)
        throw new HoopError('APPROVAL_REQUIRED', `${most} requests of yours wait already`, {
          hint: 'Wait until some are decided on. hoop approvals list shows them.',
        })
      await records.add(record)
      await also?.(transaction)
    })
    this.news.tell()
    this.#options.metrics?.approval(record.connection, record.state === 'break-glass' ? 'break-glass' : 'requested')
    if (record.state === 'open') this.#options.webhooks.emit(requested(record, this.address(record.id)))
  }

  /** Tells `waiter`, once, when the request is decided on or expires. Take it back with the function returned. */
  wait(id: string, waiter: (record: ApprovalRecord) => void): () => void {
    this.#waiters.set(id, waiter)
    return () => void this.#waiters.delete(id)
  }

  /** The groups of somebody that still count: a token, or a sign-in, may be from before they left one. @throws {HoopError} STORE_FAILED */
  groupsOf(person: Pick<Person, 'subject' | 'groups'>): Promise<readonly string[]> {
    return groupsStillNamed(this.#options.store.db, person, this.#options.listed)
  }

  /** Whether somebody made the service token that asks, for somebody else: what it asks for may be their own doing. */
  isMaker(person: string, asking: string): boolean {
    return this.#options.makerOf?.(asking) === person
  }

  /**
   * @param hasRole they see every request, as an admin or auditor; deciding takes more
   * @param look sees what is about to be decided on, and may throw
   * @throws {HoopError} NOT_FOUND for what this person may not see, ACCESS_DENIED for what they may not decide on,
   * APPROVAL_SETTLED, REQUEST_INVALID for a denial without a reason
   */
  async decide(
    id: string,
    asker: Person,
    vote: ApprovalVote['vote'],
    reason: string | undefined,
    hasRole = false,
    look: (record: ApprovalRecord) => void = () => undefined,
  ): Promise<ApprovalRecord> {
    const record = await this.records.find(id)
    const person = { ...asker, groups: await this.groupsOf(asker) }
    if (!maySee(person, hasRole, record)) throw new HoopError('NOT_FOUND', `request ${id}`)
    if (!mayDecide(person, record)) throw notYours(person, record)
    if (this.isMaker(asker.subject, record.subject)) throw notYours({ ...person, subject: record.subject }, record)
    if (vote === 'deny' && reason === undefined) throw new HoopError('REQUEST_INVALID', 'a denial needs a reason')
    look(record)
    const { subject, name } = asker
    const at = new Date().toISOString()
    const entered = { subject, name, vote, at, ...(reason !== undefined && { reason }) }
    const after = await this.records.vote(record.id, entered, ({ id: target, state }, transaction) =>
      this.#options.write(
        {
          ...{
            act: `${record.access ? 'access' : 'approval'}.${vote}`,
            by: { subject, name },
            target,
            subject: record.subject,
            reason,
          },
          ...{ before: { state: record.state }, after: { state, connection: record.connection, rule: record.rule } },
        },
        transaction,
      ),
    )
    await this.assertIn(subject)
    // Before whoever waits for it is told.
    await this.#options.entered?.()
    this.#options.log.info({ request: record.id, subject, vote, state: after.state }, 'a vote on a request')
    this.news.tell()
    if (after.state !== 'open') {
      this.#options.metrics?.approval(after.connection, after.state === 'denied' ? 'denied' : 'approved')
      this.#options.webhooks.emit(decided(after, this.address(after.id)))
      this.#settled(after)
    }
    return after
  }

  /** Whether enough of those who approved it may still do so. @throws {HoopError} STORE_FAILED */
  holds(record: ApprovalRecord): Promise<boolean> {
    const { store, listed } = this.#options
    return stillApproved(store.db, record, { isOut: (subject) => this.isOut(subject), listed })
  }

  /** Statements that wait to be approved. */
  get waiting(): number {
    return this.#waiters.size
  }

  isOut(subject: string): boolean {
    return this.#options.denied.find(subject) !== undefined
  }

  /** What somebody who is shut out has approved for a while, or has so, is no more. @returns how many. @throws {HoopError} STORE_FAILED */
  async forgetStanding(subject: string, by: string): Promise<number> {
    const ended = await forgetStandingOf(this.#options.store.db, subject, by, Date.now())
    this.news.tell()
    return ended
  }

  /** The same of requests that they asked for, or approved: who loses an access so finds an act. @throws {HoopError} STORE_FAILED */
  async forgetRequests(subject: string, by: Actor, which: Which = {}): Promise<readonly Ended[]> {
    const { store, write } = this.#options
    const ended = await forgetRequestsOf(store.db, subject, Date.now(), which, async (one, transaction) => {
      const { id: target, connection, policy, state, why: reason } = one
      const act = { act: 'access.revoke', by, target, subject: one.subject, reason } as const
      if (policy !== null) await write({ ...act, before: { state, connection, policy } }, transaction)
    })
    for (const { id } of ended) {
      const record = await this.records.find(id)
      this.#options.metrics?.approval(record.connection, 'withdrawn')
      this.#settled(record)
    }
    this.news.tell()
    return ended
  }

  /**
   * For what somebody has just written: they may have been shut out meanwhile, and this be all that was overlooked then.
   * @throws {HoopError} PERSON_REVOKED, with what they wrote taken back
   */
  async assertIn(subject: string): Promise<void> {
    const { denied } = this.#options
    const out = denied.find(subject)
    if (out) await Promise.all([this.forgetStanding(subject, out.by.subject), this.forgetRequests(subject, out.by)])
    denied.assert(subject)
  }

  /** The client no longer waits. @returns whether that came before anything else */
  async withdraw({ id, connection }: Pick<ApprovalRecord, 'id' | 'connection'>, why: string): Promise<boolean> {
    const done = await this.records.settle(id, ['open', 'approved'], 'withdrawn', Date.now(), why)
    if (done) {
      this.#options.metrics?.approval(connection, 'withdrawn')
      this.news.tell()
    }
    return done
  }

  /** Ends what nobody decided on in time. */
  async sweep(): Promise<void> {
    const { undecided, over } = await this.records.expire(
      Date.now(),
      ({ id: target, subject, connection, policy }, transaction) =>
        this.#options.write(
          { act: 'access.end', by: system, target, subject, before: { connection, policy } },
          transaction,
        ),
    )
    for (const record of over) {
      this.#settled({ ...record, state: 'expired' })
      this.news.tell()
    }
    for (const record of undecided) {
      this.#options.webhooks.emit(expired(record, this.address(record.id)))
      this.#settled({ ...record, state: 'expired' })
      this.#options.metrics?.approval(record.connection, 'expired')
      this.news.tell()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.#sweeping
  }

  #settled(record: ApprovalRecord): void {
    this.#options.settled?.(record)
    const waiter = this.#waiters.get(record.id)
    this.#waiters.delete(record.id)
    waiter?.(record)
  }
}
