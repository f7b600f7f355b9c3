import { Client } from 'pg'
import pino from 'pino'
import { CatalogSources } from '../../../src/gateway/upstream/catalog/catalog-source.js'
import { guardMaker } from '../../../src/gateway/session/guards.js'
import { policySection } from '../../../src/policy/config/sections/policy.js'
import type { Analyst } from '../../../src/policy/texts/text-facts.js'
import type { Guard } from '../../../src/policy/decision.js'
import { targetOf } from './relay-server.js'

const log = pino({ enabled: false })

/** Whose rows decide what a name means. */
const decisive = [
  ...['aggregate', 'attrdef', 'attribute', 'authid', 'auth_members', 'cast', 'class', 'collation', 'constraint'],
  ...['db_role_setting', 'enum', 'event_trigger', 'extension', 'foreign_table', 'index', 'inherits', 'namespace'],
  ...['operator', 'partitioned_table', 'policy', 'proc', 'range', 'rewrite', 'sequence', 'trigger', 'type'],
]

/** What is written leaves a newer xmin, what is deleted fewer rows. */
const states = decisive
  .map((name) => `SELECT count(*)::int, max(xmin::text::int8)::text FROM pg_catalog.pg_${name}`)
  .join(' UNION ALL ')

/** Connections to databases that tests still have. */
const clients = new Map<string, Promise<Client>>()

const connected = async (url: string): Promise<Client> => {
  const client = new Client({ connectionString: url })
  // The database is dropped under it in the end.
  client.on('error', () => clients.delete(url)).on('end', () => clients.delete(url))
  await client.connect()
  return client
}

const clientOf = (url: string): Promise<Client> => {
  const client = clients.get(url) ?? connected(url)
  clients.set(url, client)
  return client
}

/** What decides in a database, as it is now. Statistics that ANALYZE and VACUUM write in place decide nothing. */
const stateOf = async (url: string): Promise<string> => {
  const { rows } = await (await clientOf(url)).query({ text: states, rowMode: 'array' })
  return JSON.stringify(rows)
}

/** Reading a catalog takes longer than most tests: who finds the database as it was takes the catalog of the one before. */
const read = new Map<string, { readonly state: string; readonly catalogs: CatalogSources }>()

const catalogsOf = async (url: string): Promise<CatalogSources> => {
  const state = await stateOf(url)
  const last = read.get(url)
  if (last?.state === state) return last.catalogs
  const catalogs = new CatalogSources(log, () => undefined)
  read.set(url, { state, catalogs })
  return catalogs
}

/** A real guard over a real catalog: what a gateway makes. */
export const guardOf = async (url: string, policy: unknown, clear = false, analyst?: Analyst): Promise<Guard> =>
  guardMaker({ maskingKey: Buffer.alloc(32, 7), catalogs: await catalogsOf(url), log, ...(analyst && { analyst }) })({
    ...{ connection: 'test', target: targetOf(url), database: new URL(url).pathname.slice(1), clear },
    ...{ policyName: 'test', policy: policySection.parse(policy) },
  })
