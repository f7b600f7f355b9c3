import { z } from 'zod'
import { fromDays, toDays, truncated } from '../values/calendar.js'
import { kindOf } from '../values/kind.js'
import type { ColumnType, Masking, ValueMask } from '../value-mask.js'
import type { MaskKind } from './kind.js'

const units = ['year', 'month'] as const
type DateUnit = (typeof units)[number]

const dateTypes = ['date', 'timestamp', 'timestamptz'] as const
type DateType = (typeof dateTypes)[number]

/** As PostgreSQL writes it under DateStyle ISO; no other style looks like it. */
const ISO =
  /^(\d{4,7})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.\d{1,6})?(?:([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?)?)?( BC)?$/

const SECONDS = 86_400

/** Days from 2000-01-01 to the day, in UTC where a time zone is given. */
const daysOf = (text: string, type: DateType): number | undefined => {
  const found = ISO.exec(text)
  if (!found) return undefined
  const [, years, month, day, hours, minutes, seconds, sign, zoneHours, zoneMinutes = '0', zoneSeconds = '0', bc] =
    found
  if ((type === 'date') !== (hours === undefined) || (type === 'timestamptz') !== (sign !== undefined)) return undefined
  const year = bc === undefined ? Number(years) : 1 - Number(years)
  const days = toDays({ year, month: Number(month), day: Number(day) })
  if (sign === undefined) return days
  const offset = Number(zoneHours) * 3600 + Number(zoneMinutes) * 60 + Number(zoneSeconds)
  const time = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return days + Math.floor((time - (sign === '-' ? -offset : offset)) / SECONDS)
}

const times: Readonly<Record<DateType, string>> = { date: '', timestamp: ' 00:00:00', timestamptz: ' 00:00:00+00' }

const two = (number: number): string => String(number).padStart(2, '0')

const print = (days: number, type: DateType): string => {
  const { year, month, day } = fromDays(days)
  const years = String(year > 0 ? year : 1 - year).padStart(4, '0')
  return `${years}-${two(month)}-${two(day)}${times[type]}${year > 0 ? '' : ' BC'}`
}

/** @returns undefined for what isn't written as ISO 8601 */
const truncateText = (text: string, unit: DateUnit, type: DateType): string | undefined => {
  const days = daysOf(text, type)
  return days === undefined ? undefined : print(truncated(days, unit), type)
}

const RFC_3339 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)?$/

/** A date or time as JSON has it, in the same form. @returns undefined for anything else */
const truncateTime = (text: string, unit: DateUnit): string | undefined => {
  if (!text.includes('T')) return truncateText(text, unit, 'date')
  const [, day, time = '', zone] = RFC_3339.exec(text) ?? []
  if (day === undefined) return undefined
  const seconds = time.slice(0, 8)
  const written = `${day} ${seconds}${zone === 'Z' ? '+00' : (zone ?? '')}`
  const made = truncateText(written, unit, zone === undefined ? 'timestamp' : 'timestamptz')
  return made === undefined ? undefined : made.replace(' ', 'T').replace('+00', 'Z')
}

const INFINITY = /^-?infinity$/
const MICROSECONDS = 86_400_000_000n
const [MIN_32, MAX_32] = [-0x8000_0000, 0x7fff_ffff]
const [MIN_64, MAX_64] = [-(2n ** 63n), 2n ** 63n - 1n]

const truncateDays = (value: Buffer, unit: DateUnit): Buffer | undefined => {
  if (value.length !== 4) return undefined
  const days = value.readInt32BE()
  if (days === MIN_32 || days === MAX_32) return value
  const out = Buffer.alloc(4)
  out.writeInt32BE(truncated(days, unit))
  return out
}

const truncateMicroseconds = (value: Buffer, unit: DateUnit): Buffer | undefined => {
  if (value.length !== 8) return undefined
  const time = value.readBigInt64BE()
  if (time === MIN_64 || time === MAX_64) return value
  const [days, rest] = [time / MICROSECONDS, time % MICROSECONDS]
  const out = Buffer.alloc(8)
  out.writeBigInt64BE(BigInt(truncated(Number(rest < 0n ? days - 1n : days), unit)) * MICROSECONDS)
  return out
}

const dateType = (type: ColumnType): DateType | undefined =>
  kindOf(type) === 'b' ? dateTypes.find((each) => each === type.name) : undefined

/**
 * The first moment of a date's year or month; infinity stays. With a time zone it is that of UTC, in both formats: were
 * it that of the session, its owner could learn more by changing the zone. A date that isn't written as ISO 8601 is
 * redacted: how it is written is the session's to choose.
 */
const truncatedDates = (unit: DateUnit, type: ColumnType, { format, whole }: Masking): ValueMask | undefined => {
  const name = dateType(type)
  if (name === undefined) return undefined
  const binary = name === 'date' ? truncateDays : truncateMicroseconds
  const text = (value: Buffer): Buffer | undefined => {
    const written = value.toString('latin1')
    if (INFINITY.test(written)) return value
    const made = truncateText(written, unit, name)
    return made === undefined ? undefined : Buffer.from(made)
  }
  return { kind: 'varying', apply: (value) => (format === 0 ? text(value) : binary(value, unit)) ?? whole }
}

export const date = {
  parameter: { schema: z.enum(units), sketch: `{ date: ${units.join(' or ')} }` },
  types: 'date, timestamp, timestamptz',
  suits: (type) => dateType(type) !== undefined,
  make: truncatedDates,
  leaf: (unit) => ({ text: (value) => truncateTime(value, unit) ?? '********' }),
} as const satisfies MaskKind<DateUnit>
