import { asHoopError, HoopError } from '../../lib/errors.js'
import { type ApprovalState, valid } from '../../lib/api/approvals.js'
import type { ApprovalRecord } from '../../store/approvals/rows.js'
import { enough } from '../../store/approvals/counting.js'
import { captureParameters } from '../relay/rows/capture.js'
import type { Gate, HeldStatement, Note, Verdict, WaitPosition } from '../relay/machine/suspension/suspension.js'
import { newSessionId } from '../session/id.js'
import type { Webhooks } from '../webhooks/webhooks.js'
import { brokenGlass } from './announcements.js'
import type { Approvals } from './approvals.js'
import { type Bound, bindingOf, meaningOf, statementHash } from './binding.js'
import { mayDecide } from './rights.js'
import { approvalNotice, approvedNotice, denied, expiredInTime, retryLater, tooLong } from './words.js'

export interface GateOptions extends Bound {
  readonly approvals: Approvals
  readonly webhooks: Pick<Webhooks, 'emit'>
  readonly session: string
  readonly name: string
  /** Subject of whose service token asks, where one does. */
  readonly owner?: string
  /** As given with the grant. */
  readonly reason: string | undefined
  /** The grant was asked for in an emergency, and the policy lets this person do that. */
  readonly breakGlass: boolean
  /** The client would rather be refused at once than wait. */
  readonly retry: boolean
  /** Whether what the session began with is still in force. @throws {HoopError} where it is not, with why */
  stillInForce(): Promise<void>
}

/** Characters of a statement that an approver can be asked to read. */
const longest = 64 * 1024

/** With all that it stands for. */
const lengthOf = ({ text, named, searchPath = '' }: HeldStatement): number =>
  [text, ...named, searchPath].reduce((sum, { length }) => sum + length, 0)

type Settled = Extract<ApprovalState, 'approved' | 'denied' | 'expired'>

/** Asks for approvals on behalf of one session. */
export class SessionGate implements Gate {
  readonly #options: GateOptions

  constructor(options: GateOptions) {
    this.#options = options
  }

