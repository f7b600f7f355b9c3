import type { Row } from '../report.js'
import { digits } from '../report.js'
import { median } from '../statistics.js'

export interface Timing {
  readonly quick: boolean
}

/** Milliseconds that a sample takes at least. */
const long = 60

/** Microseconds a call: the median of samples, each long enough for the clock and after the compiler has had its turn. */
export const microseconds = (call: () => unknown, { quick }: Timing): number => {
  let calls = 1
  const sample = (): number => {
    const begun = performance.now()
    for (let i = 0; i < calls; i++) call()
    return performance.now() - begun
  }
  while (sample() < long) calls *= 2
  return (median(Array.from({ length: quick ? 3 : 9 }, sample)) * 1_000) / calls
}

/** A row without a bar: parts of the whole, to see which one moved. */
export const microRow = (what: string, reached: number, bytes?: number): Row => ({
  what,
  reached,
  unit: 'µs',
  note: bytes === undefined ? '' : `${digits(bytes / reached)} MB/s`,
})
