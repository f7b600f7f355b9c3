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
export const lastLeaf = async (db: Kysely<Tables>): Promise<number | undefined> => {
  const row = await db.selectFrom('ledger_leaves').select('leaf').orderBy('leaf', 'desc').limit(1).executeTakeFirst()
  return row && whole(row.leaf)
}

/** When the ledger began; what is older is not in it. @throws {HoopError} STORE_FAILED */
export const ledgerBegan = async (db: Kysely<Tables>): Promise<number | undefined> => {
  const row = await db.selectFrom('ledger_leaves').select('time').where('leaf', '=', 0).executeTakeFirst()
  return row && whole(row.time)
}

/** The last act that has a leaf; 0 where none has. @throws {HoopError} STORE_FAILED */
export const lastActInLedger = async (db: Kysely<Tables>): Promise<number> => {
  const row = await db
    .selectFrom('ledger_leaves')
    .select(sql<number | null>`max(cast(target as integer))`.as('number'))
    .where('kind', '=', 'act')
    .executeTakeFirst()
  return Number(row?.number ?? 0)
}

const hasLeaf = (kind: 'session.start' | 'session.end') =>
  sql<boolean>`exists (select 1 from ledger_leaves where target = sessions.id and kind = ${kind})`

/** Sessions since the ledger began of which it lacks the beginning or the end. @throws {HoopError} STORE_FAILED */
export const sessionsToEnter = async (db: Kysely<Tables>, began: number) => {
  const rows = await db
    .selectFrom('sessions')
    .selectAll()
    .select([hasLeaf('session.start').as('has_start'), hasLeaf('session.end').as('has_end')])
    .where('started_at', '>=', began)
    .where('ended_at', 'is not', null)
    .where(sql<boolean>`not (${hasLeaf('session.start')} and ${hasLeaf('session.end')})`)
    .orderBy('started_at')
    .execute()
  return rows.map(({ has_start, has_end, ...row }) => ({ row, hasStart: Boolean(has_start), hasEnd: Boolean(has_end) }))
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
