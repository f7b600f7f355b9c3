import { beforeAll, expect, test } from 'vitest'
import { durationOf, momentOf } from '../../src/lib/when.js'

beforeAll(() => {
  process.env.TZ = 'America/New_York'
})

const now = Date.parse('2026-11-20T12:00:00Z')

test.for([
  ['2h', '2026-11-20T10:00:00.000Z'],
  ['7d', '2026-11-13T12:00:00.000Z'],
  ['1.5h', '2026-11-20T10:30:00.000Z'],
  ['2w', '2026-11-06T12:00:00.000Z'],
  ['2026-11-20', '2026-11-20T05:00:00.000Z'],
  ['2026-11-20T09:30', '2026-11-20T14:30:00.000Z'],
  ['2026-11-20 09:30:15', '2026-11-20T14:30:15.000Z'],
  ['2026-11-20T09:30Z', '2026-11-20T09:30:00.000Z'],
  ['2026-11-20T09:30:00+01:00', '2026-11-20T08:30:00.000Z'],
] as const)('%s is %s, in New York at noon UTC', ([text, moment]) => {
  expect(momentOf(text, now)).toBe(moment)
})

test.for([
  ['today', '2026-11-20T05:00:00.000Z'],
  ['yesterday', '2026-11-19T05:00:00.000Z'],
  ['Friday', '2026-11-20T05:00:00.000Z'],
  ['monday', '2026-11-16T05:00:00.000Z'],
  ['saturday', '2026-11-14T05:00:00.000Z'],
  ['this week', '2026-11-16T05:00:00.000Z'],
  ['last  week', '2026-11-09T05:00:00.000Z'],
  ['last-month', '2026-10-01T04:00:00.000Z'],
  ['this month', '2026-11-01T04:00:00.000Z'],
] as const)('%s began at %s, in New York on a Friday', ([text, moment]) => {
  expect(momentOf(text, now)).toBe(moment)
})

test.for(['', 'someday', '2026-13-01', '7', '7y', '-2h', '20.11.2026', '2026-11-20T99:00'])('%j is no time', (text) => {
  expect(() => momentOf(text, now)).toThrow(expect.objectContaining({ code: 'USAGE', exit: 64 }) as Error)
})

test.for([
  ['500ms', 500],
  ['2s', 2000],
  ['1.5m', 90_000],
  ['0s', 0],
] as const)('%s is %i ms', ([text, ms]) => {
  expect(durationOf(text)).toBe(ms)
})

test.for(['2', 's', '2 s', '1e9s', '-1s'])('%j is no length of time', (text) => {
  expect(() => durationOf(text)).toThrow(expect.objectContaining({ code: 'USAGE' }) as Error)
})
