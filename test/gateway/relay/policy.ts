import { Client } from 'pg'
import type { PolicyConfig } from '../../../src/policy/config/schema.js'
import { policySection } from '../../../src/policy/config/sections/policy.js'
import type { Guard } from '../../../src/policy/decision.js'
import { PolicyGuard } from '../../../src/policy/guard.js'
import { loadCatalog, type Catalog } from '../../../src/sql/catalog.js'

/** A real guard over a real catalog: what a gateway makes, without its timers. */
export const guardOf = async (url: string, policy: unknown, clear = false): Promise<Guard> => {
  const section: PolicyConfig = policySection.parse(policy)
  const read = async (): Promise<Catalog> => {
    const client = new Client({ connectionString: url })
    client.on('error', () => undefined) // the test may end, and drop the database, while a reading goes on
    await client.connect()
    try {
      return await loadCatalog(
        async (text, values) => (await client.query<Record<string, unknown>>(text, values)).rows,
        section.masks.flatMap(({ columns }) => columns),
      )
    } finally {
      await client.end()
    }
  }
  let catalog = await read()
  const source = {
    get catalog() {
      return catalog
    },
    refresh: async () => {
      catalog = await read()
    },
    renew: () => source.refresh(),
  }
  return new PolicyGuard({ policy: section, clear, source, maskKey: Buffer.alloc(32, 7) })
}
