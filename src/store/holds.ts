import type { Expression, ExpressionBuilder, Kysely, Selectable, SqlBool, Transaction } from 'kysely'
import type { Actor } from '../lib/api.js'
import type { Hold, HoldScope } from '../lib/api/holds.js'
import { HoopError } from '../lib/errors.js'
import type { HoldsTable } from './hold-table.js'
import type { Tables } from './schema.js'
import { isoTime, whole } from './whole.js'

type Db = Kysely<Tables> | Transaction<Tables>

/** A hold as it is kept: how much it covers is counted when somebody asks. */
export type KeptHold = Omit<Hold, 'sessions'>

const ms = (time: string | undefined): number | null => (time === undefined ? null : Date.parse(time))

const holdOf = (row: Selectable<HoldsTable>): KeptHold => ({
  id: row.id,
  by: { subject: row.by_subject, name: row.by_name },
  reason: row.reason,
  placedAt: isoTime(row.placed_at),
  ...(row.person !== null && { person: { subject: row.person, name: row.person_name ?? row.person } }),
  ...(row.session !== null && { session: row.session }),
  ...(row.since !== null && { since: isoTime(row.since) }),
  ...(row.until !== null && { until: isoTime(row.until) }),
  ...(row.released_at !== null && {
    released: {
      by: { subject: row.released_by ?? '', name: row.released_by_name ?? '' },
      reason: row.released_reason ?? '',
      at: isoTime(row.released_at),
    },
  }),
})

/** One that is there stays as it is. @throws {HoopError} STORE_FAILED */
export const addHold = async (db: Db, { id, by, reason, placedAt, ...scope }: KeptHold): Promise<void> => {
  const { person, session, since, until } = scope
  await db
    .insertInto('holds')
    .values({
      ...{ id, by_subject: by.subject, by_name: by.name, reason, placed_at: Date.parse(placedAt) },
      ...{ person: person?.subject ?? null, person_name: person?.name ?? null, session: session ?? null },
      ...{ since: ms(since), until: ms(until) },
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

/** The first release holds. @throws {HoopError} STORE_FAILED */
export const endHold = async (db: Db, id: string, by: Actor, reason: string, at: number): Promise<void> => {
  await db
    .updateTable('holds')
    .set({ released_at: at, released_by: by.subject, released_by_name: by.name, released_reason: reason })
    .where('id', '=', id)
    .where('released_at', 'is', null)
    .execute()
}

/** Holds, newest first. @param all released ones too. @throws {HoopError} STORE_FAILED */
export const listHolds = async (db: Db, all = false): Promise<KeptHold[]> => {
  const query = db.selectFrom('holds').selectAll().orderBy('placed_at', 'desc').orderBy('id')
  return (await (all ? query : query.where('released_at', 'is', null)).execute()).map(holdOf)
}

/** @param id or the beginning of one. @throws {HoopError} NOT_FOUND where none or several begin so; STORE_FAILED */
export const findHold = async (db: Db, id: string): Promise<KeptHold> => {
  const query = db.selectFrom('holds').selectAll().where('id', '>=', id).where('id', '<', `${id}\u{10ffff}`)
  const [first, second] = await query.orderBy('id').limit(2).execute()
  if (first && (first.id === id || !second)) return holdOf(first)
  throw new HoopError('NOT_FOUND', first ? `several holds begin with ${id}` : `hold ${id}`, {
    hint: 'hoop audit hold list --all shows them.',
  })
}

/** Whether one of these holds covers a session, never unknown; `isCovered` asks the same of one. */
export const heldBy = (eb: ExpressionBuilder<Tables, 'sessions'>, holds: readonly HoldScope[]): Expression<SqlBool> =>
  eb.or(
    holds.map(({ person, session, since, until }) =>
      eb.and([
        ...(person
          ? [eb.or([eb('subject', '=', person.subject), eb(eb.fn.coalesce('owner', eb.val('')), '=', person.subject)])]
          : []),
        ...(session === undefined ? [] : [eb('id', '=', session)]),
        ...(since === undefined ? [] : [eb.or([eb('ended_at', 'is', null), eb('ended_at', '>=', ms(since))])]),
        ...(until === undefined ? [] : [eb('started_at', '<', Date.parse(until))]),
      ]),
    ),
  )

/** How many sessions a hold covers. @throws {HoopError} STORE_FAILED */
export const countCovered = async (db: Db, hold: HoldScope): Promise<number> => {
  const query = db.selectFrom('sessions').select((eb) => eb.fn.countAll<number | bigint>().as('count'))
  return whole((await query.where((eb) => heldBy(eb, [hold])).executeTakeFirstOrThrow()).count)
}
