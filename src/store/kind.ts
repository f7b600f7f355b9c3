import { type Kysely, PostgresAdapter } from 'kysely'

/** Whether a store lies on a server; in a file otherwise. Few statements have to know. */
export const isOnServer = (db: Pick<Kysely<never>, 'getExecutor'>): boolean =>
  db.getExecutor().adapter instanceof PostgresAdapter
