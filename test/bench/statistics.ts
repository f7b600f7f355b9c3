/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The smallest value that so large a part of them does not exceed; 1 is the largest. NaN of nothing. */
export const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * part) - 1)] ?? NaN

/**
 * Ratios are taken within a round, where both sides met the same neighbours on the machine, and then the median of
 * rounds: a slow minute does not decide.
 */
export const medianRatio = (ours: readonly number[], theirs: readonly number[]): number =>
  median(ours.map((value, round) => value / theirs[round]!))

/** The median of differences within rounds. */
export const medianDifference = (ours: readonly number[], theirs: readonly number[]): number =>
  median(ours.map((value, round) => value - theirs[round]!))

/** Round `n` begins with another contender than round `n - 1`, so that none always runs first. */
export const rotated = <T>(values: readonly T[], n: number): readonly T[] =>
  values.map((_, i) => values[(i + n) % values.length]!)
