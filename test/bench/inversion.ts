/**
 * How close somebody comes to an embedding by how many query vectors, under each right to its distances. An attack that
 * is known to work, run in memory on the distances that the server would compute; seeded, so that it can be repeated.
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

/** What each query vector tells of the target, of which the attacker makes an estimate. */
interface Attack {
  readonly name: string
  /** What is known after a query with an orthonormal vector: the whole component, or its bits. */
  readonly tells: (component: number, other: number) => number
}

/** Of a component of a unit vector in 768 dimensions, where most are: three standard deviations. */
const WIDE = 3 / Math.sqrt(DIMENSIONS)

/** A search by halves between -WIDE and WIDE: each condition is a guess. */
const halves = (component: number, guesses: number): number => {
  let [low, high] = [-WIDE, WIDE]
  for (let guess = 0; guess < guesses; guess++) {
    const middle = (low + high) / 2
    if (component > middle) low = middle
    else high = middle
  }
  return (low + high) / 2
}

const attacks: readonly Attack[] = [
  { name: 'show', tells: (component) => component },
  { name: 'compare, 1 guess each', tells: (component) => halves(component, 1) },
  { name: 'compare, 4 guesses each', tells: (component) => halves(component, 4) },
  // Beside one row whose vector is known, a search tells which of the two is nearer: on which side of a plane the target is.
  { name: 'hide', tells: (component, other) => Math.sign(component - other) * WIDE * 0.27 },
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
const curveOf = ({ tells }: Attack, target: Vector, known: Vector, queries: readonly Vector[]): readonly number[] => {
  const estimate = new Float64Array(DIMENSIONS)
  let asked = 0
  return steps.map((count) => {
    for (; asked < count; asked++) {
      const query = queries[asked]!
      add(estimate, query, tells(dot(query, target), dot(query, known)))
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
  const targets = Array.from({ length: TARGETS }, () => [direction(random), direction(random)] as const)
  const curves = attacks.map((attack) => {
    const all = targets.map(([target, known]) => curveOf(attack, target, known, queries))
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
