import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { setClock } from '../clock.js'
import { Client } from 'pg'
import type { RunningHoop } from '../../helpers/command/hoop.js'
import { everybody, type Fault } from '../fault.js'
import { untilSaid } from '../processes.js'
import { heardOf } from '../session.js'
import type { World } from '../world.js'

const limitFiles = ({ process: { pid } }: RunningHoop, most: number): void => {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${most}:`])
}

/** As many as it has. */
const noMoreFiles = (running: RunningHoop): void =>
  limitFiles(running, readdirSync(`/proc/${running.process.pid}/fd`).length)

/** Somebody comes through the agent's port. */
const comesThrough = async ({ port: { host, port }, direct }: World): Promise<string> => {
  const [{ database } = {}] = await direct('SELECT current_database() AS database')
  const client = new Client({ host, port, user: 'casey', database: String(database), connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT 1')
    return 'let in'
  } catch (error) {
    return heardOf(error)
  } finally {
    await client.end().catch(() => undefined)
  }
}

const clock = (name: string, offset: string, hurt: Fault['hurt'] = {}): Fault => ({
  name: `clock of the gateway ${name}`,
  kind: 'limits and network',
  needs: 'libfaketime',
  hurt,
  // Whichever of token and proof is looked at first.
  newcomer: ['CLOCK_SKEW', 'TOKEN_INVALID'],
  inject: ({ kept }) => setClock(kept, offset),
  mend: ({ kept }) => setClock(kept, '+0'),
})

const wire = (name: string, make: (world: World) => void, more: Partial<Fault>): Fault => ({
  name: `network between agent and gateway ${name}`,
  kind: 'limits and network',
  hurt: {},
  newcomer: 'let in',
  inject: async (world) => make(world),
  mend: async (world) => {
    world.wire.weather = 'through'
  },
  ...more,
})

export const ofLimits: readonly Fault[] = [
  {
    name: 'no file descriptor left',
    kind: 'limits and network',
    needs: 'prlimit',
    hurt: {},
    newcomer: ['GATEWAY_UNREACHABLE', 'FATAL 08001 UPSTREAM_UNREACHABLE', 'FATAL 58030 RECORDING_FAILED'],
    inject: async ({ gateway }) => noMoreFiles(gateway.server),
    mend: async ({ gateway }) => limitFiles(gateway.server, 4096),
  },
  {
    name: 'no file descriptor left for the agent',
    kind: 'limits and network',
    needs: 'prlimit',
    hurt: {},
    newcomer: ['FATAL 28000 ACCESS_DENIED', 'FATAL 08001 GATEWAY_UNREACHABLE', 'connection lost'],
    comes: comesThrough,
    inject: async ({ port }) => noMoreFiles(port.process),
    mend: async ({ port }) => limitFiles(port.process, 4096),
  },
  // Grants end by the clock on the wall.
  clock('an hour ahead', '+1h', everybody('FATAL 57P01 GRANT_EXPIRED')),
  clock('an hour behind', '-1h'),
  wire('cut', (world) => world.wire.cut(), {}),
  wire('silent', (world) => void (world.wire.weather = 'silent'), { waits: ['agent'] }),
  wire('away while its session is ended', () => undefined, {
    brief: true,
    hurt: { agent: ['FATAL 57P01 SESSION_KILLED', 'FATAL 08006 NETWORK_LOST'] },
    inject: async ({ gateway, wire }) => {
      await untilSaid(gateway.server, 'link lost', () => (wire.weather = 'silent'))
      const kill = ['sessions', 'kill', '--person', 'casey', '--reason', 'stolen', '--yes']
      const { status, stderr } = await gateway.hoop('olu', kill)
      if (status !== 0) throw new Error(stderr)
      wire.weather = 'through'
    },
  }),
  wire('slow, with losses', (world) => void (world.wire.weather = 'late'), {}),
]
