import type { Kysely, Transaction } from 'kysely'
import { HoopError } from '../../lib/errors.js'
import type { Tables } from '../schema.js'
import { whole } from '../whole.js'

/**
 * What was logged out at the identity provider: a person, one session of theirs there (`sid`), or a login that is known by
 * the key that was made for it.
 */
export interface LogoutMark {
  readonly kind: 'subject' | 'sid' | 'key'
  readonly value: string
  /** Whose session it is, where that is known. */
  readonly subject?: string
  /** By the provider's clock, milliseconds since 1970: what was issued until then is over. */
  readonly at: number
}

/** What a logout token said. */
export interface Logout {
  readonly subject?: string
  /** The one session that is meant; all of the subject's where it is left out. */
  readonly sid?: string
  readonly at: number
  /** Identifies the token, which is good once. */
  readonly jti: string
  /** When it can't be accepted any more, milliseconds since 1970. */
  readonly until: number
}

/** Milliseconds for which a logout is remembered: as long as grants are, and longer than any ID token lives. */
const keptFor = 90 * 86_400_000

/** @throws {HoopError} STORE_FAILED */
export const standingLogouts = async (db: Kysely<Tables>, now: number): Promise<LogoutMark[]> => {
  const rows = await db
    .selectFrom('logouts')
    .selectAll()
    .where('at', '>=', now - keptFor)
    .execute()
  return rows.map(({ kind, value, subject, at }) => ({
    ...{ kind, value, at: whole(at) },
    ...(subject !== null && { subject }),
  }))
}

/** What the logout itself says, without looking at what is known. */
export const markOf = ({ subject, sid, at }: Logout): LogoutMark =>
  sid === undefined
    ? { kind: 'subject', value: subject ?? '', at }
    : { kind: 'sid', value: sid, at, ...(subject !== undefined && { subject }) }

/**
 * Keeps a logout: the token is used up, grants that came from the login are revoked, and what the login is known by, its
 * sessions at the provider and its keys, stays out although the provider may go on to refresh it (OpenID Connect
 * Back-Channel Logout 1.0, section 2.7: refresh tokens of `offline_access` outlive a logout).
 * @returns what is logged out
 * @throws {HoopError} TOKEN_INVALID where the token was used before; STORE_FAILED, and nothing is kept
 */
export const noteLogout = (db: Kysely<Tables>, logout: Logout, now: number): Promise<LogoutMark[]> =>
  db.transaction().execute(async (transaction) => {
    await useUp(transaction, logout, now)
    const marks = [markOf(logout), ...(logout.subject === undefined ? [] : await loginsOf(transaction, logout))]
    await transaction
      .deleteFrom('logouts')
      .where('at', '<', now - keptFor)
      .execute()
    for (const { kind, value, subject = null, at } of marks)
      await transaction
        .insertInto('logouts')
        .values({ kind, value, subject, at })
        // Providers may deliver late: an older logout takes nothing back from a newer one.
        .onConflict((conflict) =>
          conflict.columns(['kind', 'value']).doUpdateSet({ at, subject }).where('logouts.at', '<', at),
        )
        .execute()
    await transaction
      .updateTable('grants')
      .set({ revoked_at: now })
      .where('revoked_at', 'is', null)
      .where('id', 'in', grantsOf(transaction, logout).select('id'))
      .execute()
    return marks
  })

/** @throws {HoopError} TOKEN_INVALID where a logout token was used before; STORE_FAILED */
export const assertUnused = async (db: Kysely<Tables>, { jti }: Logout): Promise<void> => {
  if (await db.selectFrom('logout_tokens').select('jti').where('jti', '=', jti).executeTakeFirst()) throw usedBefore()
}

const usedBefore = (): HoopError => new HoopError('TOKEN_INVALID', 'it was used before')

const useUp = async (db: Transaction<Tables>, { jti, until }: Logout, now: number): Promise<void> => {
  await db.deleteFrom('logout_tokens').where('until', '<', now).execute()
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('logout_tokens')
    .values({ jti, until })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  if (!numInsertedOrUpdatedRows) throw usedBefore()
}

/**
 * The grants of the login that has ended. Where the token names both, those of the person whose ID token named no session are
 * meant as well: they can't be shown to be another's.
 */
const grantsOf = (db: Transaction<Tables>, { subject, sid, at }: Logout) => {
  const query = db.selectFrom('grants')
  if (subject === undefined) return query.where('sid', '=', sid ?? '')
  const theirs = query.where('subject', '=', subject)
  return theirs.where((eb) => {
    const before = eb(eb.fn.coalesce('login_at', 'issued_at'), '<=', at)
    return sid === undefined ? before : eb.or([eb('sid', '=', sid), eb.and([eb('sid', 'is', null), before])])
  })
}

/** Whose session of the provider that is, by the grants that came from it. @throws {HoopError} STORE_FAILED */
export const subjectsOfSession = async (db: Kysely<Tables>, sid: string): Promise<readonly string[]> =>
  (await db.selectFrom('grants').select('subject').distinct().where('sid', '=', sid).execute()).map(
    ({ subject }) => subject,
  )

const loginsOf = async (db: Transaction<Tables>, logout: Logout): Promise<LogoutMark[]> => {
  const { at, subject, sid } = logout
  const found = await grantsOf(db, logout).select(['sid', 'jkt']).distinct().execute()
  // A session that is named is known by its name; a login without one by the key that it was made for.
  const rows = sid === undefined ? found : found.filter((row) => row.sid === null)
  const known = { at, ...(subject !== undefined && { subject }) }
  const sids = new Set(rows.flatMap(({ sid }) => sid ?? []))
  const keys = new Set(rows.map(({ jkt }) => jkt))
  return [
    ...[...sids].map((value): LogoutMark => ({ kind: 'sid', value, ...known })),
    ...[...keys].map((value): LogoutMark => ({ kind: 'key', value, ...known })),
  ]
}
