import { expect, test } from 'vitest'
import { mayChange, total } from '../../../src/agent/api/sessions/totals.js'
import type { SessionSummary } from '../../../src/lib/api.js'

const session = (counters: Partial<SessionSummary['counters']>): SessionSummary => ({
  id: 's',
  subject: 'mika',
  name: 'mika',
  connection: 'vectordb',
  grantId: 'g',
  startedAt: '2026-01-01T00:00:00Z',
  policyHash: 'h',
  seenClear: false,
  counters: { statements: 0, refused: 0, errors: 0, rows: 0, bytes: 0, masked: 0, ...counters },
})

test('sessions are summed, and the refusal is the newest one’s', () => {
  const sessions = [
    session({ statements: 1, rows: 10 }),
    session({ statements: 2, rows: 20, refused: 1, masked: 3, lastRefusal: 'newer' }),
    session({ statements: 4, rows: 40, refused: 2, masked: 6, lastRefusal: 'older' }),
  ]
  expect(total(sessions)).toEqual({ statements: 7, rows: 70, refused: 3, masked: 9, lastRefusal: 'newer' })
})

test('nothing yet is nothing', () => {
  expect(total([])).toEqual({ statements: 0, rows: 0, refused: 0, masked: 0 })
})

test.for([
  [1, 0, true], // a client is there
  [0, 95_000, true], // one left just now
  [0, 80_000, false],
  [0, 0, false], // nobody ever came
] as const)('with %i open and the last event at %i ms, news at 100000 ms: %s', ([open, lastEvent, news]) => {
  expect(mayChange(open, lastEvent, 100_000)).toBe(news)
})
