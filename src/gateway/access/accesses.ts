import type { ApprovalRecord } from '../../store/approvals/rows.js'
import type { GivenAccess } from './view.js'

interface Active extends GivenAccess {
  readonly subject: string
  readonly connection: string
  /** Subjects of those who approved it. */
  readonly by: readonly string[]
}

/** How many that have ended are remembered: far more than can be on their way at once. */
const remembered = 10_000

/** What people were given for a while: asked in memory, since every grant and every session asks. */
export class Accesses {
  readonly #active = new Map<string, Active>()
  /** Word of an approval may come after that of the end, and puts nothing in force then. */
  readonly #over = new Set<string>()
  readonly #changed: () => void

  /** @param changed something ended that sessions may live under */
  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** A request has come to an end, or was approved: it is in force from now on, or no more. */
  settled(record: ApprovalRecord): void {
    const { id, state, access, entry, subject, connection, settledAt, expiresAt, votes } = record
    if (!access) return
    const by = votes.map((vote) => vote.subject)
    if (state === 'approved') {
      if (this.#over.has(id)) return
      const [approvedAt, ends] = [Date.parse(settledAt ?? ''), Date.parse(expiresAt)]
      const of = { id, by, subject, connection, policy: access.policy, entry }
      this.#active.set(id, { ...of, approvedAt, expiresAt: ends })
    } else this.end(id)
  }

  /** Ends one, before anything is written of it. */
  end(id: string): void {
    this.#over.add(id)
    const [oldest] = this.#over
    if (this.#over.size > remembered) this.#over.delete(oldest!)
    if (this.#active.delete(id)) this.#changed()
  }

  /** Ends what somebody who is shut out has, or has approved. */
  endOf(subject: string): void {
    for (const one of [...this.#active.values()])
      if (one.subject === subject || one.by.includes(subject)) this.end(one.id)
  }

  /** In force now, newest first. */
  of(subject: string, connection: string): GivenAccess[] {
    const now = Date.now()
    return [...this.#active.values()]
      .filter((one) => one.subject === subject && one.connection === connection && one.expiresAt > now)
      .sort((one, other) => other.approvedAt - one.approvedAt)
  }

  /** Ids of those that somebody approved and nothing has ended yet. */
  approvedBy(subject: string): readonly string[] {
    return [...this.#active.values()].flatMap(({ id, by }) => (by.includes(subject) ? [id] : []))
  }
}