  async pass(statement: HeldStatement, place: WaitPosition, note: Note, signal: AbortSignal): Promise<Verdict> {
    const { rule } = statement
    if (lengthOf(statement) > longest) return { kind: 'refuse', error: tooLong(longest), rule: rule.name }
    const key = bindingOf(this.#options, statement)
    const given = (await this.#used(key, statement, note)) ?? (await this.#standing(statement, note))
    if (given !== undefined) return { kind: 'approved', rule: rule.name, approval: given }
    if (this.#options.breakGlass) return this.#break(key, statement, note)
    const mode = this.#options.retry ? 'retry' : (rule.mode ?? (place.inTransaction ? 'retry' : 'wait'))
    return mode === 'retry' ? this.#refuse(key, statement, note) : this.#wait(key, statement, place, note, signal)
  }

  /** Whether an approval stands ready, for a while or for one use. */
  async given(statement: HeldStatement): Promise<boolean> {
    const key = bindingOf(this.#options, statement)
    const ready = await this.#options.approvals.records.ready(key, Date.now())
    return ready || (await this.#standing(statement, () => undefined)) !== undefined
  }

  /** An approval that was given since this was refused. */
  async #used(key: string, { rule }: HeldStatement, note: Note): Promise<string | undefined> {
    const found = await this.#options.approvals.records.use(key, Date.now())
    if (!found || !(await this.#options.approvals.holds(found))) return undefined
    this.#options.approvals.news.tell()
    note({ id: found.id, outcome: 'approved', rule: rule.name, by: deciders(found) })
    return found.id
  }

  /** As many people of the rule's groups as it takes have approved this text, with all that it stands for, for a while. */
  async #standing(statement: HeldStatement, note: Note): Promise<string | undefined> {
    const { approvals } = this.#options
    const { text, rule } = statement
    const hash = statementHash(text, meaningOf(this.#options, statement))
    const asked = { ...this.#options, groups: rule.approvers.groups }
    const all = await approvals.standing.covering(this.#options, hash, Date.now())
    const good = (await approvals.standing.inForce(all)).filter(
      ({ by, groups }) =>
        mayDecide({ subject: by.subject, groups }, asked) && !approvals.isMaker(by.subject, this.#options.subject),
    )
    const people = new Map(good.map((one) => [one.by.subject, one]))
    const [first] = people.values()
    const { all: lists = [rule.approvers] } = rule.approvers
    const their = [...people.values()].map(({ groups }) => groups)
    if (!first || !enough(lists, their)) return undefined
    const by = [...people.values()].map((one) => ({ ...one.by, reason: one.reason }))
    note({ id: first.id, outcome: 'standing', rule: rule.name, by })
    return first.id
  }

  async #break(key: string, statement: HeldStatement, note: Note): Promise<Verdict> {
    const { approvals, webhooks } = this.#options
    const record = this.#record(key, statement, 'wait', 'break-glass')
    note(requestOf(record, 'break-glass'), statement)
    await approvals.add(record)
    webhooks.emit(brokenGlass(record, approvals.address(record.id)))
    return { kind: 'approved', rule: record.rule, approval: record.id }
  }

  async #refuse(key: string, statement: HeldStatement, note: Note): Promise<Verdict> {
    const { approvals } = this.#options
    const known = await approvals.records.open(key, Date.now())
    const record = this.#record(key, statement, 'retry', 'open')
    const id = known ?? record.id
    note({ ...requestOf(record, 'requested'), id }, statement)
    if (known === undefined) await approvals.add(record)
    const error = retryLater(statement.rule, id, approvals.address(id))
    return { kind: 'refuse', error, rule: statement.rule.name, approval: id }
  }

  async #wait(
    key: string,
    statement: HeldStatement,
    place: WaitPosition,
    note: Note,
    signal: AbortSignal,
  ): Promise<Verdict> {
    const { approvals } = this.#options
    const record = this.#record(key, statement, 'wait', 'open')
    const { id, rule } = record
    const refuse = (error: HoopError): Verdict => ({ kind: 'refuse', error, rule, approval: id })
    const outcome = Promise.withResolvers<ApprovalRecord | 'withdrawn'>()
    // The recording ends with the session: what is to stand in it has to be said at once.
    const leave = (): void => {
      note({ id, outcome: 'withdrawn', rule, reason: aboutOf(signal) })
      outcome.resolve('withdrawn')
    }
    note(requestOf(record, 'requested'), statement)
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
    const forget = approvals.wait(id, outcome.resolve)
    try {
      await approvals.add(record)
      if (!signal.aborted) place.notice(approvalNotice(record, approvals.address(id)))
      const settled = await outcome.promise
      if (settled === 'withdrawn') {
        await approvals.withdraw(record, aboutOf(signal))
        return refuse(new HoopError('APPROVAL_WITHDRAWN', aboutOf(signal)))
      }
      if (settled.state === 'withdrawn') return this.#withdrawn(settled, note)
      const by = deciders(settled)
      note({ id, outcome: settled.state as Settled, rule, ...(by.length > 0 && { by }) })
      if (settled.state === 'denied') return refuse(denied(settled))
      if (settled.state !== 'approved') return refuse(expiredInTime(record))
      const obsolete = await this.#obsolete(settled, signal)
      if (obsolete) {
        await approvals.withdraw(record, obsolete.about)
        return refuse(obsolete)
      }
      // One use, whatever comes of it.
      if (!(await approvals.records.settle(id, ['approved'], 'used', Date.now())))
        return refuse(new HoopError('APPROVAL_SETTLED'))
      approvals.news.tell()
      place.notice(approvedNotice(settled))
      return { kind: 'approved', rule, approval: id }
    } finally {
      forget()
      signal.removeEventListener('abort', leave)
    }
  }

  /** Not by the client. */
  #withdrawn({ id, rule, why = '' }: ApprovalRecord, note: Note): Verdict {
    note({ id, outcome: 'withdrawn', rule, reason: why })
    return { kind: 'refuse', error: new HoopError('APPROVAL_WITHDRAWN', why), rule, approval: id }
  }

  /** Why an approval that was given counts no more. */
  async #obsolete(settled: ApprovalRecord, signal: AbortSignal): Promise<HoopError | undefined> {
    if (!(await this.#options.approvals.holds(settled)))
      return new HoopError(
        'APPROVAL_WITHDRAWN',
        lostBy(settled, (subject) => this.#options.approvals.isOut(subject)),
      )
    try {
      await this.#options.stillInForce()
    } catch (error) {
      return asHoopError(error)
    }
    return signal.aborted ? new HoopError('APPROVAL_WITHDRAWN', aboutOf(signal)) : undefined
  }

  #record(
    key: string,
    statement: HeldStatement,
    mode: ApprovalRecord['mode'],
    state: ApprovalRecord['state'],
  ): ApprovalRecord {
    const { subject, name, owner, connection, database, session, policyHash, reason } = this.#options
    const { text, rule, parameters, parameterFormats } = statement
    const now = Date.now()
    return {
      id: newSessionId(now),
      ...{ key, state, mode, subject, name, connection, database, session, policyHash, text },
      meaning: meaningOf(this.#options, statement),
      ...(owner !== undefined && { owner }),
      rule: rule.name,
      ...(rule.message !== undefined && { message: rule.message }),
      groups: rule.approvers.groups,
      needed: rule.approvers.count,
      ...(rule.approvers.all && { approvers: rule.approvers.all }),
      parameters: captureParameters(parameters, parameterFormats) ?? [],
      ...(reason !== undefined && { reason }),
      life: rule.expires,
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + rule.expires).toISOString(),
      ...(state !== 'open' && { settledAt: new Date(now).toISOString() }),
      votes: [],
    }
  }
}

const aboutOf = ({ reason }: AbortSignal): string => (reason instanceof HoopError ? reason.about : 'the session ended')

const lostBy = ({ votes }: ApprovalRecord, isOut: (subject: string) => boolean): string =>
  votes.some(({ subject }) => isOut(subject))
    ? 'somebody who approved it was shut out'
    : 'somebody who approved it is no longer one of the approvers'

const deciders = ({ votes }: ApprovalRecord) =>
  valid(votes).map(({ subject, name, reason }) => ({ subject, name, ...(reason !== undefined && { reason }) }))

const requestOf = (
  { id, rule, reason, text, meaning }: ApprovalRecord,
  outcome: 'requested' | 'break-glass',
): Parameters<Note>[0] => ({
  ...{ id, outcome, rule, text },
  ...(meaning && { meaning }),
  ...(reason !== undefined && { reason }),
})
