import { HoopError } from '../lib/errors.js'

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * A moment to come: `18:00` (the next one, on this machine's clock), `90m`, `2h`, `7d` from now, or a date with a time.
 * @returns ISO 8601 in UTC
 * @throws {HoopError} USAGE
 */
export function untilOf(text: string, now = new Date()): string {
  const [, amount, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? []
  if (amount !== undefined)
    return new Date(now.getTime() + Number(amount) * units[unit as keyof typeof units]).toISOString()
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? []
  if (hours !== undefined && Number(hours) < 24 && Number(minutes) < 60) {
    const at = new Date(now)
    at.setHours(Number(hours), Number(minutes), 0, 0)
    if (at <= now) at.setDate(at.getDate() + 1)
    return at.toISOString()
  }
  const moment = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text) ? new Date(text) : new Date(Number.NaN)
  if (!(moment > now))
    throw new HoopError('USAGE', `${text} is no time to come`, {
      hint: 'Write 18:00, 90m, 2h, 7d or 2026-11-26T09:00.',
    })
  return moment.toISOString()
}
