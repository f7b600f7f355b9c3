import { digits, skipped, type Row } from '../report.js'
import { takeTurns } from '../rounds.js'
import { isMissing, present, type Stage } from '../stage.js'
import { median, medianDifference } from '../statistics.js'

const what = 'one client, added median latency'

/** What the way through the gateway adds to one client's statement, median to median. */
export const latency = async ({ pgbench, direct, bouncer, hoop, options }: Stage): Promise<readonly Row[]> => {
  const [rounds, seconds] = options.quick ? [3, 1] : [8, 2]
  const contenders = present(direct, bouncer, isMissing(hoop) ? hoop : hoop.plain)
  const samples = await takeTurns(contenders, rounds, (contender) => pgbench.latency(contender, seconds))
  const note = Object.entries(samples)
    .map(([name, values]) => `${name} ${digits(median(values))} ms`)
    .join(', ')
  if (isMissing(hoop))
    return [{ ...skipped(what, 'ms', hoop.missing), note: `skipped: ${hoop.missing}; ${note}`, samples }]
  const reached = medianDifference(samples['hoop']!, samples['direct']!)
  return [{ what, reached, unit: 'ms over direct', bar: { atMost: 0.12 }, note, samples }]
}
