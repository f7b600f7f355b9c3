import type { DemoDatabase } from '../../src/demo/database/serve.js'
import { seed } from '../../src/demo/database/seed.js'
import { freshDatabase } from './database.js'
import { noUnitTest } from './suite/no-unit.js'

const compiled = new URL('../../dist/src/demo/database/serve.js', import.meta.url)

/**
 * The demo's database: PostgreSQL with pgvector in WebAssembly, seeded, in a process of its own. One backend serves all
 * its clients, CancelRequest is ignored and there is neither TLS nor SCRAM: for what needs those, use the suite's server.
 */
export const servePgvector = async (): Promise<DemoDatabase> => {
  noUnitTest('PostgreSQL')
  const { serveDatabase } = (await import(compiled.href)) as typeof import('../../src/demo/database/serve.js')
  return serveDatabase()
}

/** Whether the suite runs on the server of `npm run servers`, which has pgvector itself. */
export const onSecondServer = (): boolean => process.env['HOOP_TEST_SERVER'] === 'second'

/** The demo's data with pgvector, on the suite's server where that has it, in WebAssembly otherwise. */
export const vectorDatabase = async (): Promise<Omit<DemoDatabase, 'port'>> => {
  if (!onSecondServer()) return servePgvector()
  const database = await freshDatabase()
  const owner = await database.client()
  for (const batch of seed()) await owner.query(batch)
  await owner.end()
  return database
}
