import type { Kysely } from 'kysely'
import type { IndexTables } from './tables.js'
import { whole } from '../whole.js'

/** Which of these sessions the index has whole, as far as their recordings can be read. @throws {HoopError} STORE_FAILED */
export const completeAmong = async (db: Kysely<IndexTables>, ids: readonly string[]): Promise<ReadonlySet<string>> => {
  const rows = await db
    .selectFrom('sessions')
    .select('id')
    .where('id', 'in', [...ids])
    .where('complete', '=', 1)
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** How many sessions have a recording that can't be read to its end. @throws {HoopError} STORE_FAILED */
export const unreadable = async (db: Kysely<IndexTables>): Promise<number> => {
  const query = db.selectFrom('sessions').select((eb) => eb.fn.countAll().as('count'))
  const { count } = await query.where('problem', 'is not', null).executeTakeFirstOrThrow()
  return whole(count)
}
