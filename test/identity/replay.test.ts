import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ReplayGuard } from '../../src/identity/replay.js'

/** On a machine that is busy, any sleep takes as long as it likes. */
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())
const sleep = (milliseconds: number): unknown => vi.advanceTimersByTime(milliseconds)

const code = (guard: ReplayGuard, id: string) => {
  try {
    guard.use(id)
    return 'new'
  } catch (error) {
    return (error as { code: string }).code
  }
}

test('a proof is good once', () => {
  const guard = new ReplayGuard()
  expect([code(guard, 'a'), code(guard, 'b'), code(guard, 'a')]).toEqual(['new', 'new', 'PROOF_REPLAYED'])
})

test('a proof is remembered for the whole window, and forgotten after two', () => {
  const guard = new ReplayGuard({ window: 100 })
  sleep(80)
  expect(code(guard, 'late')).toBe('new')
  sleep(60)
  expect(code(guard, 'next')).toBe('new')
  expect(code(guard, 'late')).toBe('PROOF_REPLAYED')
  sleep(220)
  expect(code(guard, 'late')).toBe('new')
})

test('what cannot be remembered is refused, until there is room again', () => {
  const guard = new ReplayGuard({ window: 50, capacity: 2 })
  expect([code(guard, 'a'), code(guard, 'b'), code(guard, 'c')]).toEqual(['new', 'new', 'GATEWAY_FULL'])
  expect(code(guard, 'a')).toBe('PROOF_REPLAYED')
  sleep(60)
  expect(code(guard, 'c')).toBe('new')
})
