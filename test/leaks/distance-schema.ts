import type { Side } from './values.js'
import { library, vectorsOf } from './vector-schema.js'
import type { Contents } from './world.js'

const dot = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, at) => sum + value * other[at]!, 0)

const length = (one: readonly number[]): number => Math.sqrt(dot(one, one))

/** What attempts search with. */
const wanted = [1, 0, 0, 0]

/** Distances of all kinds as the server prints them, up to where its float4 may round otherwise. */
const distances = (side: Side): string[] =>
  vectorsOf(side).flatMap((vector) => {
    const cosine = dot(vector, wanted) / length(vector) / length(wanted)
    const euclidean = length(vector.map((value, at) => value - wanted[at]!))
    return [1 - cosine, cosine, euclidean, 1 - euclidean, (1 + cosine) / 2].map((value) =>
      Math.abs(value).toFixed(12).slice(0, 8),
    )
  })

/** The library of embeddings under a right to their distances. */
export const libraryWith = (right: 'compare' | 'show'): Contents => {
  const { masks, ...policy } = library.policy as { masks: readonly object[] }
  return {
    ...library,
    policy: { ...policy, masks: masks.map((mask) => ({ ...mask, distances: right })) },
    values: (side) => (right === 'show' ? library.values(side) : [...library.values(side), ...distances(side)]),
  }
}
