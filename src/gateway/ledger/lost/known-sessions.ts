import type { Kysely } from 'kysely'
import { type Leaf, type LeafOf, openLeaf } from '../../../ledger/leaves.js'
import { readContents } from '../../../ledger/log/contents.js'
import type { Tables } from '../../../store/schema.js'

/** What the ledger says of one session. */
export interface LedgerSession {
  readonly start: LeafOf<'session.start'>
  readonly end?: LeafOf<'session.end'>
  readonly retired?: LeafOf<'retired'>
}

export interface LedgerSessions {
  /** By id. What was erased is not among them. */
  readonly sessions: ReadonlyMap<string, LedgerSession>
  /** Ids of those that were erased. */
  readonly erased: ReadonlySet<string>
}

const told: readonly Leaf['kind'][] = ['session.start', 'session.end', 'retired', 'erased']

/**
 * Sessions as the ledger has them, by the first word on each.
 * @param size leaves that are signed
 * @throws {HoopError} LEDGER_DAMAGED
 */
export const ledgerSessions = async (folder: string, size: number): Promise<LedgerSessions> => {
  const sessions = new Map<string, LedgerSession>()
  const erased = new Set<string>()
  for await (const { index, content, ...record } of readContents(folder)) {
    if (index >= size) break
    // Most lines are none of these; those aren't taken apart.
    if (!content.includes('"session":"')) continue
    const leaf = openLeaf({ ...record, content })
    if (!told.includes(leaf.kind)) continue
    if (leaf.kind === 'erased') erased.add(leaf.session)
    if (leaf.kind === 'session.start' && !sessions.has(leaf.session)) sessions.set(leaf.session, { start: leaf })
    const known = 'session' in leaf ? sessions.get(leaf.session) : undefined
    if (!known) continue
    if (leaf.kind === 'session.end' && !known.end) sessions.set(leaf.session, { ...known, end: leaf })
    if (leaf.kind === 'retired') sessions.set(leaf.session, { ...known, retired: leaf })
  }
  for (const session of erased) sessions.delete(session)
  return { sessions, erased }
}

/** SQLite bounds the parameters of a statement. */
const portion = 500

/** Of these, those that the store has no row of. @throws {HoopError} STORE_FAILED */
export const missingAmong = async (db: Kysely<Tables>, ids: readonly string[]): Promise<Set<string>> => {
  const missing = new Set(ids)
  for (let from = 0; from < ids.length; from += portion) {
    const part = ids.slice(from, from + portion)
    const rows = await db.selectFrom('sessions').select('id').where('id', 'in', part).execute()
    for (const { id } of rows) missing.delete(id)
  }
  return missing
}
