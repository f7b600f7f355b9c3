import type { ExpressionBuilder, Kysely, Transaction } from 'kysely'
import { HoopError } from '../lib/errors.js'
import type { PeopleTable, Tables } from './schema.js'
import { whole } from './whole.js'

export interface Person {
  readonly subject: string
  readonly name: string
  readonly email?: string
}

/** A person with what is known of their use of the gateway. Times are milliseconds since 1970. */
export interface KnownPerson extends Person {
  readonly firstSeen: number
  readonly lastSeen: number
  readonly sessions: number
  readonly lastSession?: number
}

/** Somebody as a token names them. */
export interface NamedPerson extends Person {
  readonly groups: readonly string[]
  /** When the provider said so, milliseconds since 1970. */
  readonly namedAt?: number
}

/**
 * Notes that somebody was here, and the groups that the provider names: those of the token that it issued last, since
 * an older one may still be in use elsewhere.
 * @throws {HoopError} STORE_FAILED
 */
export const seePerson = async (db: Kysely<Tables>, person: NamedPerson, at: number): Promise<void> => {
  const { subject, name, email = null, groups, namedAt = at } = person
  const named = { groups: JSON.stringify(groups), groups_at: namedAt }
  await db.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('people')
      .values({ subject, name, email, first_seen: at, last_seen: at, ...named })
      .onConflict((conflict) => conflict.column('subject').doUpdateSet({ name, email, last_seen: at }))
      .execute()
    await transaction
      .updateTable('people')
      .set(named)
      .where('subject', '=', subject)
      .where((eb) => eb.or([eb('groups_at', 'is', null), eb('groups_at', '<=', namedAt)]))
      .execute()
  })
}

/**
 * The groups that the provider named last, by subject. Who wasn't seen since they are kept is missing.
 * @throws {HoopError} STORE_FAILED
 */
export const groupsNamed = async (
  db: Kysely<Tables> | Transaction<Tables>,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  if (subjects.length === 0) return new Map()
  const rows = await db.selectFrom('people').select(['subject', 'groups']).where('subject', 'in', subjects).execute()
  return new Map(
    rows.flatMap(({ subject, groups }) => (groups === null ? [] : [[subject, JSON.parse(groups) as string[]]])),
  )
}

const ofSubject = (eb: ExpressionBuilder<Tables, 'people'>) =>
  eb.selectFrom('sessions').whereRef('sessions.subject', '=', 'people.subject')

/** Everybody, last seen first. @throws {HoopError} STORE_FAILED */
export const listPeople = async (db: Kysely<Tables>): Promise<KnownPerson[]> => {
  const rows = await db
    .selectFrom('people')
    .selectAll()
    .select((eb) => [
      ofSubject(eb)
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .as('sessions'),
      ofSubject(eb)
        .select(({ fn }) => fn.max('started_at').as('at'))
        .as('last_session'),
    ])
    .orderBy('last_seen', 'desc')
    .orderBy('subject')
    .execute()
  return rows.map((row) => ({
    ...personOf(row),
    firstSeen: whole(row.first_seen),
    lastSeen: whole(row.last_seen),
    sessions: whole(row.sessions ?? 0),
    ...(row.last_session !== null && { lastSession: whole(row.last_session) }),
  }))
}

/**
 * The one person that a subject, a name or an e-mail address means, the latter two in any case.
 * @throws {HoopError} NOT_FOUND where it means nobody, or several: whoever revokes must not guess; STORE_FAILED
 */
export const findPerson = async (db: Kysely<Tables>, wanted: string): Promise<Person> => {
  const lower = wanted.toLowerCase()
  const rows = await db
    .selectFrom('people')
    .selectAll()
    .where((eb) =>
      eb.or([
        eb('subject', '=', wanted),
        eb(eb.fn<string>('lower', ['name']), '=', lower),
        eb(eb.fn<string>('lower', ['email']), '=', lower),
      ]),
    )
    .orderBy('subject')
    .limit(20)
    .execute()
  const exact = rows.find(({ subject }) => subject === wanted)
  const [first, second] = rows
  if (exact ?? (first && !second)) return personOf((exact ?? first)!)
  if (!first)
    throw new HoopError('NOT_FOUND', `nobody called ${wanted} was seen here`, {
      hint: 'hoop people list shows who was. A subject that was not seen yet can be revoked with --unseen.',
    })
  throw new HoopError('NOT_FOUND', `${wanted} means several people`, {
    detail: rows.map(({ subject, name }) => `${subject} (${name})`).join(', '),
    hint: 'Give the subject of one of them.',
  })
}

const personOf = ({ subject, name, email }: Pick<PeopleTable, 'subject' | 'name' | 'email'>): Person => ({
  subject,
  name,
  ...(email !== null && { email }),
})
