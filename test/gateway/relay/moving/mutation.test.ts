import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { WitnessPart } from '../../../../src/sql/witness/text.js'
import { Broken, play, Reader } from './play.js'
import { rounds } from './round.js'
import { byPart } from './scenarios.js'
import { Witnessed, withoutPart } from './without.js'
import { openWorld } from './world.js'

/** `npm run mutation`: how many rounds are played without each part. */
const asked = Number(process.env['HOOP_TEST_MUTATION'] ?? 0)

/** Rounds that one database goes through, as in the property test. */
const each = 25

/** Plays the property test's rounds without the witness or a part of it. @returns in which one of them it fails, and how */
const firstBroken = async (part: WitnessPart | undefined): Promise<string | undefined> => {
  const sequences = fc.sample(rounds(each), { numRuns: Math.ceil(asked / each) })
  let played = 0
  for (const sequence of sequences) {
    const witnessed = new Witnessed()
    witnessed.off = part === undefined
    await using world = await openWorld(witnessed.through)
    world.between.rewrite = part && withoutPart(part).rewrite
    const reader = new Reader(world)
    for (const round of sequence) {
      played++
      try {
        await play(world, reader, round)
      } catch (error) {
        if (!(error instanceof Broken)) throw error
        return `round ${played}: ${error.message.split('\n')[0]}`
      }
    }
    await reader.leave()
  }
  return undefined
}

describe.skipIf(asked === 0)('the property test fails', () => {
  test('without the witness', async () => {
    const broken = await firstBroken(undefined)
    console.log(`without the witness: ${broken}`)
    expect(broken).toBeDefined()
  }, 600_000)

  test('without its parts, as far as chance gets that far: parts.test.ts has a case for each', async () => {
    const found: string[] = []
    for (const part of Object.keys(byPart) as WitnessPart[]) {
      const broken = await firstBroken(part)
      console.log(`without ${part}: ${broken ?? `not within ${asked} rounds`}`)
      if (broken !== undefined) found.push(part)
    }
    // What most reads rest on. Others take a rare change at one moment, or a setting that no round changes.
    expect(found).toContain('whole')
  }, 3_600_000)
})
