/** Seconds, from what the relay adds to a point query up to what somebody would complain of. */
export const latencyBounds: readonly number[] = [
  0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10,
]

/** Seconds, for what may wait for people. */
export const waitBounds: readonly number[] = [0.001, 0.01, 0.1, 1, 10, 60, 300, 900, 3600]

/**
 * How often values fell where: a histogram's counts. Observing costs a short walk and no memory, so that it can stand in the
 * data path.
 */
export class Distribution {
  /** Upper bounds, ascending; what is above the last is counted as well. */
  readonly bounds: readonly number[]
  /** One for each bound and one for what is above, each without those before it. */
  readonly counts: Float64Array
  #sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  get sum(): number {
    return this.#sum
  }

  /** @param value in the bounds' unit */
  observe(value: number): void {
    const { bounds } = this
    let at = 0
    while (at < bounds.length && value > bounds[at]!) at++
    this.counts[at]!++
    this.#sum += value
  }
}
