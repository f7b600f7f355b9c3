import { expect, test } from 'vitest'
import { suspendable } from '../../../src/cli/views/suspend.js'

const drawn = () => {
  const seen = { open: 0, draws: 0, halts: 0 }
  const view = suspendable(
    () => {
      seen.open++
      seen.draws++
      return async () => {
        await Promise.resolve()
        seen.open--
      }
    },
    () => seen.halts++,
  )
  return { seen, view }
}

test('Ctrl-Z twice stops once, and one picture comes back', async () => {
  const { seen, view } = drawn()
  await Promise.all([view.suspend(), view.suspend()])
  expect(seen).toEqual({ open: 0, draws: 1, halts: 1 })
  process.emit('SIGCONT')
  expect(seen).toEqual({ open: 1, draws: 2, halts: 1 })
  await view.stop()
  expect(seen.open).toBe(0)
})

test('what was ended while it was stopped doesn’t come back', async () => {
  const { seen, view } = drawn()
  await view.suspend()
  await view.stop()
  process.emit('SIGCONT')
  expect(seen).toEqual({ open: 0, draws: 1, halts: 1 })
})
