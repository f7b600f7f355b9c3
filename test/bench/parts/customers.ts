import { fileURLToPath } from 'node:url'
import { environment, type Contender } from '../contenders.js'
import type { Drained } from './drain.js'
import { run } from './process.js'
import type { Server } from './server.js'

/** The program that reads a whole result and counts it. */
const drainer = fileURLToPath(new URL('drain.js', import.meta.url))

/** Which column `hoop-masked` masks. */
export const maskedColumn = 'public.customers.email'

/**
 * Fills the tables that the policies name: customers of some 130 bytes, as tables of people have them, since masking
 * costs by the row and not by the byte; and a table that nobody reads.
 */
export const fillTables = async (server: Server, megabytes: number): Promise<void> => {
  const rows = Math.ceil((megabytes * 1e6) / 128)
  await server.query(`
    CREATE TABLE customers AS
    SELECT id,
           'Customer ' || id AS name,
           'customer.' || id || '@example.com' AS email,
           timestamptz '2020-01-01 00:00:00+00' + id * interval '1 second' AS created,
           md5(id::text) || ' ' || md5((id + 1)::text) AS note
    FROM generate_series(1::bigint, ${rows}) AS id`)
  await server.query('VACUUM (ANALYZE, FREEZE) customers')
  await server.query('CREATE TABLE people (id bigint PRIMARY KEY, ssn text)')
}

/** Reads a whole result through a contender. */
export const drain = async (contender: Contender, sql: string, signal: AbortSignal): Promise<Drained> => {
  const { stdout } = await run(process.execPath, [drainer, sql], { env: environment(contender), signal })
  return JSON.parse(stdout) as Drained
}
