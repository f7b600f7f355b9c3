import type { Kysely, Selectable, Transaction } from 'kysely'
import type { ApprovalState, ApprovalVote } from '../../lib/api/approvals.js'
import { HoopError } from '../../lib/errors.js'
import { type ApprovalRecord, approvalOf, approvalRow } from './rows.js'
import { type Counting, stillApproved } from './counting.js'
import { folded } from '../folded.js'
import type { Tables } from '../schema.js'
import type { ApprovalsTable } from './tables.js'

export interface ApprovalFilter {
  readonly states?: readonly ApprovalState[] | undefined
  readonly connection?: string | undefined
  /** Subject, or name in any case. */
  readonly person?: string | undefined
  readonly subject?: string | undefined
  /** Requests for access, or for statements; both where it is left out. */
  readonly kind?: 'access' | 'statement' | undefined
}

/** Settled requests are kept this long, milliseconds; the recordings keep what became of them. */
const keptFor = 90 * 86_400_000

type Db = Kysely<Tables> | Transaction<Tables>

/** Requests for approval. Every change of a state says from which, so that of two that race one comes too late. */
export class ApprovalRecords {
  readonly #db: Kysely<Tables>
  readonly #counting: Counting

  constructor(db: Kysely<Tables>, counting: Counting = {}) {
    this.#db = db
    this.#counting = counting
  }

  async add(record: ApprovalRecord): Promise<void> {
    await this.#db.insertInto('approvals').values(approvalRow(record)).execute()
  }

