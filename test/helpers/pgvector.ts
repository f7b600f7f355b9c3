import { noUnitTest } from './no-unit.js'
import type { DemoDatabase } from '../../src/demo/database/serve.js'

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
