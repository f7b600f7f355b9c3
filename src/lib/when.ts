import { HoopError } from './errors.js'

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/**
 * Milliseconds of `500ms`, `2s`, `1.5h`, `7d`, `2w`.
 * @throws {HoopError} USAGE
 */
export function durationOf(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|[smhdw])$/.exec(text.trim()) ?? []
  if (amount === undefined || unit === undefined) {
    throw new HoopError('USAGE', `${text} is no length of time`, { hint: 'Write 500ms, 2s, 5m, 2h, 7d or 2w.' })
  }
  return Number(amount) * (unit === 'ms' ? 1 : units[unit as keyof typeof units])
}

/** Milliseconds in the largest unit that has no rest: `90m`, `2h`, `1d`. */
export const durationText = (ms: number): string => {
  const [unit, length] = Object.entries({ d: units.d, h: units.h, m: units.m, s: units.s }).find(
    ([, each]) => ms >= each && ms % each === 0,
  ) ?? ['ms', 1]
  return `${ms / length}${unit}`
}

/** Days of the week as `Date` counts them. */
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/** When what people call so began, on this machine's clock; undefined where it is no such word. Weeks begin on Monday. */
function beginningOf(words: string, now: Date): Date | undefined {
  const day = (back: number): Date => new Date(now.getFullYear(), now.getMonth(), now.getDate() - back)
  const sinceMonday = (now.getDay() + 6) % 7
  const weekday = weekdays.indexOf(words)
  if (weekday >= 0) return day((now.getDay() - weekday + 7) % 7)
  switch (words) {
    case 'today':
      return day(0)
    case 'yesterday':
      return day(1)
    case 'this week':
      return day(sinceMonday)
    case 'last week':
      return day(sinceMonday + 7)
    case 'this month':
      return new Date(now.getFullYear(), now.getMonth(), 1)
    case 'last month':
      return new Date(now.getFullYear(), now.getMonth() - 1, 1)
    default:
      return undefined
  }
}

/**
 * A moment: `2h` or `7d` ago, when `today`, `yesterday`, `monday`, `last week` began, or a date with or without a time.
 * Without a zone it means this machine's.
 * @returns ISO 8601 in UTC
 * @throws {HoopError} USAGE
 */
export function momentOf(text: string, now = Date.now()): string {
  const words = text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, ' ')
  return beginningOf(words, new Date(now))?.toISOString() ?? moment(text, (ms) => now - ms)
}

/** The same ahead: `2h` from now, or a date with or without a time. @throws {HoopError} USAGE */
export function momentAhead(text: string, now = Date.now()): string {
  return moment(text, (ms) => now + ms)
}

function moment(text: string, away: (ms: number) => number): string {
  const trimmed = text.trim()
  if (/^\d+(\.\d+)?[a-z]+$/.test(trimmed)) return new Date(away(durationOf(trimmed))).toISOString()
  // A date alone is read as UTC by ECMAScript, a date with a time as local; people mean local both times.
  const parsed = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$/.test(trimmed)
    ? new Date(/^\d{4}-\d{2}-\d{2}$/.test(trimmed) ? `${trimmed}T00:00` : trimmed)
    : new Date(Number.NaN)
  if (Number.isNaN(parsed.getTime())) {
    throw new HoopError('USAGE', `${text} is no time`, {
      hint: 'Write a date (2026-11-20), a time (2026-11-20T09:30, with Z or +01:00 for a zone), a length of time (2h, 7d), or yesterday, monday, last week.',
    })
  }
  return parsed.toISOString()
}
