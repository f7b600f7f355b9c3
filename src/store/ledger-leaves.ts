import { type Kysely, sql } from 'kysely'
import type { ActName } from '../lib/api/acts.js'
import type { Tables } from './schema.js'
import { whole } from './whole.js'

/** A leaf of the ledger, as far as one has to find it again. */
export interface KnownLeaf {
  readonly leaf: number
  readonly kind: string
  /** A session's id, an act's number. */
  readonly target: string | null
  /** Milliseconds since 1970. */
  readonly time: number
}

/** SQLite bounds the parameters of a statement. */
const portion = 500

/** Those that are known already stay as they are. @throws {HoopError} STORE_FAILED */
export const noteLeaves = async (db: Kysely<Tables>, leaves: readonly KnownLeaf[]): Promise<void> => {
  for (let from = 0; from < leaves.length; from += portion)
    await db
      .insertInto('ledger_leaves')
      .values(leaves.slice(from, from + portion))
      .onConflict((conflict) => conflict.column('leaf').doNothing())
      .execute()
}

/** @throws {HoopError} STORE_FAILED */
export const forgetLeaves = async (db: Kysely<Tables>, leaves: readonly number[]): Promise<void> => {
  for (let from = 0; from < leaves.length; from += portion)
    await db
      .deleteFrom('ledger_leaves')
      .where('leaf', 'in', leaves.slice(from, from + portion))
      .execute()
}

/** Forgets rows of no leaf of a ledger of this size. @returns how many there were. @throws {HoopError} STORE_FAILED */
export const forgetOutside = async (db: Kysely<Tables>, size: bigint): Promise<number> => {
  const query = db
    .deleteFrom('ledger_leaves')
    .where((eb) => eb.or([eb('leaf', '<', 0), eb('leaf', '>=', Number(size))]))
  return Number((await query.executeTakeFirst()).numDeletedRows)
}

/** @throws {HoopError} STORE_FAILED */
export const lastLeaf = async (db: Kysely<Tables>): Promise<number | undefined> => {
  const row = await db.selectFrom('ledger_leaves').select('leaf').orderBy('leaf', 'desc').limit(1).executeTakeFirst()
  return row && whole(row.leaf)
}

/** How many leaves before one are known. @throws {HoopError} STORE_FAILED */
export const countBefore = async (db: Kysely<Tables>, leaf: bigint): Promise<number> => {
  const query = db.selectFrom('ledger_leaves').select((eb) => eb.fn.countAll<number | bigint>().as('count'))
  return whole((await query.where('leaf', '<', Number(leaf)).executeTakeFirstOrThrow()).count)
}

/** Leaves of a range, in order. @throws {HoopError} STORE_FAILED */
export const leavesBetween = async (db: Kysely<Tables>, from: number, to: number): Promise<KnownLeaf[]> => {
  const query = db.selectFrom('ledger_leaves').selectAll().where('leaf', '>=', from).where('leaf', '<', to)
  const rows = await query.orderBy('leaf').execute()
  return rows.map(({ leaf, kind, target, time }) => ({ leaf: whole(leaf), kind, target, time: whole(time) }))
}

/**
 * Says which ledger the store is with. What it knew of another is set aside.
 * @param origin of the ledger
 * @throws {HoopError} STORE_FAILED
 */
export const adoptLedger = (db: Kysely<Tables>, origin: string): Promise<void> =>
  db.transaction().execute(async (transaction) => {
    const row = await transaction.selectFrom('meta').select('value').where('key', '=', 'ledger').executeTakeFirst()
    if (row?.value === origin) return
    if (row) {
      await sql`insert into former_ledger_leaves (origin, leaf, kind, target, time)
        select ${row.value}, leaf, kind, target, time from ledger_leaves`.execute(transaction)
      await transaction.deleteFrom('ledger_leaves').execute()
    }
    await transaction
      .insertInto('meta')
      .values({ key: 'ledger', value: origin })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: origin }))
      .execute()
  })

/**
 * Sessions whose end stands in a leaf from `from` on and which the store has not got.
 * @throws {HoopError} STORE_FAILED
 */
export const sessionsGone = async (db: Kysely<Tables>, from: number): Promise<number> => {
  const { rows } = await sql<{ count: number | bigint }>`select count(*) as count from ledger_leaves
    where leaf >= ${from} and kind = 'session.end' and not exists (select 1 from sessions where id = target)`.execute(
    db,
  )
  return whole(rows[0]!.count)
}

const hasLeaf = (kind: 'session.start' | 'session.end' | 'erased') =>
  sql<boolean>`exists (select 1 from ledger_leaves where target = sessions.id and kind = ${kind})`

/**
 * Sessions of which the ledger lacks the end, or, of those since it began, the beginning. One that it saw begin needs its
 * end whatever the clock said.
 * @param began milliseconds since 1970
 * @throws {HoopError} STORE_FAILED */
export const sessionsToEnter = async (db: Kysely<Tables>, began: number) => {
  const rows = await db
    .selectFrom('sessions')
    .selectAll()
    .select([hasLeaf('session.start').as('has_start'), hasLeaf('session.end').as('has_end')])
    .where((eb) => eb.or([eb('started_at', '>=', began), hasLeaf('session.start')]))
    .where('ended_at', 'is not', null)
    .where(sql<boolean>`not (${hasLeaf('session.start')} and ${hasLeaf('session.end')})`)
    // What the ledger no longer says of an erased one must not be said again.
    .where(sql<boolean>`not ${hasLeaf('erased')}`)
    .orderBy('started_at')
    .execute()
  return rows.map(({ has_start, has_end, ...row }) => ({ row, hasStart: Boolean(has_start), hasEnd: Boolean(has_end) }))
}

/**
 * Leaves of a session before one, in order: where it began and how far it was known to have come.
 * @throws {HoopError} STORE_FAILED
 */
export const leavesOfSession = async (db: Kysely<Tables>, session: string, before: number) => {
  const query = db.selectFrom('ledger_leaves').select(['leaf', 'kind']).where('target', '=', session)
  const rows = await query
    .where('leaf', '<', before)
    .where('kind', 'in', ['session.start', 'session.head', 'session.end'])
    .orderBy('leaf')
    .execute()
  return rows.map(({ leaf, kind }) => ({ leaf: whole(leaf), kind }))
}

const leafOf = async (db: Kysely<Tables>, kind: string, target: string): Promise<number | undefined> => {
  const row = await db
    .selectFrom('ledger_leaves')
    .select('leaf')
    .where('target', '=', target)
    .where('kind', '=', kind)
    .orderBy('leaf', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && whole(row.leaf)
}

/** @throws {HoopError} STORE_FAILED */
export const leafOfAct = (db: Kysely<Tables>, act: number): Promise<number | undefined> => leafOf(db, 'act', `${act}`)

/**
 * The leaf of a session's end, or of the last act of these kinds on what has this id.
 * @throws {HoopError} STORE_FAILED
 */
export const leafOfId = async (
  db: Kysely<Tables>,
  id: string,
  acts: readonly ActName[],
): Promise<number | undefined> => {
  const end = await leafOf(db, 'session.end', id)
  if (end !== undefined) return end
  const act = await db
    .selectFrom('acts')
    .select('number')
    .where('target', '=', id)
    .where('act', 'in', acts)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return act && leafOfAct(db, whole(act.number))
}
