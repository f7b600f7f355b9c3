import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { setClock } from '../clock.js'
import type { Fault } from '../fault.js'
import type { World } from '../world.js'

const limitFiles = ({ gateway }: World, most: number | 'unlimited'): void => {
  execFileSync('prlimit', ['--pid', String(gateway.server.process.pid), `--nofile=${most}:`])
}

const clock = (name: string, offset: string): Fault => ({
  name: `clock of the gateway ${name}`,
  kind: 'limits and network',
  needs: 'libfaketime',
  hurt: {},
  newcomer: 'CLOCK_SKEW',
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
    inject: async (world) => limitFiles(world, readdirSync(`/proc/${world.gateway.server.process.pid}/fd`).length),
    mend: async (world) => limitFiles(world, 4096),
  },
  clock('an hour ahead', '+1h'),
  clock('an hour behind', '-1h'),
  wire('cut', (world) => world.wire.cut(), {}),
  wire('silent', (world) => void (world.wire.weather = 'silent'), { waits: ['agent'] }),
  wire('slow, with losses', (world) => void (world.wire.weather = 'late'), {}),
]
