import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Contender } from '../contenders.js'
import { residentMemory } from '../parts/accounting.js'
import { digits, skipped, type Row } from '../report.js'
import { isMissing, type Stage } from '../stage.js'
import { median } from '../statistics.js'

const sessions = 500
/** Opened and closed before the first reading, since what is loaded once belongs to no session. */
const warmUp = 10
/** Milliseconds for collectors and allocators to come to rest. */
const settling = 3_000

const what = { memory: `${sessions} idle sessions, each`, latency: `p50 of the ninth client beside them` }

const open = async ({ port, database, user, password }: Contender, count: number): Promise<readonly Client[]> => {
  const clients: Client[] = []
  while (clients.length < count) {
    const batch = Array.from({ length: Math.min(20, count - clients.length) }, () => {
      return new Client({ host: '127.0.0.1', port, database, user, password })
    })
    for (const client of batch) client.on('error', () => undefined)
    clients.push(...batch)
    await Promise.all(batch.map((client) => client.connect()))
    // Sessions that have done something, as idle ones have.
    await Promise.all(batch.map((client) => client.query('SELECT abalance FROM pgbench_accounts WHERE aid = $1', [1])))
  }
  return clients
}

const close = (clients: readonly Client[]) => Promise.all(clients.map((client) => client.end()))

/** p50 of one client, in ms, while eight others keep the way busy at half of what a core can do. */
const ninthClient = async ({ pgbench, options }: Stage, contender: Contender): Promise<readonly number[]> => {
  const [rounds, seconds] = options.quick ? [2, 1] : [3, 4]
  const values: number[] = []
  for (let round = 0; round < rounds; round++) {
    const others = pgbench.select(contender, { mode: 'prepared', clients: 8, seconds: seconds + 1, rate: 2_000 })
    const [value] = await Promise.all([pgbench.latency(contender, seconds), others])
    values.push(value)
  }
  return values
}

/** Sessions that wait cost memory and nothing else. */
export const idle = async (stage: Stage): Promise<readonly Row[]> => {
  const { hoop } = stage
  if (isMissing(hoop))
    return [skipped(what.memory, 'KB', hoop.missing), skipped(what.latency, '× without', hoop.missing)]
  const { plain, processes } = hoop
  const memory = () => Object.entries(processes).map(([name, pid]) => [name, residentMemory(pid) ?? NaN] as const)
  await close(await open(plain, warmUp))
  await sleep(settling, undefined, { signal: stage.signal })
  const before = Object.fromEntries(memory())
  const clients = await open(plain, sessions)
  let each: Record<string, number>
  let beside: readonly number[]
  try {
    await sleep(settling, undefined, { signal: stage.signal })
    each = Object.fromEntries(memory().map(([name, now]) => [name, (now - before[name]!) / sessions]))
    beside = await ninthClient(stage, plain)
  } finally {
    await close(clients)
  }
  const without = await ninthClient(stage, plain)
  return [
    {
      what: what.memory,
      reached: each['gateway'],
      unit: 'KB in the gateway',
      bar: { atMost: 150 },
      note: `${digits(before['gateway']! / 1_024)} MB before; agent ${digits(each['agent']!)} KB each`,
      samples: { before, each },
    },
    {
      what: what.latency,
      reached: median(beside) / median(without),
      unit: '× without',
      bar: { atMost: 1.15 },
      note: `${digits(median(without))} ms without, ${digits(median(beside))} ms with`,
      samples: { without, beside },
    },
  ]
}
