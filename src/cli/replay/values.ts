import type { Parameter, ResultEvent } from '../../lib/api/session-events.js'
import { fit, type Screen } from './screen.js'

/** A recorded value on one line: NULL, text, bytes as `\x…` (PostgreSQL's bytea form), and how long it was where it was cut. */
export const showValue = (screen: Screen, value: Parameter, columns: number): string => {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return fit(screen, screen.plain(value), columns)
  if ('hex' in value) return fit(screen, `\\x${screen.plain(value.hex)}`, columns)
  const size = ` (${showBytes(value.bytes)})`
  return fit(screen, screen.plain(value.cut), Math.max(8, columns - size.length)) + size
}

/** A value as a parameter is written, in quotes where it is text. */
export const showParameter = (screen: Screen, value: Parameter, columns: number): string =>
  typeof value === 'string' ? `'${showValue(screen, value, columns)}'` : showValue(screen, value, columns)

/** Why a recording doesn't have all of a result. */
export const unkeptWords: Readonly<Record<NonNullable<ResultEvent['unkept']>, string>> = {
  policy: 'not recorded: the policy keeps no values',
  result: 'not recorded: there was no more room for this result',
  session: 'not recorded: there was no more room for this session',
}

const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

/** `512 bytes`, `1.2 MB`: steps of 1024, as pg_size_pretty counts. */
export function showBytes(bytes: number): string {
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  const value = bytes / 1024 ** step
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[step] ?? 'bytes'}`
}

/** `0.123 ms`, `4.5 ms`, `1.234 s` */
export const showDuration = (ms: number): string =>
  ms < 1000 ? `${ms < 1 ? ms.toFixed(3) : ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(3)} s`

/** `1 row`, `12,000 rows` */
export const showCount = (n: number, one: string): string => `${n.toLocaleString('en-US')} ${one}${n === 1 ? '' : 's'}`

const two = (n: number): string => String(n).padStart(2, '0')

/** `09:30:01` in this machine's zone. */
export const showTime = (time: Date): string =>
  [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')

/** `2026-11-20 09:30:01` in this machine's zone. */
export const showDate = (time: Date): string =>
  `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${showTime(time)}`
