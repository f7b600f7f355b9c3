import { setTimeout as sleep } from 'node:timers/promises'
import { everybody, type Fault, people, type Who } from '../fault.js'
import { untilSaid } from '../processes.js'
import { streamOf } from '../session.js'

export const ofProcesses: readonly Fault[] = [
  {
    name: 'gateway killed under load',
    kind: 'processes',
    hurt: everybody('connection lost'),
    exit: 137,
    inject: async ({ gateway }) => gateway.server.process.kill('SIGKILL'),
  },
  {
    name: 'gateway stopped and continued',
    kind: 'processes',
    hurt: {},
    waits: Object.keys(people) as Who[],
    inject: async ({ gateway }) => {
      gateway.server.process.kill('SIGSTOP')
      await sleep(2000)
    },
    mend: async ({ gateway }) => gateway.server.process.kill('SIGCONT'),
  },
  {
    name: 'agent killed',
    kind: 'processes',
    short: true,
    hurt: { agent: 'connection lost' },
    newcomer: 'let in',
    inject: async ({ port }) => port.process.process.kill('SIGKILL'),
  },
  {
    name: 'agent stopped and continued',
    kind: 'processes',
    hurt: {},
    waits: ['agent'],
    newcomer: 'let in',
    inject: async ({ port }) => port.process.process.kill('SIGSTOP'),
    mend: async ({ port }) => port.process.process.kill('SIGCONT'),
  },
  {
    name: 'agent stopped for longer than its link, and continued',
    kind: 'processes',
    brief: true,
    hurt: {},
    waits: ['agent'],
    newcomer: 'let in',
    inject: ({ port, gateway }) => untilSaid(gateway.server, 'link lost', () => port.process.process.kill('SIGSTOP')),
    mend: async ({ port }) => port.process.process.kill('SIGCONT'),
  },
  {
    name: 'gateway stopped for longer than its links, and continued',
    kind: 'processes',
    brief: true,
    hurt: {},
    waits: Object.keys(people) as Who[],
    inject: async ({ gateway }) => {
      gateway.server.process.kill('SIGSTOP')
      await sleep(5000)
    },
    mend: async ({ gateway }) => gateway.server.process.kill('SIGCONT'),
  },
  {
    name: 'a laptop asleep for longer than its grant',
    kind: 'processes',
    brief: true,
    hurt: { agent: ['FATAL 57P01 GRANT_EXPIRED', 'FATAL 08006 NETWORK_LOST'] },
    newcomer: 'let in',
    inject: async (world) => {
      world.port.process.process.kill('SIGSTOP')
      world.wire.weather = 'silent'
      await sleep(25_000)
      world.wire.weather = 'through'
      world.port.process.process.kill('SIGCONT')
    },
  },
  {
    name: 'client gone in the middle of rows',
    kind: 'processes',
    short: true,
    hurt: { reader: 'connection lost' },
    newcomer: 'let in',
    inject: async ({ sessions }) => streamOf(sessions.reader.client).destroy(),
  },
  {
    name: 'client that stops reading in the middle of rows',
    kind: 'processes',
    hurt: {},
    waits: ['reader'],
    newcomer: 'let in',
    inject: async ({ sessions }) => streamOf(sessions.reader.client).pause(),
    mend: async ({ sessions }) => streamOf(sessions.reader.client).resume(),
  },
]
