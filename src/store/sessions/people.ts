import { folded } from '../folded.js'
import type { Kysely } from 'kysely'
import { HoopError } from '../../lib/errors.js'
import type { Tables } from '../schema.js'

/**
 * Who is meant by a subject, or by a name that only one person has had sessions under. Names can change hands at an
 * identity provider; subjects can't.
 * @throws {HoopError} NOT_FOUND where nobody or more than one is
 */
export const personCalled = async (db: Kysely<Tables>, person: string): Promise<{ subject: string; name: string }> => {
  const seen = await db
    .selectFrom('sessions')
    .select(['subject', 'name'])
    .distinct()
    .where((eb) => eb.or([eb('subject', '=', person), eb(eb.fn<string>('lower', ['name']), '=', folded(person))]))
    .limit(50)
    .execute()
  const bySubject = new Map(seen.map((one) => [one.subject, one]))
  const found = bySubject.get(person) ?? (bySubject.size === 1 ? [...bySubject.values()][0] : undefined)
  if (!found)
    throw new HoopError('NOT_FOUND', bySubject.size > 1 ? `${person} is several people` : `${person} had no session`, {
      hint: 'Give the subject, as hoop sessions list --json shows it.',
    })
  return found
}
