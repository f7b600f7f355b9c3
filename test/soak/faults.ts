import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenPort, TestGateway } from '../helpers/gateway.js'
import type { Wire } from '../faults/wire.js'

export interface Around {
  readonly gateway: TestGateway
  readonly port: OpenPort
  /** Between the agent and the gateway. */
  readonly wire: Wire
  /** Milliseconds that a fault lasts which lasts. */
  readonly lasts: number
}

/** What nobody's session has to end by, and is soon over. */
export const faults: Readonly<Record<string, (around: Around) => Promise<unknown> | void>> = {
  'the network is cut': ({ wire }) => wire.cut(),
  'the network is silent': async ({ wire, lasts }) => {
    wire.weather = 'silent'
    await sleep(lasts)
    wire.weather = 'through'
  },
  'the agent stands still': ({ port, lasts }) => standsStill(port.process.process, lasts),
  'the gateway stands still': ({ gateway, lasts }) => standsStill(gateway.server.process, lasts),
  'the configuration is read anew': ({ gateway }) => void gateway.server.process.kill('SIGHUP'),
  'somebody holds the store': async ({ gateway, lasts }) => {
    const other = new DatabaseSync(`${gateway.folder}/hoop.db`, { timeout: 5_000 })
    other.exec('BEGIN EXCLUSIVE')
    await sleep(lasts)
    other.close()
  },
}

const standsStill = async (process: { kill(signal: NodeJS.Signals): boolean }, lasts: number): Promise<void> => {
  process.kill('SIGSTOP')
  await sleep(lasts)
  process.kill('SIGCONT')
}

/** One after the other, with so many milliseconds in between, until that is enough. @returns how often each came */
export const makeFaults = async (
  around: Around,
  every: number,
  over: () => boolean,
): Promise<Record<string, number>> => {
  const made: Record<string, number> = {}
  const names = Object.keys(faults)
  for (let at = 0; !over(); at++) {
    for (let waited = 0; waited < every && !over(); waited += 100) await sleep(100)
    if (over()) break
    const name = names[at % names.length]!
    await faults[name]!(around)
    made[name] = (made[name] ?? 0) + 1
  }
  return made
}
