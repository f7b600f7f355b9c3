import type { Kysely } from 'kysely'
import type { Actor } from '../../lib/api.js'
import type { AdministratorAct } from '../../lib/api/acts.js'
import type { Hold, HoldRequest } from '../../lib/api/holds.js'
import { HoopError } from '../../lib/errors.js'
import { addHold, countCovered, endHold, findHold, type KeptHold, listHolds } from '../../store/holds.js'
import type { Tables } from '../../store/schema.js'
import { personCalled } from '../../store/sessions/people.js'
import { findSession } from '../../store/sessions/queries.js'
import type { WriteAudit } from '../access/audit-log.js'
import { newSessionId } from '../session/id.js'
import type { Turns } from './turns.js'

export interface HoldsOptions {
  readonly db: Kysely<Tables>
  readonly write: WriteAudit
  /** Resolves when every act of the store is in the ledger. */
  readonly entered: () => Promise<void>
  /** Whether a hold is in force by the ledger. */
  readonly isInForce: (id: string) => boolean
  /** Shared with whatever removes recordings. */
  readonly turns: Turns
}

/** The act that places a hold, as the ledger has it too: whoever has lost the store makes the hold from it again. */
export const actOfHold = ({ id, by, reason, person, session, since, until }: KeptHold): AdministratorAct => ({
  ...{ act: 'hold.add', target: id, by, reason, ...(person && { subject: person.subject }) },
  after: {
    ...(person && { person }),
    ...(session !== undefined && { session }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  },
})

/** Legal holds. Who may place and release them is for the caller to say. */
export class Holds {
  readonly #options: HoldsOptions

  constructor(options: HoldsOptions) {
    this.#options = options
  }

  /** Newest first. @param all released ones too. @throws {HoopError} STORE_FAILED */
  async list(all: boolean): Promise<Hold[]> {
    const found: Hold[] = []
    for (const hold of await listHolds(this.#options.db, all)) found.push(await this.#counted(hold))
    return found
  }

  /**
   * Resolves when nothing that it covers can go any more, and the ledger says so.
   * @throws {HoopError} REQUEST_INVALID, NOT_FOUND, STORE_FAILED, LEDGER_FAILED
   */
  async add({ reason, person, session, since, until }: HoldRequest, by: Actor): Promise<Hold> {
    const { db, write, entered, isInForce, turns } = this.#options
    if (person === undefined && session === undefined && since === undefined && until === undefined)
      throw new HoopError('REQUEST_INVALID', 'it says not what is on hold: person, session, since or until')
    if (since !== undefined && until !== undefined && Date.parse(since) >= Date.parse(until))
      throw new HoopError('REQUEST_INVALID', 'since is not before until')
    const hold: KeptHold = {
      ...{ id: newSessionId(), by, reason, placedAt: new Date().toISOString() },
      ...(person !== undefined && { person: await personCalled(db, person) }),
      ...(session !== undefined && { session: (await findSession(db, session)).id }),
      ...(since !== undefined && { since: new Date(since).toISOString() }),
      ...(until !== undefined && { until: new Date(until).toISOString() }),
    }
    await turns.take(async () => {
      await db.transaction().execute(async (transaction) => {
        await addHold(transaction, hold)
        await write(actOfHold(hold), transaction)
      })
      await entered()
      // The store was told; whether the ledger has it, the ledger says.
      if (!isInForce(hold.id)) throw new HoopError('HOLDS_DIFFER', `the ledger has no hold ${hold.id}`)
    })
    return this.#counted(hold)
  }

  /** @throws {HoopError} NOT_FOUND, also where it was released before; STORE_FAILED, LEDGER_FAILED */
  async release(id: string, reason: string, by: Actor): Promise<Hold> {
    const { db, write, entered, turns } = this.#options
    return turns.take(async () => {
      const hold = await findHold(db, id)
      if (hold.released)
        throw new HoopError('NOT_FOUND', `hold ${hold.id} that is in force`, {
          hint: `It was released at ${hold.released.at} by ${hold.released.by.name}.`,
        })
      await db.transaction().execute(async (transaction) => {
        await endHold(transaction, hold.id, by, reason, Date.now())
        const { id: target, person } = hold
        await write(
          { act: 'hold.release', target, ...(person && { subject: person.subject }), by, reason },
          transaction,
        )
      })
      // Nothing may go by it before the ledger says that it was released.
      await entered()
      return this.#counted(await findHold(db, hold.id))
    })
  }

  async #counted(hold: KeptHold): Promise<Hold> {
    return { ...hold, sessions: await countCovered(this.#options.db, hold) }
  }
}
