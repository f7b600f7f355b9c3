import { setImmediate } from 'node:timers/promises'
import { type Metric, Registry } from 'prom-client'
import { definitions, type MetricName } from './definitions.js'
import { Distribution } from './distribution.js'
import { metricNames, readings, type Sample, type Sources } from './readings.js'

/** Milliseconds for each metric: a folder that doesn't answer must not keep the others. */
const PATIENCE = 3_000

/** What is read of all metrics, as Prometheus's text format. */
export interface Exposition {
  readonly contentType: string
  /** Never rejects over one metric: what can't be read is left out. */
  text(): Promise<string>
}

/** A line of the format, as prom-client writes it: its own labels, and those that all lines of a histogram share. */
interface Line {
  readonly metricName: string
  readonly labels: Readonly<Record<string, string>>
  readonly sharedLabels?: Readonly<Record<string, string>>
  readonly value: number
}

const linesOf = (name: string, { labels, value }: Sample): Line[] => {
  if (!(value instanceof Distribution)) return [{ metricName: name, labels, value }]
  const { bounds, counts, sum } = value
  let total = 0
  const buckets = Array.from(counts, (count, at): Line => {
    total += count
    const le = at < bounds.length ? String(bounds[at]) : '+Inf'
    return { metricName: `${name}_bucket`, labels: { le }, sharedLabels: labels, value: total }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: {}, sharedLabels: labels, value: sum },
    { metricName: `${name}_count`, labels: {}, sharedLabels: labels, value: total },
  ]
}

/**
 * A metric whose values somebody else keeps. prom-client's own kinds keep them by label in tables of theirs, which would have
 * to be filled anew each time; what its registry asks a metric for is this.
 */
const keptElsewhere = (name: MetricName, read: () => Promise<readonly Sample[]>): Metric => {
  const { help, type } = definitions[name]
  const get = async () => ({ name, help, type, values: (await read()).flatMap((sample) => linesOf(name, sample)) })
  return { name, get } as unknown as Metric
}

const late = async (): Promise<never> => {
  await new Promise((later) => setTimeout(later, PATIENCE).unref())
  throw new Error(`no answer within ${PATIENCE} ms`)
}

/** @param failed told what can't be read, and why */
export const createExposition = (
  sources: Sources,
  failed: (metric: MetricName, error: unknown) => void,
): Exposition => {
  const read = async (name: MetricName): Promise<readonly Sample[]> => {
    try {
      const samples = readings[name](sources)
      return samples instanceof Promise ? await Promise.race<readonly Sample[]>([samples, late()]) : samples
    } catch (error) {
      failed(name, error)
      return []
    }
  }
  const registry = new Registry()
  /** What the reading that is under way has of each. */
  let begun: ReadonlyMap<MetricName, Promise<readonly Sample[]>> = new Map()
  for (const name of metricNames)
    registry.registerMetric(keptElsewhere(name, async () => (await begun.get(name)) ?? []))
  return {
    contentType: registry.contentType,
    // All are read side by side and written in turns: with a hundred connections that is much for one turn of the event
    // loop, which carries the sessions.
    text: async () => {
      begun = new Map(metricNames.map((name) => [name, read(name)]))
      let text = ''
      for (const name of metricNames) {
        text += `${await registry.getSingleMetricAsString(name)}\n`
        await setImmediate()
      }
      return text
    },
  }
}
