import type { Insertable, Kysely, Selectable, Transaction } from 'kysely'
import type { Act, ActName, AdministratorAct } from '../lib/api/acts.js'
import { HoopError } from '../lib/errors.js'
import { folded } from './folded.js'
import type { ActsTable, Tables } from './schema.js'
import { whole } from './whole.js'

export interface ActFilter {
  readonly since?: Date
  readonly until?: Date
  /** Who did it or whom it concerns: subject, or name of who did it in any case. */
  readonly person?: string
  readonly act?: ActName
  /** Whom it concerns. */
  readonly subject?: string
}

export interface ActPage {
  readonly acts: readonly Act[]
  /** Where the next page begins. */
  readonly cursor?: string
}

const json = (value: object | undefined): string | null => (value === undefined ? null : JSON.stringify(value))

const actRow = ({ act, by, target, subject, reason, before, after }: AdministratorAct, at: number) =>
  ({
    ...{ time: at, act, target, by_subject: by.subject, by_name: by.name },
    ...{ subject: subject ?? null, reason: reason ?? null, before: json(before), after: json(after) },
  }) satisfies Insertable<ActsTable>

const parsed = (text: string | null) =>
  text === null ? undefined : (JSON.parse(text) as Readonly<Record<string, unknown>>)

export const actOf = (row: Selectable<ActsTable>): Act => {
  const [before, after] = [parsed(row.before), parsed(row.after)]
  return {
    number: whole(row.number),
    time: new Date(whole(row.time)).toISOString(),
    act: row.act,
    by: { subject: row.by_subject, name: row.by_name },
    target: row.target,
    ...(row.subject !== null && { subject: row.subject }),
    ...(row.reason !== null && { reason: row.reason }),
    ...(before && { before }),
    ...(after && { after }),
  }
}

/** Adds an act; nothing changes or removes one. @param at milliseconds since 1970. @throws {HoopError} STORE_FAILED */
export const addAct = async (
  db: Kysely<Tables> | Transaction<Tables>,
  act: AdministratorAct,
  at: number,
): Promise<void> => {
  await db.insertInto('acts').values(actRow(act, at)).execute()
}

/**
 * Acts that fit, newest first.
 * @param cursor of the page before
 * @throws {HoopError} REQUEST_INVALID for a cursor that isn't ours; STORE_FAILED
 */
export const listActs = async (
  db: Kysely<Tables>,
  { since, until, person, act, subject }: ActFilter,
  limit: number,
  cursor?: string,
): Promise<ActPage> => {
  let query = db
    .selectFrom('acts')
    .selectAll()
    .orderBy('number', 'desc')
    .limit(limit + 1)
  if (since) query = query.where('time', '>=', since.getTime())
  if (until) query = query.where('time', '<', until.getTime())
  if (subject !== undefined) query = query.where('subject', '=', subject)
  if (act) query = query.where('act', '=', act)
  if (person !== undefined)
    query = query.where((eb) =>
      eb.or([
        eb('by_subject', '=', person),
        eb('subject', '=', person),
        eb(eb.fn<string>('lower', ['by_name']), '=', folded(person)),
      ]),
    )
  if (cursor !== undefined) query = query.where('number', '<', numberOf(cursor))
  const rows = await query.execute()
  const found = rows.slice(0, limit).map(actOf)
  const last = found.at(-1)
  return { acts: found, ...(rows.length > limit && last && { cursor: String(last.number) }) }
}

/** The last act of a kind. @throws {HoopError} STORE_FAILED */
export const lastAct = async (db: Kysely<Tables>, act: ActName): Promise<Act | undefined> =>
  (await listActs(db, { act }, 1)).acts[0]

/** The acts behind one, oldest first. @throws {HoopError} STORE_FAILED */
export const actsAfter = async (db: Kysely<Tables>, number: number, limit: number): Promise<Act[]> => {
  const query = db.selectFrom('acts').selectAll().where('number', '>', number).orderBy('number').limit(limit)
  return (await query.execute()).map(actOf)
}

/** All of them, oldest first, some at a time. @throws {HoopError} STORE_FAILED */
export async function* allActs(db: Kysely<Tables>): AsyncGenerator<Act, void> {
  for (let last = Number.MIN_SAFE_INTEGER; ;) {
    const acts = await actsAfter(db, last, 500)
    yield* acts
    if (acts.length === 0) return
    last = acts.at(-1)!.number
  }
}

const numberOf = (cursor: string): number => {
  if (!/^\d{1,15}$/.test(cursor))
    throw new HoopError('REQUEST_INVALID', 'the cursor', { hint: 'Start again from the first page.' })
  return Number(cursor)
}
