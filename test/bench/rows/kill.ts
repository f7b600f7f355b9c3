import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Contender } from '../contenders.js'
import { Endless, type Ending, results } from '../parts/endless.js'
import type { Api } from '../parts/hoop.js'
import { digits, skipped, type Row } from '../report.js'
import { isMissing, type Stage } from '../stage.js'
import { percentile } from '../statistics.js'

/** Live and busy at every measurement. */
const sessions = 200
/** Upper ends of the histogram's classes, milliseconds. */
const classes = [25, 50, 100, 250, 500, 1000]

type Load = keyof typeof results
const loads: Readonly<Record<Load, string>> = { steady: 'that stream', flatOut: 'that take all they get' }

const what = (load: Load) => ({
  one: `kill one of ${sessions} sessions ${loads[load]}`,
  all: `kill ${sessions} sessions ${loads[load]}`,
  server: `until the server has stopped them`,
})

const histogram = (milliseconds: readonly number[]): string =>
  [...classes, Infinity]
    .map((to, i) => {
      const from = classes[i - 1] ?? 0
      const count = milliseconds.filter((ms) => ms > from && ms <= to).length
      return count === 0 ? '' : `${to === Infinity ? `> ${from}` : `≤ ${to}`}: ${count}`
    })
    .filter((text) => text !== '')
    .join(', ')

/** Opens them one batch after the other, and lets them stream when all are there. */
const openAll = async (contender: Contender, count: number, load: Load): Promise<readonly Endless[]> => {
  const clients: Endless[] = []
  while (clients.length < count)
    clients.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(20, count - clients.length) }, () => Endless.open(contender)),
      )),
    )
  await Promise.all(clients.map((client) => client.begin(results[load])))
  return clients
}

/** Resolves when the database has no backend of hoop's sessions that runs something. */
const stopped = async (direct: Client): Promise<number> => {
  const running = `SELECT FROM pg_stat_activity WHERE application_name LIKE 'hoop:%' AND state = 'active'`
  while ((await direct.query(running)).rowCount! > 0) await sleep(5)
  return performance.now()
}

const rowOf = (name: string, endings: readonly Ending[], samples: readonly number[]): Row => {
  const untold = endings.filter(({ told }) => !told).length
  const at = (part: number) => digits(percentile(samples, part))
  return {
    what: name,
    reached: percentile(samples, 0.99),
    unit: 'ms p99',
    bar: { atMost: 1000 },
    note:
      `p50 ${at(0.5)}, p90 ${at(0.9)}, max ${at(1)} ms of ${samples.length}; ${histogram(samples)}` +
      (untold > 0 ? `; ${untold} without a reason` : ''),
    samples: { milliseconds: samples, untold },
  }
}

const rowsOf = async (load: Load, api: Api, contender: Contender, watcher: Client, singly: number): Promise<Row[]> => {
  const clients = await openAll(contender, sessions + singly, load)
  try {
    await sleep(2000)
    const reason = 'a measurement'
    const one: { ms: number; ending: Ending }[] = []
    for (const client of clients.slice(0, singly)) {
      const from = performance.now()
      const answered = api.post(`/v1/sessions/${client.session}/kill`, { reason })
      const [ending] = await Promise.all([client.ended, answered])
      one.push({ ms: ending.at - from, ending })
    }
    const from = performance.now()
    const endings = Promise.all(clients.slice(singly).map(({ ended }) => ended))
    const answered = api.post('/v1/sessions/kill', { reason, all: true })
    const [all, free] = await Promise.all([endings, stopped(watcher), answered])
    const { one: oneName, all: allName, server } = what(load)
    return [
      rowOf(
        oneName,
        one.map(({ ending }) => ending),
        one.map(({ ms }) => ms),
      ),
      rowOf(
        allName,
        all,
        all.map(({ at }) => at - from),
      ),
      { what: server, reached: free - from, unit: 'ms', bar: { atMost: 1000 }, note: 'the last of them' },
    ]
  } finally {
    for (const client of clients) client.close()
  }
}

/** From the moment that an order is sent until the client has its FATAL and the connection is closed. */
export const kill = async ({ hoop, direct, options }: Stage): Promise<readonly Row[]> => {
  const each = Object.keys(loads) as Load[]
  if (isMissing(hoop))
    return each.flatMap((load) => Object.values(what(load)).map((name) => skipped(name, 'ms', hoop.missing)))
  const { port, database, user, password } = direct
  const watcher = new Client({ host: '127.0.0.1', port, database, user, password })
  await watcher.connect()
  await using api = await hoop.api()
  try {
    const rows: Row[] = []
    for (const load of each) rows.push(...(await rowsOf(load, api, hoop.plain, watcher, options.quick ? 20 : 100)))
    return rows
  } finally {
    await watcher.end()
  }
}
