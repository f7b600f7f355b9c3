import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { pino } from 'pino'
import { Approvals } from '../../../src/gateway/approvals/approvals.js'
import type { Tables } from '../../../src/store/schema.js'

/** Approvals that nobody keeps or hears: for sessions in which nothing needs one. */
export const noApprovals = new Approvals({
  store: {
    db: new Kysely<Tables>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (db) => new SqliteIntrospector(db),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    }),
  },
  webhooks: { emit: () => undefined },
  log: pino({ level: 'silent' }),
  write: async () => undefined,
  denied: { find: () => undefined, assert: () => undefined },
  url: () => 'https://gateway.test',
})
