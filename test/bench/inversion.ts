/**
 * How close somebody comes to an embedding by how many query vectors, under each right to its distances. The best attack
 * that is known for each, run in memory on the distances that the server would compute; seeded, so that it can be repeated.
 * Each question is put where both answers are as likely, by what is known so far.
 */

/** Dimensions of the embedding, and attempts that are averaged. */
const DIMENSIONS = 768
const TARGETS = 5

const steps = [1, 10, 50, 100, 200, 400, 768, 1536, 3000] as const

/** mulberry32: small, seeded, and good enough to draw directions. */
const generator = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
}

type Vector = Float64Array

const dot = (one: Vector, other: Vector): number => {
  let sum = 0
  for (let at = 0; at < one.length; at++) sum += one[at]! * other[at]!
  return sum
}
const scaled = (one: Vector, by: number): Vector => one.map((value) => value * by)
const unit = (one: Vector): Vector => scaled(one, 1 / Math.sqrt(dot(one, one) || 1))

/** A direction, all equally likely (Box and Muller). */
const direction = (random: () => number): Vector =>
  unit(
    Float64Array.from(
      { length: DIMENSIONS },
      () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
    ),
  )

const add = (sum: Vector, what: Vector, times: number): void => {
  for (let at = 0; at < sum.length; at++) sum[at]! += what[at]! * times
}

/** Of a component of what is still unknown: how great it usually is. */
const spread = (left: number): number => Math.sqrt(left / DIMENSIONS)

/** erf by Abramowitz and Stegun 7.1.26, which is right to 1.5e-7. */
const below = (x: number): number => {
  const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2)
  const tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
  const half = 0.5 * tail * Math.exp((-x * x) / 2)
  return x < 0 ? half : 1 - half
}

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)

/** What a normal number is on average that lies between these. */
const meanBetween = (low: number, high: number): number =>
  (density(low) - density(high)) / Math.max(below(high) - below(low), 1e-12)

/** Where as much lies below as above, of what lies between these. */
const middleOf = (low: number, high: number): number => {
  const wanted = (below(low) + below(high)) / 2
  let [from, to] = [Math.max(low, -6), Math.min(high, 6)]
  for (let step = 0; step < 40; step++) {
    const middle = (from + to) / 2
    if (below(middle) < wanted) from = middle
    else to = middle
  }
  return (from + to) / 2
}

/** A search by halves for a number that is normally distributed: what it is taken for after so many questions. */
const halves = (value: number, guesses: number): number => {
  let [low, high] = [-Infinity, Infinity]
  for (let guess = 0; guess < guesses; guess++) {
    const middle = middleOf(low, high)
    if (value > middle) low = middle
    else high = middle
  }
  return meanBetween(low, high)
}

/** What of it is left unknown after so many halvings of all components, 1 being all. */
const unknownAfter = (guesses: number): number => {
  const cells = 2 ** guesses
  const edge = (at: number): number => (at === 0 ? -Infinity : at === cells ? Infinity : quantile(at / cells))
  let known = 0
  for (let at = 0; at < cells; at++) known += meanBetween(edge(at), edge(at + 1)) ** 2 / cells
  return 1 - known
}

const quantile = (share: number): number => {
  let [from, to] = [-6, 6]
  for (let step = 0; step < 40; step++) {
    const middle = (from + to) / 2
    if (below(middle) < share) from = middle
    else to = middle
  }
  return (from + to) / 2
}

/** What a query vector tells of a target, of which the attacker makes an estimate. */
interface Attack {
  readonly name: string
  /** What a component is taken for, of which `expected` is known and `deviation` how far it usually is from that. */
  readonly tells: (component: number, expected: number, deviation: number, known: readonly number[]) => number
  /** The share of what was unknown that still is when each direction was asked for once. */
  readonly left: number
}

const byHalves = (name: string, guesses: number): Attack => ({
  name,
  tells: (component, expected, deviation) => expected + deviation * halves((component - expected) / deviation, guesses),
  left: unknownAfter(guesses),
})

/** Rows whose vectors are known, among which a search puts the target. */
const KNOWN = 1000

/** Between which two of them it is. Each pass is by other directions, so that the known ones stand elsewhere. */
const amongKnown = (component: number, expected: number, deviation: number, known: readonly number[]): number => {
  let [low, high] = [-Infinity, Infinity]
  for (const each of known) {
    if (each <= component && each > low) low = each
    if (each > component && each < high) high = each
  }
  return expected + deviation * meanBetween((low - expected) / deviation, (high - expected) / deviation)
}

const attacks: readonly Attack[] = [
  { name: 'show', tells: (component) => component, left: 0 },
  byHalves('compare, 1 guess each', 1),
  byHalves('compare, 4 guesses each', 4),
  // A search tells which of the two is nearer. At right angles to what they differ in as far as is known, that is one bit
  // of what isn't: a guess at the component that is expected.
  byHalves('hide, beside 1 known row', 1),
  { name: `hide, beside ${KNOWN} known rows`, tells: amongKnown, left: 0.001 },
]

/** Query vectors at right angles to each other tell the most; where all directions are asked, another basis begins. */
const basis = function* (random: () => number): Generator<Vector> {
  for (;;) {
    const found: Vector[] = []
    while (found.length < DIMENSIONS) {
      const next = direction(random)
      for (const each of found) add(next, each, -dot(next, each))
      const last = unit(next)
      found.push(last)
      yield last
    }
  }
}

/** Cosine between the target and the estimate after so many query vectors. */
const curveOf = (
  { tells, left }: Attack,
  target: Vector,
  queries: readonly Vector[],
  known: readonly (readonly number[])[],
): readonly number[] => {
  const estimate = new Float64Array(DIMENSIONS)
  let asked = 0
  return steps.map((count) => {
    for (; asked < count; asked++) {
      const query = queries[asked]!
      const expected = dot(query, estimate)
      const deviation = spread(Math.max(left ** Math.floor(asked / DIMENSIONS), 1e-12))
      const value = tells(dot(query, target), expected, deviation, known[asked]!)
      add(estimate, query, value - expected)
    }
    const length = Math.sqrt(dot(estimate, estimate))
    return length === 0 ? 0 : dot(estimate, target) / length
  })
}

export interface Curve {
  readonly attack: string
  /** Mean cosine after so many query vectors, in the order of `queries`. */
  readonly cosines: readonly number[]
}

export const inversion = (seed = 7): { readonly queries: readonly number[]; readonly curves: readonly Curve[] } => {
  const random = generator(seed)
  const source = basis(random)
  const queries = Array.from({ length: Math.max(...steps) }, () => source.next().value as Vector)
  const targets = Array.from({ length: TARGETS }, () => direction(random))
  const rows = Array.from({ length: KNOWN }, () => direction(random))
  const known = queries.map((query) => rows.map((row) => dot(query, row)))
  const curves = attacks.map((attack) => {
    const all = targets.map((target) => curveOf(attack, target, queries, known))
    return {
      attack: attack.name,
      cosines: steps.map((_, at) => all.reduce((sum, one) => sum + one[at]!, 0) / all.length),
    }
  })
  return { queries: steps, curves }
}

/** The table of docs/masking.md. */
export const inversionTable = ({ queries, curves }: ReturnType<typeof inversion>): string =>
  [
    `| query vectors | ${curves.map(({ attack }) => attack).join(' | ')} |`,
    `|---|${curves.map(() => '---').join('|')}|`,
    ...queries.map((count, at) => `| ${count} | ${curves.map(({ cosines }) => cosines[at]!.toFixed(2)).join(' | ')} |`),
  ].join('\n')
