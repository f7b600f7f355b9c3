import { type Insertable, type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { Act, ActName, AdministratorAct } from '../lib/api/acts.js'
import { HoopError } from '../lib/errors.js'
import { folded } from './folded.js'
import type { ActsTable, Tables } from './schema.js'
import type { Sealing, SealedValue, Seals } from './seals.js'
import { isoTime, whole } from './whole.js'

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

/** What somebody else has put into the store may be none: it is shown, and stops nobody who reads the others. */
const parsed = (text: string | null): Readonly<Record<string, unknown>> | undefined => {
  if (text === null) return undefined
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  } catch {
    return { unreadable: text }
  }
}

export const actOf = (row: Selectable<ActsTable>): Act => {
  const [before, after] = [parsed(row.before), parsed(row.after)]
  return {
    number: whole(row.number),
    time: isoTime(row.time),
    act: row.act,
    by: { subject: row.by_subject, name: row.by_name },
    target: row.target,
    ...(row.subject !== null && { subject: row.subject }),
    ...(row.reason !== null && { reason: row.reason }),
    ...(before && { before }),
    ...(after && { after }),
  }
}

type ActRow = Selectable<ActsTable>

/** What an act's seal is over: all that becomes its leaf. */
const sealedValues = (row: Readonly<Record<keyof ActsTable, SealedValue>>): SealedValue[] => [
  ...[row.number, row.time, row.act, row.by_subject, row.by_name, row.target],
  ...[row.subject, row.reason, row.before, row.after],
]

/** Whether a gateway that has the key has written an act, as it stands there. */
export const isMade = ({ seal, ...row }: SealedAct, seals: Pick<Seals, 'isRight'>): boolean =>
  seals.isRight('act', sealedValues(row), seal)

/** How an act is written that the ledger is to have. */
export interface Entering {
  readonly seals: Sealing
  /** Number of the last act that is entered. */
  readonly last: number
}

/** Numbers that acts of one moment need at most. Beyond, whoever numbers a row of their own does not carry others along. */
const ahead = 1_000_000

/** The number behind the last; behind what else stands there by now, too. */
const nextNumber = (last: number) =>
  sql<number>`(select coalesce(max(number), ${last}) + 1 from acts where number > ${last} and number <= ${last + ahead})`

/**
 * Adds an act; nothing changes or removes one. It is sealed within the same transaction.
 * @param at milliseconds since 1970
 * @param by where the ledger is to have it
 * @returns its number
 * @throws {HoopError} STORE_FAILED
 */
export const addAct = async (
  db: Kysely<Tables> | Transaction<Tables>,
  act: AdministratorAct,
  at: number,
  by?: Entering,
): Promise<number> => {
  const row = actRow(act, at)
  const kept = await db
    .insertInto('acts')
    .values(by ? { ...row, number: nextNumber(by.last) } : row)
    .returning('number')
    .executeTakeFirst()
  if (!kept) throw new HoopError('STORE_FAILED', 'it has not kept an act')
  const number = whole(kept.number)
  if (!by) return number
  const seal = by.seals.seal('act', sealedValues({ ...row, number }))
  await db
    .insertInto('act_seals')
    .values({ number, seal })
    // Somebody may have put one there for a number that is yet to come.
    .onConflict((conflict) => conflict.column('number').doUpdateSet({ seal }))
    .execute()
  return number
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

/** The acts behind one, oldest first. @throws {HoopError} STORE_FAILED */
export const actsAfter = async (db: Kysely<Tables>, number: number, limit: number): Promise<Act[]> => {
  const query = db.selectFrom('acts').selectAll().where('number', '>', number).orderBy('number').limit(limit)
  return (await query.execute()).map(actOf)
}

/** An act as it stands in the store, with its seal where it has one. */
export type SealedAct = ActRow & { readonly seal: string | null }

const sealedActs = (db: Kysely<Tables>) =>
  db
    .selectFrom('acts')
    .leftJoin('act_seals', 'act_seals.number', 'acts.number')
    .selectAll('acts')
    .select('act_seals.seal')
    .orderBy('acts.number')

/** The acts behind one, oldest first, as they stand there. @throws {HoopError} STORE_FAILED */
export const sealedActsAfter = async (db: Kysely<Tables>, number: number, limit: number): Promise<SealedAct[]> =>
  sealedActs(db)
    .where('acts.number', '>', number)
    // Beyond stands no number that a gateway has given.
    .where('acts.number', '<=', Number.MAX_SAFE_INTEGER)
    .limit(limit)
    .execute()

/** Acts behind `from`, up to `last`, that no leaf of the ledger is known to say, oldest first. @throws {HoopError} STORE_FAILED */
export const sealedActsWithoutLeaf = async (
  db: Kysely<Tables>,
  from: number,
  last: number,
  limit: number,
): Promise<SealedAct[]> =>
  sealedActs(db)
    .where('acts.number', '>', from)
    .where('acts.number', '<=', last)
    .where(
      sql<boolean>`not exists (select 1 from ledger_leaves where target = cast(acts.number as text) and kind = 'act')`,
    )
    .limit(limit)
    .execute()

/** All of them, oldest first, some at a time. @throws {HoopError} STORE_FAILED */
export async function* allActs(db: Kysely<Tables>): AsyncGenerator<Act, void> {
  for (let last = Number.MIN_SAFE_INTEGER; ;) {
    const acts = await actsAfter(db, last, 500)
    yield* acts
    last = acts.at(-1)?.number ?? Number.MAX_SAFE_INTEGER
    // Beyond, a number that somebody has put there reads as the largest, for ever.
    if (last === Number.MAX_SAFE_INTEGER) return
  }
}

const numberOf = (cursor: string): number => {
  if (!/^\d{1,15}$/.test(cursor))
    throw new HoopError('REQUEST_INVALID', 'the cursor', { hint: 'Start again from the first page.' })
  return Number(cursor)
}
