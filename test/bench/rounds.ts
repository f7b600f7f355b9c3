import type { Contender } from './contenders.js'
import { rotated } from './statistics.js'

/** A number per round, for each contender by name. */
export type Samples<T> = Readonly<Record<string, readonly T[]>>

/** Lets the contenders take turns, so that all of them meet what else happens on the machine. */
export const takeTurns = async <T>(
  contenders: readonly Contender[],
  rounds: number,
  measure: (contender: Contender, round: number) => Promise<T>,
): Promise<Samples<T>> => {
  const samples: Record<string, T[]> = Object.fromEntries(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const contender of rotated(contenders, round)) {
      samples[contender.name]!.push(await measure(contender, round))
    }
  }
  return samples
}
