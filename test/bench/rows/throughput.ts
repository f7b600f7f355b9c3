import type { Load } from '../parts/pgbench.js'
import { digits, skipped, type Row } from '../report.js'
import { takeTurns, type Samples } from '../rounds.js'
import { isMissing, present, whyMissing, type Stage } from '../stage.js'
import { median, medianRatio } from '../statistics.js'

const bars = { prepared: { atLeast: 0.5 }, simple: { atLeast: 0.45 } } as const

const summary = (samples: Samples<number>): string =>
  Object.entries(samples)
    .map(([name, tps]) => `${name} ${digits(median(tps) / 1_000)}k/s`)
    .join(', ')

const ratioRow = (stage: Stage, mode: Load['mode'], samples: Samples<number>): Row => {
  const what = `-S -M ${mode} -c 8`
  const unit = '× pgbouncer-TLS'
  const why = whyMissing(stage.hoop, stage.bouncer)
  if (why !== undefined) return { ...skipped(what, unit, why), note: `skipped: ${why}; ${summary(samples)}`, samples }
  const reached = medianRatio(samples['hoop']!, samples['pgbouncer-TLS']!)
  return { what, reached, unit, bar: bars[mode], note: summary(samples), samples }
}

/** Eight clients that send one SELECT by primary key after the other; with `prepared`, also what it costs in CPU. */
export const throughput = async (stage: Stage, mode: Load['mode']): Promise<readonly Row[]> => {
  const { pgbench, direct, directTls, bouncer, hoop, options } = stage
  const [rounds, seconds] = options.quick ? [4, 1] : [10, 2]
  const others = options.quick ? [direct] : [direct, directTls]
  const contenders = present(...others, bouncer, isMissing(hoop) ? hoop : hoop.plain)
  for (const contender of contenders) await pgbench.select(contender, { mode, clients: 8, seconds: 1 })
  const samples = await takeTurns(contenders, rounds, (contender) =>
    pgbench.select(contender, { mode, clients: 8, seconds }),
  )
  return [ratioRow(stage, mode, samples)]
}
