import { Client } from 'pg'
import { type Fault, onFirstServer, type Who } from '../fault.js'
import { signalServer } from '../processes.js'
import type { World } from '../world.js'

const theirs = (heard: string | readonly string[]): Fault['hurt'] =>
  Object.fromEntries(onFirstServer.map((who) => [who, heard]))

const unreachable = ['FATAL 08001 UPSTREAM_UNREACHABLE', 'FATAL 57P03 CONNECTION_UNAVAILABLE']

const taken = new WeakMap<World, Client[]>()

/** Stops the backend of somebody in the middle of what it does, and lets it go on. */
const stopped = (who: Who, what: string): Fault => ({
  name: `the server’s process stopped in the middle of ${what}`,
  kind: 'database',
  hurt: {},
  waits: [who],
  newcomer: 'let in',
  inject: async ({ sessions }) => process.kill(sessions[who].pid, 'SIGSTOP'),
  mend: async ({ sessions }) => process.kill(sessions[who].pid, 'SIGCONT'),
})

export const ofDatabase: readonly Fault[] = [
  {
    name: 'database down at the start',
    kind: 'database',
    hurt: {},
    stopped: 'starts',
    newcomer: unreachable,
    inject: ({ postgres }) => postgres.down(),
    mend: ({ postgres }) => postgres.up(),
  },
  {
    name: 'database restarted',
    kind: 'database',
    hurt: theirs('FATAL 57P01'),
    newcomer: unreachable,
    inject: ({ postgres }) => postgres.down(),
    mend: ({ postgres }) => postgres.up(),
  },
  {
    name: 'the whole server stopped',
    kind: 'database',
    hurt: {},
    waits: onFirstServer,
    newcomer: unreachable,
    inject: async ({ postgres }) => signalServer(postgres.pid, 'SIGSTOP'),
    mend: async ({ postgres }) => signalServer(postgres.pid, 'SIGCONT'),
  },
  stopped('reader', 'rows'),
  stopped('loader', 'a COPY'),
  {
    name: 'the server’s process killed in the middle of rows',
    kind: 'database',
    // The server ends all of its sessions then. In half a row, nobody can be told anything.
    hurt: {
      ...theirs(['FATAL 08006 UPSTREAM_LOST', 'FATAL 57P02']),
      reader: ['FATAL 08006 UPSTREAM_LOST', 'connection lost'],
    },
    inject: async ({ sessions }) => process.kill(sessions.reader.pid, 'SIGKILL'),
  },
  {
    name: 'database without room for another connection',
    kind: 'database',
    hurt: {},
    newcomer: ['FATAL 53300', 'FATAL 53300 UPSTREAM_FULL'],
    inject: async (world) => {
      const clients: Client[] = []
      taken.set(world, clients)
      for (;;) {
        const client = new Client({ connectionString: world.postgres.url })
        client.on('error', () => undefined)
        try {
          await client.connect()
        } catch {
          return
        }
        clients.push(client)
      }
    },
    mend: async (world) => Promise.all((taken.get(world) ?? []).map((client) => client.end())),
  },
  {
    name: 'pg_terminate_backend',
    kind: 'database',
    short: true,
    hurt: { writer: 'FATAL 57P01' },
    newcomer: 'let in',
    inject: ({ direct, sessions }) => direct(`SELECT pg_terminate_backend(${sessions.writer.pid})`),
  },
  {
    name: 'a masked table renamed',
    kind: 'database',
    short: true,
    hurt: { asker: 'ERROR 42P01' },
    newcomer: 'let in',
    inject: ({ direct }) => direct('ALTER TABLE people RENAME TO persons'),
    mend: ({ direct }) => direct('ALTER TABLE persons RENAME TO people'),
  },
  {
    name: 'a masked table dropped',
    kind: 'database',
    hurt: { asker: 'ERROR 42P01' },
    newcomer: 'let in',
    inject: ({ direct }) => direct('DROP TABLE people'),
    mend: ({ direct }) =>
      direct(`CREATE TABLE people (id int, email text); INSERT INTO people VALUES (1, 'somebody@example.com')`),
  },
]
