import { type Kysely, sql } from 'kysely'
import type { Tables } from './schema.js'
import { isOnServer } from './kind.js'
import { whole, type Whole } from './whole.js'

/** On a server a row of a table of its own has the number. */
const onServer = (db: Kysely<Tables>) => db.withTables<{ act_numbers: { last: Whole } }>()

/** The number that the last act got; the next one gets a higher one. @throws {HoopError} STORE_FAILED */
export const lastNumber = async (db: Kysely<Tables>): Promise<number> => {
  if (isOnServer(db))
    return whole((await onServer(db).selectFrom('act_numbers').select('last').executeTakeFirstOrThrow()).last)
  const { rows } = await sql<{ last: number | bigint }>`select max(
    coalesce((select seq from sqlite_sequence where name = 'acts'), 0),
    coalesce((select max(number) from acts), 0)) as last`.execute(db)
  return whole(rows[0]!.last)
}

/** Acts are numbered from behind `last` on: those up to it are in the ledger, under their numbers. @throws {HoopError} STORE_FAILED */
export const numberBehind = (db: Kysely<Tables>, last: number): Promise<void> =>
  db.transaction().execute(async (transaction) => {
    if (isOnServer(transaction))
      return void (await onServer(transaction).updateTable('act_numbers').set({ last }).execute())
    await sql`delete from sqlite_sequence where name = 'acts'`.execute(transaction)
    await sql`insert into sqlite_sequence (name, seq) values ('acts', ${last})`.execute(transaction)
  })
