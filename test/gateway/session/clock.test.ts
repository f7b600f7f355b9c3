import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Timed, type SessionTimes, watchTimes } from '../../../src/gateway/session/clock.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const [second, minute, hour] = [1000, 60_000, 3_600_000]

/** A session under a clock, and what the clock said and did, each with the second in which it did. */
const session = (times: SessionTimes) => {
  const began = performance.now()
  const said: string[] = []
  const over = Promise.withResolvers<void>()
  const at = (): string => `${Math.round((performance.now() - began) / second)} s`
  const timed = {
    waiting: true,
    activeAt: began,
    finished: over.promise,
    notice: (text: string, hint: string) => void said.push(`${at()}: ${text}. ${hint}`),
    end: ((error, end) => {
      said.push(`${at()}: ${error.sqlstate} ${error.message} (${end})`)
      over.resolve()
    }) satisfies Timed['end'],
  }
  watchTimes(timed, times)
  return { timed, said, finish: () => over.resolve(), active: () => (timed.activeAt = performance.now()) }
}

test('an idle session is warned a minute before it ends, and ended', () => {
  const { said } = session({ idle: 30 * minute })
  vi.advanceTimersByTime(hour)
  expect(said).toEqual([
    '1740 s: this session is idle and ends in 60 s. The limit is 30 min.',
    '1800 s: 57P05 the session was idle for too long: the limit is 30 min (lapsed)',
  ])
})

test('short limits are warned of a tenth before', () => {
  const { said } = session({ idle: 100 * second })
  vi.advanceTimersByTime(hour)
  expect(said.map((line) => line.split(' ', 1)[0])).toEqual(['90', '100'])
})

test('whoever is active is not idle, however often that comes close', () => {
  const { said, active } = session({ idle: 10 * minute })
  for (let passed = 0; passed < 20; passed++) {
    vi.advanceTimersByTime(8 * minute)
    active()
  }
  expect(said).toEqual([])
  vi.advanceTimersByTime(9 * minute)
  expect(said).toHaveLength(1)
  active()
  vi.advanceTimersByTime(9 * minute)
  // Warned anew, since the warning before did not come true.
  expect(said).toHaveLength(2)
  vi.advanceTimersByTime(minute)
  expect(said).toHaveLength(3)
})

test('while something runs, or waits to be approved, it is not idle', () => {
  const { timed, said, active } = session({ idle: minute })
  timed.waiting = false
  vi.advanceTimersByTime(10 * hour)
  expect(said).toEqual([])
  timed.waiting = true
  active()
  vi.advanceTimersByTime(59 * second)
  expect(said).toEqual([expect.stringContaining('is idle and ends in 6 s')])
  vi.advanceTimersByTime(second)
  expect(said).toHaveLength(2)
})

test('the greatest length ends a session whatever it does', () => {
  const { timed, said, active } = session({ longest: 8 * hour })
  timed.waiting = false
  for (let passed = 0; passed < 600; passed++) {
    vi.advanceTimersByTime(minute)
    active()
  }
  expect(said).toEqual([
    '28740 s: this session ends in 60 s. The limit is 8 h.',
    '28800 s: 57P01 the session has reached its greatest length: the limit is 8 h (lapsed)',
  ])
})

test('both limits hold side by side', () => {
  const { said } = session({ longest: 10 * minute, idle: 9 * minute + 30 * second })
  vi.advanceTimersByTime(hour)
  expect(said.map((line) => line.replace(/ s: .*?(session|57P0\d).*$/, ' $1'))).toEqual([
    '513 session',
    '540 session',
    '570 57P05',
  ])
})

test('limits of months are kept, though a timer can’t be set that far', () => {
  const { said } = session({ longest: 60 * 24 * hour })
  vi.advanceTimersByTime(59 * 24 * hour)
  expect(said).toEqual([])
  vi.advanceTimersByTime(24 * hour)
  expect(said).toHaveLength(2)
})

test('without limits, and once the session has finished, no timer is left', async () => {
  session({})
  session({ idle: null, longest: null })
  expect(vi.getTimerCount()).toBe(0)
  const { finish } = session({ idle: hour, longest: hour })
  expect(vi.getTimerCount()).toBe(1)
  finish()
  await Promise.resolve()
  await Promise.resolve()
  expect(vi.getTimerCount()).toBe(0)
})
