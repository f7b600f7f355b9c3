import { folded } from '../folded.js'
import type { Expression, ExpressionBuilder, Kysely, SqlBool } from 'kysely'
import { HoopError } from '../../lib/errors.js'
import type { SessionSummary } from '../../lib/api.js'
import { decodeCursor, encodeCursor } from './cursor.js'
import type { Tables } from '../schema.js'
import { sessionOf } from './rows.js'
import { isoTime, whole } from '../whole.js'

export interface SessionFilter {
  /** Only this subject's sessions, and those of their service tokens: what somebody without a role may see. */
  readonly subject?: string
  /** Subject, or name in any case; their service tokens too. */
  readonly person?: string
  readonly connection?: string
  readonly since?: Date
  readonly until?: Date
  readonly live?: boolean
  /** Id of a grant: the sessions of its whole chain of renewals. */
  readonly grant?: string
}

export interface SessionPage {
  readonly sessions: readonly SessionSummary[]
  /** Where the next page begins; absent on the last one. */
  readonly cursor?: string
}

type Conditions = ExpressionBuilder<Tables, 'sessions'>
type Condition = Expression<SqlBool>
type Values = { [K in keyof SessionFilter]-?: NonNullable<SessionFilter[K]> }

const ofPerson = (eb: Conditions, person: string): Condition =>
  eb.or([
    eb('subject', '=', person),
    eb('owner', '=', person),
    eb('name', '=', person),
    eb(eb.fn<string>('lower', ['name']), '=', folded(person)),
    eb(eb.fn<string>('lower', ['owner_name']), '=', folded(person)),
  ])

const ofChain = (eb: Conditions, grant: string): Condition => {
  const chain = eb.selectFrom('grants as one').select('one.chain').where('one.id', '=', grant)
  const ids = eb.selectFrom('grants as any').select('any.id').where('any.chain', 'in', chain)
  return eb.or([eb('grant_id', '=', grant), eb('grant_id', 'in', ids)])
}

/** One condition per field of the filter. */
const conditions: { [K in keyof Values]: (eb: Conditions, value: Values[K]) => Condition } = {
  subject: (eb, subject) => eb.or([eb('subject', '=', subject), eb('owner', '=', subject)]),
  person: ofPerson,
  connection: (eb, connection) => eb('connection', '=', connection),
  since: (eb, since) => eb('started_at', '>=', since.getTime()),
  until: (eb, until) => eb('started_at', '<', until.getTime()),
  live: (eb, live) => eb('ended_at', live ? 'is' : 'is not', null),
  grant: ofChain,
}

const allOf = (eb: Conditions, filter: SessionFilter): Condition => {
  const one = <K extends keyof Values>(field: K): Condition[] => {
    const value = filter[field] as Values[K] | undefined
    return value === undefined ? [] : [conditions[field](eb, value)]
  }
  return eb.and((Object.keys(conditions) as (keyof Values)[]).flatMap((field) => one(field)))
}

const sessionsOf = (db: Kysely<Tables>, filter: SessionFilter) =>
  db.selectFrom('sessions').where((eb) => allOf(eb, filter))

/**
 * One page, newest first. Sessions that begin while somebody turns pages shift nothing.
 * @param limit sessions on the page, at least 1
 * @param cursor of the page before
 * @throws {HoopError} REQUEST_INVALID for a cursor that isn't one of ours; STORE_FAILED
 */
export const listSessions = async (
  db: Kysely<Tables>,
  filter: SessionFilter,
  limit: number,
  cursor?: string,
): Promise<SessionPage> => {
  let query = sessionsOf(db, filter)
  if (cursor !== undefined) {
    const after = decodeCursor(cursor)
    query = query.where((eb) =>
      eb.or([
        eb('started_at', '<', after.startedAt),
        eb.and([eb('started_at', '=', after.startedAt), eb('id', '<', after.id)]),
      ]),
    )
  }
  const rows = await query
    .selectAll()
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit).map(sessionOf)
  const last = page.at(-1)
  return rows.length > limit && last ? { sessions: page, cursor: encodeCursor(last) } : { sessions: page }
}

/**
 * One session by its id or the beginning of it, among those that the filter leaves.
 * @throws {HoopError} NOT_FOUND where none or several begin so; STORE_FAILED
 */
export const findSession = async (
  db: Kysely<Tables>,
  id: string,
  filter: Pick<SessionFilter, 'subject'> = {},
): Promise<SessionSummary> => {
  const rows = await sessionsOf(db, filter)
    .selectAll()
    .where('id', '>=', id)
    .where('id', '<', `${id}\u{10ffff}`)
    .orderBy('id')
    .limit(2)
    .execute()
  const [first, second] = rows
  if (first && (first.id === id || !second)) return sessionOf(first)
  if (second) throw new HoopError('NOT_FOUND', `several sessions begin with ${id}`, { hint: 'Give more of the id.' })
  throw new HoopError('NOT_FOUND', `session ${id}`)
}

/** Sessions that have no end: live ones, or those that a dead gateway left. Their times are ISO 8601. */
export const openSessions = async (db: Kysely<Tables>): Promise<{ id: string; startedAt: string }[]> => {
  const live = db.selectFrom('sessions').select(['id', 'started_at']).where('ended_at', 'is', null)
  const rows = await live.orderBy('started_at').orderBy('id').execute()
  return rows.map(({ id, started_at }) => ({ id, startedAt: isoTime(started_at) }))
}

/** All sessions, newest first, some at a time. @throws {HoopError} STORE_FAILED */
export async function* allSessions(db: Kysely<Tables>): AsyncGenerator<SessionSummary, void> {
  for (let cursor: string | undefined; ;) {
    const page = await listSessions(db, {}, 500, cursor)
    yield* page.sessions
    if (page.cursor === undefined) return
    cursor = page.cursor
  }
}

/**
 * Sessions that have ended, oldest first, some hundreds at a time. Times are milliseconds since 1970.
 * @param before of those that began before
 * @throws {HoopError} STORE_FAILED
 */
export async function* endedSessions(
  db: Kysely<Tables>,
  before: number,
): AsyncGenerator<{ id: string; startedAt: number }[], void> {
  for (let after = { at: 0, id: '' }; ;) {
    const { at, id } = after
    const rows = await db
      .selectFrom('sessions')
      .select(['id', 'started_at'])
      .where('ended_at', 'is not', null)
      .where('started_at', '<', before)
      .where((eb) => eb.or([eb('started_at', '>', at), eb.and([eb('started_at', '=', at), eb('id', '>', id)])]))
      .orderBy('started_at')
      .orderBy('id')
      .limit(500)
      .execute()
    const page = rows.map((row) => ({ id: row.id, startedAt: whole(row.started_at) }))
    const last = page.at(-1)
    if (!last) return
    yield page
    after = { at: last.startedAt, id: last.id }
  }
}
