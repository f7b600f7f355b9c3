import { drain } from '../parts/customers.js'
import { digits, skipped, type Row } from '../report.js'
import { takeTurns, type Samples } from '../rounds.js'
import { isMissing, present, type Stage } from '../stage.js'
import { median, medianRatio } from '../statistics.js'
import type { Drained } from '../parts/drain.js'
import { besideUnmasked } from './beside.js'

const statements = {
  copy: { what: 'COPY out', sql: 'COPY customers TO STDOUT' },
  select: { what: 'large SELECT', sql: 'SELECT * FROM customers' },
} as const

const speed = ({ bytes, milliseconds }: Drained): number => bytes / 1e3 / milliseconds

const row = (what: string, atLeast: number, contender: string, samples: Samples<Drained>): Row => {
  const speeds = (name: string) => samples[name]!.map(speed)
  const names = ['direct', 'pgbouncer-TLS', contender].filter((name) => name in samples)
  const size = digits(samples[contender]![0]!.bytes / 1e6)
  const note = `${names.map((name) => `${name} ${digits(median(speeds(name)))} MB/s`).join(', ')}; ${size} MB`
  return {
    what,
    reached: medianRatio(speeds(contender), speeds('direct')),
    unit: '× direct',
    bar: { atLeast },
    note,
    samples,
  }
}

/** What of the throughput is left where rows, bytes and vectors are counted for statement, session and person. */
const counting = (what: string, counted: readonly Drained[], plain: readonly Drained[]): Row => ({
  what,
  reached: medianRatio(counted.map(speed), plain.map(speed)),
  unit: '× uncounted',
  bar: { atLeast: 0.9 },
  note: 'both through hoop',
  samples: { counted, plain },
})

/** A fast answer that isn't the right one would be worth nothing: all ways must bring the same rows, or masked ones. */
const check = (samples: Samples<Drained>): void => {
  const [expected] = samples['direct']!
  for (const [name, drained] of Object.entries(samples)) {
    for (const { tag, bytes } of drained) {
      if (tag !== expected!.tag || (name !== 'hoop-masked' && bytes !== expected!.bytes)) {
        throw new Error(`${name} brought ${tag} in ${bytes} bytes, direct ${expected!.tag} in ${expected!.bytes}`)
      }
    }
  }
}

/** A whole table, several hundred MB, into a client that only counts bytes. */
export const bulk = async (stage: Stage, kind: keyof typeof statements): Promise<readonly Row[]> => {
  const { direct, bouncer, hoop, options, signal } = stage
  const { what, sql } = statements[kind]
  const contenders = present(direct, bouncer, ...(isMissing(hoop) ? [] : [hoop.plain, hoop.masked, hoop.counted]))
  const samples = await takeTurns(contenders, options.quick ? 2 : 3, (each) => drain(each, sql, signal))
  check(samples)
  if (isMissing(hoop)) {
    const speeds = Object.entries(samples).map(([name, values]) => `${name} ${digits(median(values.map(speed)))} MB/s`)
    return [
      { ...skipped(what, '× direct', hoop.missing), note: `skipped: ${hoop.missing}; ${speeds.join(', ')}`, samples },
    ]
  }
  return [
    row(`${what}, unmasked`, 0.6, hoop.plain.name, samples),
    row(`${what}, one text column masked`, 0.45, hoop.masked.name, samples),
    counting(`${what}, counted against budgets`, samples[hoop.counted.name]!, samples[hoop.plain.name]!),
    besideUnmasked(
      `${what}, one text column masked`,
      samples[hoop.masked.name]!,
      samples[hoop.plain.name]!,
      'rows a second, both through hoop',
    ),
  ]
}
