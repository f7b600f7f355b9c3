import type { Kysely } from 'kysely'
import type { Tables } from './schema.js'
import { whole } from './whole.js'

/** Notes which entries let people in from now on; those that no longer do are forgotten. @throws {HoopError} STORE_FAILED */
export const noteEntries = (db: Kysely<Tables>, keys: readonly string[], at: number): Promise<void> =>
  db.transaction().execute(async (transaction) => {
    const known = new Set(
      (await transaction.selectFrom('access_entries').select('key').execute()).map(({ key }) => key),
    )
    for (const key of new Set(keys))
      if (!known.delete(key)) await transaction.insertInto('access_entries').values({ key, since: at }).execute()
    for (const key of known) await transaction.deleteFrom('access_entries').where('key', '=', key).execute()
  })

/** Since when each lets people in, milliseconds since 1970. @throws {HoopError} STORE_FAILED */
export const entriesSince = async (db: Kysely<Tables>): Promise<ReadonlyMap<string, number>> =>
  new Map((await db.selectFrom('access_entries').selectAll().execute()).map(({ key, since }) => [key, whole(since)]))
