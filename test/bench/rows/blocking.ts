import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { environment, type Contender } from '../contenders.js'
import { Inspector } from '../inspector.js'
import type { Blocked, Blocking } from '../parts/blocker.js'
import { run } from '../parts/process.js'
import { digits, skipped, type Row } from '../report.js'
import { isMissing, type Stage } from '../stage.js'
import { percentile } from '../statistics.js'

const blocker = fileURLToPath(new URL('../parts/blocker.js', import.meta.url))

const cases = {
  statements: '20,000 statements in one text',
  text: '50 MB of text',
  complicated: 'a statement of 30,000 terms',
  slow: '1 GB that is read slowly',
} as const satisfies Record<Blocking, string>

/** Sessions that go on beside it, and milliseconds from an answer to the next question. */
const OTHERS = 4
const PAUSE = 5

/**
 * Measures in the gateway itself, through its inspector: how late its event loop is, and how much of its own work lies between
 * two looks, which others on the machine don't disturb. Milliseconds.
 */
const begin = `
  globalThis.late = process.getBuiltinModule('node:perf_hooks').monitorEventLoopDelay({ resolution: 5 })
  globalThis.own = { all: [], last: Infinity, collected: 0 }
  own.observer = new (process.getBuiltinModule('node:perf_hooks').PerformanceObserver)((list) => {
    for (const { duration } of list.getEntries()) own.collected = Math.max(own.collected, duration)
  })
  own.observer.observe({ entryTypes: ['gc'] })
  own.timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage()
    const now = (user + system) / 1000
    own.all.push(Math.max(0, now - own.last))
    own.last = now
  }, 5)
  late.enable()`
const end = `
  clearInterval(own.timer)
  late.disable()
  own.observer.disconnect()
  own.all.sort((one, other) => one - other)
  JSON.stringify({
    late: late.percentile(99) / 1e6,
    longest: late.max / 1e6,
    own: own.all[Math.floor(0.99 * own.all.length)] ?? 0,
    most: own.all.at(-1) ?? 0,
    collected: own.collected,
  })`

/** Milliseconds of each answer, while that is wanted. */
const latencies = async ({ port, user, database }: Contender, signal: AbortSignal): Promise<readonly number[]> => {
  const client = new Client({ host: '127.0.0.1', port, user, database })
  await client.connect()
  const found: number[] = []
  while (!signal.aborted) {
    const begun = performance.now()
    await client.query('SELECT abalance FROM pgbench_accounts WHERE aid = $1', [1])
    found.push(performance.now() - begun)
    await sleep(PAUSE)
  }
  await client.end()
  return found
}

/** Of the gateway's event loop, milliseconds. */
interface Loop {
  /** How late it was, 99 in 100 and at most: by the clock, so others on the machine count. */
  readonly late: number
  readonly longest: number
  /** Its own work between two looks, 99 in 100 and at most: processor time of its thread alone. */
  readonly own: number
  readonly most: number
  /** The longest collection of garbage, by the clock. */
  readonly collected: number
}

interface Measured {
  readonly others: readonly number[]
  readonly loop: Loop
}

const beside = async <T>(contender: Contender, gateway: Inspector, work: Promise<T>) => {
  const over = new AbortController()
  await gateway.evaluate(begin)
  const others = Array.from({ length: OTHERS }, () => latencies(contender, over.signal))
  const done = await work.finally(() => over.abort())
  const found = (await Promise.all(others)).flat()
  const loop = JSON.parse(String(await gateway.evaluate(end))) as Measured['loop']
  return { others: found, loop, done }
}

const ms = (values: readonly number[]): number => percentile(values, 0.99)

/** What one session can do to all others. */
export const blocking = async ({ hoop, options, signal }: Stage): Promise<readonly Row[]> => {
  const names = Object.keys(cases) as Blocking[]
  if (isMissing(hoop)) return names.map((name) => skipped(cases[name], 'ms', hoop.missing))
  const { masked, inspectors } = hoop
  using gateway = await Inspector.open(inspectors!.gateway)
  const seconds = options.quick ? 6 : 20
  const pause = () => sleep(seconds * 500, undefined, { signal })
  await beside(masked, gateway, pause())
  const rows: Row[] = []
  for (const name of names) {
    process.stderr.write(`  ${cases[name]}\n`)
    const calm = await beside(masked, gateway, pause())
    const args = [blocker, name, String(seconds)]
    const loud = await beside(masked, gateway, run(process.execPath, args, { env: environment(masked), signal }))
    const { answers, bytes, error } = JSON.parse(loud.done.stdout) as Blocked
    const { late, longest, own, most, collected } = loud.loop
    const what = `${answers} answers of ${digits(bytes / 1e6)} MB${error === undefined ? '' : `, the last: ${error}`}`
    const samples = { calm: { ...calm, others: ms(calm.others) }, loud: { loop: loud.loop, others: ms(loud.others) } }
    rows.push(
      {
        what: `${cases[name]}: event-loop delay, p99`,
        reached: late,
        unit: 'ms',
        bar: { atMost: 30 },
        note: `longest ${digits(longest)} ms; calm p99 ${digits(calm.loop.late)} ms; ${what}`,
        samples,
      },
      {
        what: `${cases[name]}: its own work without a pause, p99`,
        reached: own,
        unit: 'ms',
        bar: { atMost: 30 },
        note: `processor time, which others on the machine hardly change; longest ${digits(most)} ms, calm p99 ${digits(calm.loop.own)} ms; longest collection of garbage ${digits(collected)} ms by the clock`,
        samples,
      },
      {
        what: `${cases[name]}: others’ p99 over their calm one`,
        reached: ms(loud.others) - ms(calm.others),
        unit: 'ms',
        bar: { atMost: 50 },
        note: `${digits(ms(loud.others))} ms, calm ${digits(ms(calm.others))} ms; longest ${digits(Math.max(...loud.others))} ms`,
        samples,
      },
    )
  }
  return rows
}
