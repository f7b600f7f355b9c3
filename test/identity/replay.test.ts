import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ReplayGuard } from '../../src/identity/replay.js'

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

test('a proof is remembered for the whole window, and forgotten after two', async () => {
  const guard = new ReplayGuard({ window: 100 })
  await sleep(80)
  expect(code(guard, 'late')).toBe('new')
  await sleep(60)
  expect(code(guard, 'next')).toBe('new')
  expect(code(guard, 'late')).toBe('PROOF_REPLAYED')
  await sleep(220)
  expect(code(guard, 'late')).toBe('new')
})

test('what cannot be remembered is refused, until there is room again', async () => {
  const guard = new ReplayGuard({ window: 50, capacity: 2 })
  expect([code(guard, 'a'), code(guard, 'b'), code(guard, 'c')]).toEqual(['new', 'new', 'GATEWAY_FULL'])
  expect(code(guard, 'a')).toBe('PROOF_REPLAYED')
  await sleep(60)
  expect(code(guard, 'c')).toBe('new')
})
