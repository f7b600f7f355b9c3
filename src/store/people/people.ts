import type { ExpressionBuilder, Kysely, Transaction } from 'kysely'
import { HoopError } from '../../lib/errors.js'
import { folded } from '../folded.js'
import type { PeopleTable, Tables } from '../schema.js'
import { whole } from '../whole.js'

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
  await db.transaction().execute(async (transaction) => {
    const known = transaction.selectFrom('people').select(['groups_at', 'groups_since']).where('subject', '=', subject)
    const before = await known.executeTakeFirst()
    const since = JSON.parse(before?.groups_since ?? '{}') as Readonly<Record<string, number>>
    const named = {
      groups: JSON.stringify(groups),
      groups_at: namedAt,
      groups_since: JSON.stringify(
        Object.fromEntries(groups.map((group) => [group, Object.hasOwn(since, group) ? since[group] : namedAt])),
      ),
    }
    const isNewer = whole(before?.groups_at ?? 0) <= namedAt
    await transaction
      .insertInto('people')
      .values({ subject, name, email, first_seen: at, last_seen: at, ...named })
      .onConflict((conflict) =>
        conflict.column('subject').doUpdateSet({ name, email, last_seen: at, ...(isNewer && named) }),
      )
      .execute()
  })
}

/** The groups that a directory names now, undefined where it names none: the identity provider does then. */
export type ListedGroups = (person: Pick<Person, 'subject' | 'email'>) => readonly string[] | undefined

/**
 * The groups that the directory names now, or else those that the provider named last, by subject. Who wasn't seen since
 * they are kept is missing.
 * @throws {HoopError} STORE_FAILED
 */
export const groupsNamed = async (
  db: Kysely<Tables> | Transaction<Tables>,
  subjects: readonly string[],
  listed: ListedGroups = () => undefined,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  if (subjects.length === 0) return new Map()
  const known = db.selectFrom('people').select(['subject', 'email', 'groups']).where('subject', 'in', subjects)
  const rows = new Map((await known.execute()).map((row) => [row.subject, row]))
  return new Map(
    subjects.flatMap((subject) => {
      const { email = null, groups = null } = rows.get(subject) ?? {}
      const named =
        listed({ subject, ...(email !== null && { email }) }) ??
        (groups === null ? undefined : (JSON.parse(groups) as string[]))
      return named ? [[subject, named]] : []
    }),
  )
}

const ofSubject = (eb: ExpressionBuilder<Tables, 'people'>) =>
  eb.selectFrom('sessions').whereRef('sessions.subject', '=', 'people.subject')

/** The groups that the provider named, when, and since when it names each. Times are milliseconds since 1970. */
export interface NamedGroups {
  readonly groups: readonly string[]
  readonly at: number
  readonly since: Readonly<Record<string, number>>
}

/** @returns undefined where they were not seen since groups are kept. @throws {HoopError} STORE_FAILED */
export const namedGroupsOf = async (db: Kysely<Tables>, subject: string): Promise<NamedGroups | undefined> => {
  const row = await db.selectFrom('people').selectAll().where('subject', '=', subject).executeTakeFirst()
  if (!row || row.groups === null) return undefined
  return {
    groups: JSON.parse(row.groups) as string[],
    at: whole(row.groups_at ?? 0),
    since: JSON.parse(row.groups_since ?? '{}') as Record<string, number>,
  }
}

/** One of them. @throws {HoopError} NOT_FOUND, STORE_FAILED */
export const knownPerson = async (db: Kysely<Tables>, subject: string): Promise<KnownPerson> => {
  const found = (await listPeople(db, subject))[0]
  if (!found) throw new HoopError('NOT_FOUND', `nobody with the subject ${subject} was seen here`)
  return found
}

/** Everybody, last seen first. @param subject only this one. @throws {HoopError} STORE_FAILED */
export const listPeople = async (db: Kysely<Tables>, subject?: string): Promise<KnownPerson[]> => {
  const rows = await db
    .selectFrom('people')
    .$if(subject !== undefined, (query) => query.where('subject', '=', subject!))
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
  const lower = folded(wanted)
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
