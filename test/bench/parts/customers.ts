import { fileURLToPath } from 'node:url'
import type { Server } from './server.js'

/** The program that reads a whole result and counts it. */
export const drainer = fileURLToPath(new URL('drain.js', import.meta.url))

/** Which column `hoop-masked` masks. */
export const maskedColumn = 'public.customers.email'

/** Rows of some 130 bytes, as tables of people have them: masking costs by the row, not by the byte. */
export const fillCustomers = async (server: Server, megabytes: number): Promise<void> => {
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
}
