import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canariesIn } from './canaries.js'
import { Broken, play, Reader } from './play.js'
import { describeRound, rounds } from './round.js'
import { openWorld } from './world.js'

/** Rounds that one database goes through; what stands in it is what the ones before have left. */
const each = 25
const all = Number(process.env['HOOP_TEST_FUZZ'] ?? 100) * 2
/** Milliseconds after which no further round begins, where it isn't fuzzed: on a slow machine fewer are played. */
const longest = process.env['HOOP_TEST_FUZZ'] ? Infinity : 60_000

test(`nothing that is masked or forbidden comes out of ${all} reads while somebody changes the schema`, async () => {
  const until = performance.now() + longest
  let played = 0
  await fc.assert(
    fc.asyncProperty(rounds(each), async (sequence) => {
      if (performance.now() > until) return
      await using world = await openWorld()
      const reader = new Reader(world)
      for (const [i, round] of sequence.entries()) {
        if (performance.now() > until) break
        played++
        try {
          await play(world, reader, round)
        } catch (error) {
          if (!(error instanceof Broken)) throw error
          throw new Error(`round ${i}: ${describeRound(round)}\n${error.message}`, { cause: error })
        }
      }
      await reader.leave()
      for (const index of world.server.sessions.keys())
        expect(canariesIn(JSON.stringify(await world.server.recording(index)))).toEqual([])
    }),
    { numRuns: Math.ceil(all / each), endOnFailure: true },
  )
  console.log(`${played} reads while the schema changed`)
  expect(played).toBeGreaterThan(0)
}, 3_600_000)
