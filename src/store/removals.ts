import { type Kysely, sql, type Transaction } from 'kysely'
import type { HoldScope } from '../lib/api/holds.js'
import { heldBy } from './holds.js'
import type { RemovedHow, Tables } from './schema.js'
import { isoTime, whole } from './whole.js'

type Db = Kysely<Tables> | Transaction<Tables>

/** An ended session whose recording is there, as far as the store knows. Times are ISO 8601. */
export interface KeptSession {
  readonly id: string
  readonly startedAt: string
  readonly endedAt: string
}

export interface KeptFilter {
  readonly holds: readonly HoldScope[]
  /** Milliseconds since 1970: only those that ended before. */
  readonly endedBefore?: number
  /** A person's, with those of their service tokens. */
  readonly subject?: string
  /** Those behind this one. */
  readonly after?: KeptSession | undefined
}

/** Ended sessions that nothing holds, oldest first. @throws {HoopError} STORE_FAILED */
export const keptSessions = async (
  db: Db,
  { holds, endedBefore, subject, after }: KeptFilter,
  limit: number,
): Promise<KeptSession[]> => {
  let query = db
    .selectFrom('sessions')
    .select(['id', 'started_at', 'ended_at'])
    .where('removed', 'is', null)
    .where('ended_at', 'is not', null)
    .orderBy('started_at')
    .orderBy('id')
    .limit(limit)
  if (endedBefore !== undefined) query = query.where('started_at', '<', endedBefore).where('ended_at', '<', endedBefore)
  if (subject !== undefined)
    query = query.where((eb) => eb.or([eb('subject', '=', subject), eb('owner', '=', subject)]))
  if (holds.length > 0) query = query.where((eb) => eb.not(heldBy(eb, holds)))
  if (after) {
    const at = Date.parse(after.startedAt)
    query = query.where((eb) =>
      eb.or([eb('started_at', '>', at), eb.and([eb('started_at', '=', at), eb('id', '>', after.id)])]),
    )
  }
  const rows = await query.execute()
  return rows.map((row) => ({ id: row.id, startedAt: isoTime(row.started_at), endedAt: isoTime(row.ended_at ?? 0) }))
}

/** Notes that recordings are gone. @param at milliseconds since 1970. @throws {HoopError} STORE_FAILED */
export const noteRetired = async (db: Db, sessions: readonly string[], at: number): Promise<void> => {
  await db
    .updateTable('sessions')
    .set({ removed: 'retired', removed_at: at })
    .where('id', 'in', [...sessions])
    .where('removed', 'is', null)
    .execute()
}

/** A removal that the ledger has and the store doesn't know the end of. */
export interface UnfinishedRemoval extends KeptSession {
  readonly how: RemovedHow
  readonly leaf: number
}

/**
 * Removals that a gateway was stopped in, or couldn't finish, of sessions that nothing holds.
 * @throws {HoopError} STORE_FAILED
 */
export const unfinishedRemovals = async (db: Db, holds: readonly HoldScope[]): Promise<UnfinishedRemoval[]> => {
  let query = db
    .selectFrom('sessions')
    .innerJoin('ledger_leaves', 'ledger_leaves.target', 'sessions.id')
    .select(['id', 'started_at', 'ended_at', 'ledger_leaves.leaf', 'ledger_leaves.kind'])
    .where('ledger_leaves.kind', 'in', ['retired', 'erased'])
    .where((eb) =>
      // One that was retired before can be erased as well.
      eb.or([
        eb('removed', 'is', null),
        eb.and([eb('ledger_leaves.kind', '=', 'erased'), eb('removed', '!=', 'erased')]),
      ]),
    )
    .orderBy('ledger_leaves.leaf')
  // What is erased once stays erased: a hold that came later came too late.
  if (holds.length > 0)
    query = query.where((eb) =>
      eb.or([eb('ledger_leaves.kind', '=', 'erased'), sql<boolean>`not ${heldBy(eb as never, holds)}`]),
    )
  return (await query.execute()).map((row) => ({
    ...{ id: row.id, startedAt: isoTime(row.started_at), endedAt: isoTime(row.ended_at ?? 0) },
    ...{ how: row.kind as RemovedHow, leaf: whole(row.leaf) },
  }))
}

/** Leaves of sessions' starts and ends, by session. @throws {HoopError} STORE_FAILED */
export const leavesOfSessions = async (
  db: Db,
  sessions: readonly string[],
): Promise<ReadonlyMap<string, { readonly start?: number; readonly end?: number }>> => {
  const rows = await db
    .selectFrom('ledger_leaves')
    .select(['leaf', 'kind', 'target'])
    .where('target', 'in', [...sessions])
    .where('kind', 'in', ['session.start', 'session.end'])
    .orderBy('leaf', 'desc')
    .execute()
  const found = new Map<string, { start?: number; end?: number }>()
  // The first word on each holds.
  for (const { leaf, kind, target } of rows) {
    const known = found.get(target!) ?? {}
    found.set(target!, { ...known, [kind === 'session.start' ? 'start' : 'end']: whole(leaf) })
  }
  return found
}

/** Leaves that say of a session that its recording was to go by retention. @throws {HoopError} STORE_FAILED */
export const leavesRetiring = async (db: Db, session: string): Promise<number[]> => {
  const query = db.selectFrom('ledger_leaves').select('leaf').where('target', '=', session)
  return (await query.where('kind', '=', 'retired').orderBy('leaf').execute()).map(({ leaf }) => whole(leaf))
}