  /** @param id or a beginning that no other has. @throws {HoopError} NOT_FOUND */
  async find(id: string): Promise<ApprovalRecord> {
    const rows = await this.#db
      .selectFrom('approvals')
      .selectAll()
      .where('id', '>=', id)
      .where('id', '<', `${id}~`)
      .orderBy('id')
      .limit(2)
      .execute()
    const [row, other] = rows
    if (!row || (other && row.id !== id)) throw new HoopError('NOT_FOUND', `request ${id}`)
    return (await this.#withVotes(this.#db, [row]))[0]!
  }

  /** Newest first, behind `before`. */
  async list(
    { states, connection, person, subject, kind }: ApprovalFilter,
    limit: number,
    before?: string,
  ): Promise<ApprovalRecord[]> {
    let query = this.#db.selectFrom('approvals').selectAll().orderBy('id', 'desc').limit(limit)
    if (states) query = query.where('state', 'in', states)
    if (connection !== undefined) query = query.where('connection', '=', connection)
    if (subject !== undefined) query = query.where('subject', '=', subject)
    if (kind !== undefined) query = query.where('policy', kind === 'access' ? 'is not' : 'is', null)
    if (before !== undefined) query = query.where('id', '<', before)
    if (person !== undefined)
      query = query.where((eb) =>
        eb.or([eb('subject', '=', person), eb(eb.fn<string>('lower', ['name']), '=', folded(person))]),
      )
    return this.#withVotes(this.#db, await query.execute())
  }

  /**
   * Enters a vote, and settles the request where it is the last that it takes.
   * @param also is kept with it, or neither is
   * @throws {HoopError} APPROVAL_SETTLED where it is no longer open, or this person has voted
   */
  async vote(
    id: string,
    vote: ApprovalVote,
    also: (after: ApprovalRecord, db: Transaction<Tables>) => Promise<void> = async () => undefined,
  ): Promise<ApprovalRecord> {
    return this.#db.transaction().execute(async (db) => {
      const row = await db.selectFrom('approvals').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      const [before] = await this.#withVotes(db, [row])
      const at = Date.parse(vote.at)
      if (before!.state !== 'open' || Date.parse(before!.expiresAt) <= at)
        throw new HoopError('APPROVAL_SETTLED', before!.state === 'open' ? 'expired' : before!.state)
      if (before!.votes.some(({ subject }) => subject === vote.subject))
        throw new HoopError('APPROVAL_SETTLED', 'you have approved it already, and it takes another person')
      const { subject, name, reason = null } = vote
      await db
        .insertInto('approval_votes')
        .values({ approval: id, subject, name, vote: vote.vote, reason, at, revoked_at: null })
        .execute()
      const given = { ...before!, votes: [...before!.votes, vote] }
      const state =
        vote.vote === 'deny' ? 'denied' : (await stillApproved(db, given, this.#counting)) ? 'approved' : 'open'
      if (state !== 'open')
        await db
          .updateTable('approvals')
          .set({ state, settled_at: at, ...(state === 'approved' && { expires_at: at + before!.life }) })
          .where('id', '=', id)
          .execute()
      const settled = await db.selectFrom('approvals').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      const after = (await this.#withVotes(db, [settled]))[0]!
      await also(after, db)
      return after
    })
  }

  /** @returns whether it was in one of the states `from`, and is in `to` now */
  async settle(
    id: string,
    from: readonly ApprovalState[],
    to: ApprovalState,
    at: number,
    why?: string,
  ): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('approvals')
      .set({ state: to, settled_at: at, why: why ?? null })
      .where('id', '=', id)
      .where('state', 'in', from)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  /** Takes an approval that was given for exactly this, if there is one: it is used then. */
  async use(key: string, at: number): Promise<ApprovalRecord | undefined> {
    const found = await this.#usable(key, at)
    if (!found || !(await this.settle(found.id, ['approved'], 'used', at))) return undefined
    return (await this.#withVotes(this.#db, [found]))[0]
  }

  /** Whether there is one to take. */
  async ready(key: string, at: number): Promise<boolean> {
    return (await this.#usable(key, at)) !== undefined
  }

  /** A request for exactly this that is open and to be run again. */
  async open(key: string, at: number): Promise<string | undefined> {
    const found = await this.#db
      .selectFrom('approvals')
      .select('id')
      .where('key', '=', key)
      .where('state', '=', 'open')
      .where('mode', '=', 'retry')
      .where('expires_at', '>', at)
      .executeTakeFirst()
    return found?.id
  }

  /** How many requests of one person wait to be decided on. */
  async waiting(subject: string, at: number): Promise<number> {
    const counted = await this.#db
      .selectFrom('approvals')
      .select(({ fn }) => fn.countAll().as('n'))
      .where('state', '=', 'open')
      .where('expires_at', '>', at)
      .where((eb) => eb.or([eb('subject', '=', subject), eb('owner', '=', subject)]))
      .executeTakeFirst()
    return Number(counted?.n ?? 0)
  }

  /**
   * Ends what nobody decided on or used in time.
   * @param also is kept with the end of an access that was in force, or neither is
   * @returns those that nobody decided on, and access that was in force
   */
  async expire(
    at: number,
    also: (access: Selectable<ApprovalsTable>, db: Transaction<Tables>) => Promise<void>,
  ): Promise<{ undecided: ApprovalRecord[]; over: ApprovalRecord[] }> {
    const due = await this.#db
      .selectFrom('approvals')
      .selectAll()
      .where('state', 'in', ['open', 'approved'])
      .where('expires_at', '<=', at)
      .execute()
    const undecided = []
    const over = []
    for (const row of due) {
      const wasInForce = row.state === 'approved' && row.policy !== null
      const ended = await this.#db.transaction().execute(async (db) => {
        const done = await new ApprovalRecords(db).settle(row.id, [row.state], 'expired', at)
        if (done && wasInForce) await also(row, db)
        return done
      })
      if (ended && row.state === 'open') undecided.push(row)
      else if (ended && wasInForce) over.push(row)
    }
    return { undecided: await this.#withVotes(this.#db, undecided), over: await this.#withVotes(this.#db, over) }
  }

  /** After a start: nobody holds what an earlier process held. Old ones go. */
  async recover(at: number): Promise<void> {
    await this.#db
      .updateTable('approvals')
      .set({ state: 'withdrawn', settled_at: at, why: 'the gateway stopped' })
      .where('mode', '=', 'wait')
      .where('state', 'in', ['open', 'approved'])
      .execute()
    const old = this.#db
      .selectFrom('approvals')
      .select('id')
      .where('settled_at', '<', at - keptFor)
    await this.#db.deleteFrom('approval_votes').where('approval', 'in', old).execute()
    await this.#db
      .deleteFrom('approvals')
      .where('settled_at', '<', at - keptFor)
      .execute()
  }

  #usable(key: string, at: number) {
    return this.#db
      .selectFrom('approvals')
      .selectAll()
      .where('key', '=', key)
      .where('state', '=', 'approved')
      .where('mode', '=', 'retry')
      .where('expires_at', '>', at)
      .orderBy('id')
      .executeTakeFirst()
  }

  async #withVotes(db: Db, rows: readonly Parameters<typeof approvalOf>[0][]): Promise<ApprovalRecord[]> {
    if (rows.length === 0) return []
    const ids = rows.map(({ id }) => id)
    const votes = await db.selectFrom('approval_votes').selectAll().where('approval', 'in', ids).orderBy('at').execute()
    return rows.map((row) => approvalOf(row, votes))
  }
}
