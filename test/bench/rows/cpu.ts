import { digits, skipped, type Row } from '../report.js'
import { takeTurns } from '../rounds.js'
import { isMissing, present, whyMissing, type Stage } from '../stage.js'
import { median, medianRatio } from '../statistics.js'

const what = 'gateway CPU per statement'
const unit = '× pgbouncer-TLS'

/** CPU time by process accounting, without the cost of logging in. Other work on the machine hardly moves it. */
export const cpu = async ({ pgbench, bouncer, hoop, options }: Stage): Promise<readonly Row[]> => {
  const [rounds, seconds] = options.quick ? [2, 3] : [4, 5]
  const contenders = present(bouncer, isMissing(hoop) ? hoop : hoop.plain)
  const samples = await takeTurns(contenders, rounds, (contender) =>
    pgbench.cost(contender, { mode: 'prepared', clients: 8, seconds }),
  )
  const of = (contender: string, process: string) => samples[contender]?.map((cost) => cost[process]!) ?? []
  const [gateway, agent] = [of('hoop', 'gateway'), of('hoop', 'agent')]
  const pgbouncer = of('pgbouncer-TLS', 'pgbouncer')
  const note = Object.entries({ gateway, agent, pgbouncer })
    .filter(([, costs]) => costs.length > 0)
    .map(([name, costs]) => `${name} ${digits(median(costs))} µs`)
    .join(', ')
  const why =
    whyMissing(hoop, bouncer) ??
    ([...gateway, ...pgbouncer].some(Number.isNaN) ? 'there is no /proc to read CPU times from' : undefined)
  if (why !== undefined) return [{ ...skipped(what, unit, why), note: `skipped: ${why}; ${note}`, samples }]
  return [{ what, reached: medianRatio(gateway, pgbouncer), unit, bar: { atMost: 2 }, note, samples }]
}
