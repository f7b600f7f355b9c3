const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

export interface Trend {
  /** Megabytes: in the middle of the third quarter of the time, and of the fourth. */
  readonly third: number
  readonly fourth: number
  readonly most: number
  readonly flat: boolean
}

/**
 * Whether memory has stopped growing in the second half. What was compiled and cached before is there to stay; garbage comes and
 * goes, so that a tenth more, and 10 MB, say nothing.
 * @param megabytes samples at equal distances
 */
export const trendOf = (megabytes: readonly number[]): Trend => {
  const quarter = (from: number): number =>
    median(megabytes.slice(Math.floor((from * megabytes.length) / 4), Math.ceil(((from + 1) * megabytes.length) / 4)))
  const [third, fourth] = [quarter(2), quarter(3)]
  return { third, fourth, most: Math.max(...megabytes), flat: fourth <= third * 1.1 + 10 }
}
