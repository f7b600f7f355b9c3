import type { Client } from 'pg'
import type { Guard } from '../../src/policy/decision.js'
import { policySection } from '../../src/policy/config/sections/policy.js'
import type { FreshDatabase } from '../helpers/database.js'
import { guardOf } from '../gateway/relay/policy.js'
import { relayServer, type RelayServer } from '../gateway/relay/relay-server.js'
import { send, states, WireClient, type Message } from '../gateway/relay/wire-client.js'
import { Canaries } from './canaries.js'
import { answerTo, type Mode } from './modes.js'
import { maskedPlaces, readStored } from './stored.js'
import type { Side } from './values.js'

/** What is in the databases, and what of it is masked. */
export interface Contents {
  readonly schema: (side: Side) => string
  readonly policy: unknown
  /** As PostgreSQL prints them. */
  readonly values: (side: Side) => string[]
  /** Tables with masked columns, each with a column `id`. */
  readonly tables: readonly string[]
  /** Columns that the schema itself computes from masked ones. */
  readonly computed: readonly string[]
}

/** A database of the test's own. */
export type Opened = Pick<FreshDatabase, 'url' | 'client'> & AsyncDisposable

/** One database with a gateway's sessions in front of it, and a superuser behind. */
export interface World extends AsyncDisposable {
  readonly canaries: Canaries
  readonly server: RelayServer
  readonly guard: Guard | undefined
  /** The server's, as 180004. */
  readonly version: number
  /** A session of the mode's own. */
  run(mode: Mode, steps: readonly string[], parameters: readonly string[]): Promise<Message[]>
  /** What is stored outside of masked columns. */
  stored(): Promise<string>
  /** What is in the masked columns: it must not be changed by an attempt, or the next one proves nothing. */
  masked(): Promise<string>
}

const openWorld = async (
  { schema, policy, values, tables, computed }: Contents,
  database: Opened,
  side: Side,
  guarded: boolean,
): Promise<World> => {
  const admin: Client = await database.client()
  await admin.query(schema(side))
  const { rows } = await admin.query<{ version: number }>(
    `SELECT current_setting('server_version_num')::int AS version`,
  )
  const guard = guarded ? await guardOf(database.url, policy) : undefined
  const server = await relayServer({ url: database.url, ...(guard && { guard }) })
  const columns = policySection.parse(policy).masks.flatMap((mask) => mask.columns)
  const places = await maskedPlaces(admin, [...columns, ...computed])
  const clients = new Map<Mode, WireClient>()
  const clientFor = async (mode: Mode): Promise<WireClient> => {
    const known = clients.get(mode)
    if (known && !known.closed) return known
    const client = await WireClient.login(server.port)
    // Somebody listens to all that a statement could say.
    await answerTo(client, 1, send.query('LISTEN leak'))
    clients.set(mode, client)
    return client
  }
  return {
    canaries: new Canaries(values(side)),
    server,
    guard,
    version: rows[0]?.version ?? 0,
    run: async (mode, steps, parameters) => {
      const client = await clientFor(mode)
      const messages = await mode.run(client, steps, parameters)
      if (!states(messages).endsWith('I')) await answerTo(client, 1, send.query('ROLLBACK'))
      if (steps.some((step) => /set|temp|prepare|declare|lock|listen/i.test(step)))
        messages.push(
          ...(await answerTo(client, 1, send.query("SELECT name, setting FROM pg_settings WHERE source = 'session'"))),
          ...(await answerTo(client, 1, send.query('DISCARD ALL'))),
          ...(await answerTo(client, 1, send.query('LISTEN leak'))),
        )
      return messages
    },
    stored: () => readStored(admin, places),
    masked: async () => {
      const { rows } = await admin.query<{ all: string }>(
        `SELECT concat(${tables.map((table) => `(SELECT json_agg(t ORDER BY id) FROM (TABLE ${table}) t)`).join(', ')}) AS all`,
      )
      return rows[0]!.all
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients.values()) client.socket.destroy()
      await server[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

/**
 * Two of them that differ in masked values only.
 * @param guarded whether the gateway has the policy, or lets everything through
 */
export const openWorlds = (contents: Contents, open: () => Promise<Opened>, guarded: boolean): Promise<World[]> =>
  Promise.all((['one', 'other'] as const).map(async (side) => openWorld(contents, await open(), side, guarded)))
