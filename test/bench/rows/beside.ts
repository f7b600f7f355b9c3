import type { Drained } from '../parts/drain.js'
import type { Row } from '../report.js'
import { medianRatio } from '../statistics.js'

/** How much of the unmasked throughput is left, in rows a second: masked values are shorter or longer than their own. */
export const besideUnmasked = (
  what: string,
  masked: readonly Drained[],
  plain: readonly Drained[],
  note: string,
): Row => {
  const times = (drained: readonly Drained[]) => drained.map(({ milliseconds }) => milliseconds)
  for (const [round, { tag }] of masked.entries())
    if (tag !== plain[round]!.tag) throw new Error(`masked brought ${tag}, unmasked ${plain[round]!.tag}`)
  return {
    what,
    reached: medianRatio(times(plain), times(masked)),
    unit: '× unmasked',
    bar: { atLeast: 0.6 },
    note,
    samples: { masked, plain },
  }
}
