import pino from 'pino'
import type { Client } from 'pg'
import { CatalogSources, type DatabaseCatalog } from '../../../../src/gateway/upstream/catalog/catalog-source.js'
import { guardMaker } from '../../../../src/gateway/session/guards.js'
import { policySection } from '../../../../src/policy/config/sections/policy.js'
import type { Guard } from '../../../../src/policy/decision.js'
import { freshDatabase } from '../../../helpers/database.js'
import { relayServer, targetOf, type RelayServer } from '../relay-server.js'
import { WireClient } from '../wire-client.js'
import { BetweenMessages } from './between.js'
import { policy, schema } from './schema.js'

/** A database that somebody changes, and a gateway's sessions on it that can be stopped at each message. */
export interface World extends AsyncDisposable {
  /** Changes the schema. Waits for locks a short while only: what it waits for may be stopped. */
  readonly dba: Client
  readonly between: BetweenMessages
  readonly server: RelayServer
  /** The gateway's own. A test may stand between it and its sessions. */
  readonly guard: Guard
  readonly catalog: DatabaseCatalog
  /** Everything as in the beginning, and known to the gateway. */
  readonly restore: () => Promise<void>
  readonly login: () => Promise<WireClient>
}

const log = pino({ enabled: false })

/** @param through makes the guard that sessions get of the gateway's own */
export const openWorld = async (through: (guard: Guard) => Guard = (guard) => guard): Promise<World> => {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await freshDatabase())
  const [dba, watch] = [await database.client(), await database.client()]
  await dba.query(`SET lock_timeout = '20ms'; SET client_min_messages = error; DROP SCHEMA public; ${schema}`)
  const between = stack.use(new BetweenMessages(Number(new URL(database.url).port), watch))
  const port = await between.listen()
  // The gateway's own connections don't pass by here.
  const target = targetOf(database.url)
  const catalogs = new CatalogSources(log, () => undefined)
  const guard = await guardMaker({ maskingKey: Buffer.alloc(32, 7), catalogs, log })({
    ...{ connection: 'moving', target, database: database.name, policyName: 'moving' },
    ...{ policy: policySection.parse(policy), clear: false },
  })
  const catalog = catalogs.of(target, database.name)
  const server = stack.use(await relayServer({ url: database.url, upstream: { port }, guard: through(guard) }))
  const all = stack.move()
  return {
    ...{ dba, between, server, guard, catalog },
    restore: async () => {
      await dba.query(`RESET search_path; SET lock_timeout = '5s'`)
      await dba.query(`DROP SCHEMA IF EXISTS public, alt, other, aside CASCADE; ${schema}; SET lock_timeout = '20ms'`)
      await guard.refresh()
    },
    login: () => WireClient.login(server.port, { user: 'x', database: database.name }),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
