import type { Kysely, Transaction } from 'kysely'
import type { HoldScope } from '../lib/api/holds.js'
import { heldBy } from './holds.js'
import type { Tables } from './schema.js'
import { isoTime, whole } from './whole.js'

type Db = Kysely<Tables> | Transaction<Tables>

/** Stands in a row for whom it was of. */
export const erasedName = 'erased'

/** A session of somebody's, as far as erasing has to know it. Times are ISO 8601. */
export interface ErasableSession {
  readonly id: string
  readonly startedAt: string
  readonly endedAt: string
  /** Its recording went before. */
  readonly isRetired: boolean
}

const ofPerson = (db: Db, subject: string) =>
  db
    .selectFrom('sessions')
    .where((eb) => eb.or([eb('subject', '=', subject), eb('owner', '=', subject)]))
    .where((eb) => eb.or([eb('removed', 'is', null), eb('removed', '=', 'retired')]))

/** What there is of somebody and of their service tokens. @throws {HoopError} STORE_FAILED */
export const erasableOf = async (
  db: Db,
  subject: string,
  holds: readonly HoldScope[],
): Promise<{ readonly sessions: readonly ErasableSession[]; readonly held: number; readonly live: number }> => {
  const rows = await ofPerson(db, subject)
    .select(['id', 'started_at', 'ended_at', 'removed'])
    .orderBy('started_at')
    .orderBy('id')
    .execute()
  const held = new Set(
    holds.length === 0
      ? []
      : (
          await ofPerson(db, subject)
            .select('id')
            .where((eb) => heldBy(eb, holds))
            .execute()
        ).map(({ id }) => id),
  )
  const sessions = rows.flatMap(({ id, started_at, ended_at, removed }) =>
    ended_at === null || held.has(id)
      ? []
      : [{ id, startedAt: isoTime(started_at), endedAt: isoTime(ended_at), isRetired: removed !== null }],
  )
  return {
    sessions,
    held: held.size,
    live: rows.filter(({ ended_at, id }) => ended_at === null && !held.has(id)).length,
  }
}

/** Leaves that tell of a session, but for those that say that its recording goes. @throws {HoopError} STORE_FAILED */
export const leavesTelling = async (db: Db, session: string): Promise<number[]> => {
  const rows = await db
    .selectFrom('ledger_leaves')
    .select('leaf')
    .where('target', '=', session)
    .where('kind', 'in', ['session.start', 'session.head', 'session.end'])
    .orderBy('leaf')
    .execute()
  return rows.map(({ leaf }) => whole(leaf))
}

/** Takes whoever it was of out of a session's row. @param at milliseconds since 1970. @throws {HoopError} STORE_FAILED */
export const eraseRows = async (db: Db, sessions: readonly string[], at: number): Promise<void> => {
  await db
    .updateTable('sessions')
    .set({
      ...{ subject: erasedName, name: erasedName, owner: null, owner_name: null, grant_id: erasedName },
      ...{
        client_application: null,
        client_address: null,
        reason: null,
        last_refusal: null,
        ended_by: null,
        ended_by_name: null,
        start_seal: null,
        end_seal: null,
      },
      ...{ removed: 'erased', removed_at: at },
    })
    .where('id', 'in', [...sessions])
    .execute()
}

/** Whose a session is and when it began, as its row has it. @throws {HoopError} STORE_FAILED */
export const whoseSession = async (db: Db, session: string) => {
  const query = db.selectFrom('sessions').select(['subject', 'owner', 'started_at']).where('id', '=', session)
  const row = await query.executeTakeFirst()
  return row && { subject: row.subject, owner: row.owner ?? undefined, startedAt: isoTime(row.started_at) }
}
