import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { build } from '../build.js'
import { isBuilt, serverFolder } from '../../servers/folder.js'
import { logins, startPostgres } from '../postgres/postgres.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** The suite's own PostgreSQL, as superuser, without sslmode. Make a database of your own in it: `freshDatabase()`. */
    databaseUrl: string
    /** CA of that server's certificate. */
    caFile: string
    /** A further server that the environment names, perhaps with pgvector. */
    otherDatabaseUrl: string | undefined
  }
}

/** `HOOP_TEST_SERVER=second` runs the tests on the server that `npm run servers` builds. */
const serverOf = (asked: string | undefined): string | undefined => {
  if (asked === undefined) return undefined
  if (asked !== 'second') throw new Error(`HOOP_TEST_SERVER is second or not set, not ${asked}`)
  if (!isBuilt()) throw new Error('there is no second server yet: npm run servers builds it')
  return serverFolder
}

/** Builds what the end-to-end tests run, and starts one real PostgreSQL for the whole suite. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const second = serverOf(process.env['HOOP_TEST_SERVER'])
  // Before 18, ids of queries are made of OIDs: databases could be told apart by EXPLAIN VERBOSE.
  const starting = startPostgres(second === undefined ? { shared_preload_libraries: 'pg_stat_statements' } : {}, second)
  if (process.env.HOOP_TEST_BUILD !== 'skip') build()
  const postgres = await starting
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  await client.query(logins.roles)
  await client.end()
  project.provide('databaseUrl', postgres.url)
  project.provide('caFile', postgres.caFile)
  project.provide('otherDatabaseUrl', process.env.HOOP_TEST_DATABASE_URL)
  return async () => postgres[Symbol.asyncDispose]()
}
