import pino from 'pino'
import { CatalogSources } from '../../../src/gateway/upstream/catalog-source.js'
import { guardMaker } from '../../../src/gateway/session/guards.js'
import { policySection } from '../../../src/policy/config/sections/policy.js'
import type { Guard } from '../../../src/policy/decision.js'
import { targetOf } from './relay-server.js'

const log = pino({ enabled: false })

/** A real guard over a real catalog: what a gateway makes. */
export const guardOf = (url: string, policy: unknown, clear = false): Promise<Guard> => {
  const catalogs = new CatalogSources(log, () => undefined)
  return guardMaker({ maskingKey: Buffer.alloc(32, 7), catalogs, log })({
    ...{ connection: 'test', target: targetOf(url), database: new URL(url).pathname.slice(1), clear },
    ...{ policyName: 'test', policy: policySection.parse(policy) },
  })
}
