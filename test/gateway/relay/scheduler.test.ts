import { expect, test } from 'vitest'
import { type Turn, Scheduler } from '../../../src/gateway/relay/scheduler.js'

const immediate = () => new Promise((resolve) => setImmediate(resolve))
const chunk = 64 * 1024

/** Streams that always have more: each reads a chunk per turn of the event loop as long as it may. */
class Greedy {
  readonly bytes: number[]
  readonly #turns: readonly Turn[]

  constructor(turns: Scheduler, count: number) {
    this.bytes = Array.from({ length: count }, () => 0)
    this.#turns = this.bytes.map(() => turns.join(() => undefined))
  }

  /** @returns what all of them have read in one turn */
  async turn(size = chunk): Promise<number> {
    let sum = 0
    for (const [i, turn] of this.#turns.entries()) {
      if (turn.waits) continue
      turn.took(size)
      this.bytes[i]! += size
      sum += size
    }
    await immediate()
    return sum
  }
}

test('a stream that is alone never waits', async () => {
  const greedy = new Greedy(new Scheduler(), 1)
  for (let n = 0; n < 100; n++) expect(await greedy.turn()).toBe(chunk)
})

test.for([chunk, 8 * 1024])(
  'of 200 streams with chunks of %i bytes a turn carries a megabyte at most, and all get the same',
  async (size) => {
    const greedy = new Greedy(new Scheduler(), 200)
    // At first nobody knows of the others.
    for (let n = 0; n < 10; n++) await greedy.turn(size)
    for (let n = 0; n < 1000; n++) expect(await greedy.turn(size)).toBeLessThanOrEqual(1024 * 1024)
    const [least, most] = [Math.min(...greedy.bytes), Math.max(...greedy.bytes)]
    expect(least).toBeGreaterThan(0)
    expect(most - least).toBeLessThanOrEqual(4 * chunk)
  },
)

test('a session whose answers are small does not wait for those that stream', async () => {
  const turns = new Scheduler()
  const greedy = new Greedy(turns, 200)
  const small = turns.join(() => expect.unreachable())
  for (let n = 0; n < 50; n++) {
    await greedy.turn()
    expect(small.took(4000)).toBe(true)
  }
})

test('who had to wait is called back, also where the others have stopped', async () => {
  const turns = new Scheduler()
  let back = 0
  const streams = Array.from({ length: 100 }, () => turns.join(() => void back++))
  const waiting = streams.filter((turn) => !turn.took(chunk)).length
  expect(waiting).toBeGreaterThan(80)
  for (let n = 0; n < 20; n++) await immediate()
  expect(back).toBe(waiting)
  expect(streams.some(({ waits }) => waits)).toBe(false)
})
