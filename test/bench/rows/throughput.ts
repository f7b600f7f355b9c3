import type { Load, Outcome } from '../parts/pgbench.js'
import { digits, skipped, type Row } from '../report.js'
import { takeTurns, type Samples } from '../rounds.js'
import { isMissing, present, whyMissing, type Stage } from '../stage.js'
import { median, medianRatio } from '../statistics.js'

const bars = { prepared: { atLeast: 0.5 }, simple: { atLeast: 0.45 } } as const
const cpuBar = { atMost: 2 }

const summary = (samples: Samples<Outcome>): string =>
  Object.entries(samples)
    .map(([name, outcomes]) => `${name} ${digits(median(outcomes.map(({ tps }) => tps)) / 1_000)}k/s`)
    .join(', ')

const ratioRow = (stage: Stage, mode: Load['mode'], samples: Samples<Outcome>): Row => {
  const what = `-S -M ${mode} -c 8`
  const unit = '× pgbouncer-TLS'
  const why = whyMissing(stage.hoop, stage.bouncer)
  if (why !== undefined) return { ...skipped(what, unit, why), note: `skipped: ${why}; ${summary(samples)}`, samples }
  const tps = (name: string) => samples[name]!.map((outcome) => outcome.tps)
  const reached = medianRatio(tps('hoop'), tps('pgbouncer-TLS'))
  return { what, reached, unit, bar: bars[mode], note: summary(samples), samples }
}

const cpuRow = (stage: Stage, samples: Samples<Outcome>): Row => {
  const what = 'gateway CPU per statement'
  const unit = '× pgbouncer-TLS'
  const cpu = (name: string, process: string) => samples[name]?.map((outcome) => outcome.cpu[process]!) ?? []
  const [ours, agent, theirs] = [cpu('hoop', 'gateway'), cpu('hoop', 'agent'), cpu('pgbouncer-TLS', 'pgbouncer')]
  const why = whyMissing(stage.hoop, stage.bouncer)
  if (why !== undefined) {
    return { ...skipped(what, unit, why), note: `skipped: ${why}; pgbouncer-TLS ${digits(median(theirs))} µs` }
  }
  if ([...ours, ...theirs].some(Number.isNaN)) return skipped(what, unit, 'there is no /proc to read CPU times from')
  const note = `gateway ${digits(median(ours))} µs, pgbouncer-TLS ${digits(median(theirs))} µs, agent ${digits(median(agent))} µs`
  return { what, reached: medianRatio(ours, theirs), unit, bar: cpuBar, note }
}

/** Eight clients that send one SELECT by primary key after the other; with `prepared`, also what it costs in CPU. */
export const throughput = async (stage: Stage, mode: Load['mode']): Promise<readonly Row[]> => {
  const { pgbench, direct, directTls, bouncer, hoop, options } = stage
  const [rounds, seconds] = options.quick ? [4, 1] : [10, 2]
  const contenders = present(direct, directTls, bouncer, isMissing(hoop) ? hoop : hoop.plain)
  for (const contender of contenders) await pgbench.select(contender, { mode, clients: 8, seconds: 1 })
  const samples = await takeTurns(contenders, rounds, (contender) =>
    pgbench.select(contender, { mode, clients: 8, seconds }),
  )
  const row = ratioRow(stage, mode, samples)
  return mode === 'prepared' ? [row, cpuRow(stage, samples)] : [row]
}
