import { describe, expect, test } from 'vitest'
import { patiently } from '../../../../src/gateway/relay/shutdown.js'

const block = (milliseconds: number): void => {
  const until = performance.now() + milliseconds
  while (performance.now() < until);
}

describe('a wait for somebody else', () => {
  test('ends', async () => {
    await new Promise<void>((resolve) => patiently(1, resolve))
  })

  test('leaves them turns of the event loop, however long one before took', async () => {
    let turns = 0
    let over = false
    const turn = (): void => {
      turns += 1
      if (!over) setImmediate(turn)
    }
    const waited = new Promise<void>((resolve) => patiently(20, resolve))
    block(40)
    turn()
    await waited
    over = true
    expect(turns).toBeGreaterThan(4)
  })
})
