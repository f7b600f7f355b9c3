import { type Kysely, sql } from 'kysely'
import type { IndexTables } from './tables.js'

/** Statements of a session that are looked at: clients begin with settings. */
const looked = 50
/** Characters of a text. */
const most = 200

/**
 * What each session was about, as far as one statement tells: the first that reads or writes a table, else the first.
 * @param ids sessions; those of which the index has nothing are left out
 * @throws {HoopError} STORE_FAILED
 */
export const firstStatements = async (
  db: Kysely<IndexTables>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('sessions')
    .where('sessions.id', 'in', ids)
    .select('sessions.id')
    .select(
      sql<string | null>`(select substr(texts.text, 1, ${most}) from statements join texts on texts.id = statements.text
        where statements.session = sessions.key and statements.n <= ${looked}
        order by exists (select 1 from statement_tables where statement_tables.statement = statements.key) desc, statements.n
        limit 1)`.as('first'),
    )
    .execute()
  return new Map(rows.flatMap(({ id, first }) => (first === null ? [] : [[id, first] as const])))
}
