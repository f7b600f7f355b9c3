import { weekdays, type Hours } from '../config/policy/hours.js'

interface WallClock {
  /** 0 is Monday. */
  readonly day: number
  /** Since midnight. */
  readonly minute: number
}

const formats = new Map<string, Intl.DateTimeFormat>()
/** What the clock shows in each zone that was asked for, for the minute that it is. */
const shown = new Map<string, { readonly at: number; readonly clock: WallClock }>()

const format = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  })
  formats.set(zone, made)
  return made
}

/** Offsets from UTC are whole minutes, so what a clock shows changes with UTC's minute and is worked out once for each. */
const wallClock = (zone: string, now: Date): WallClock => {
  const at = Math.floor(now.getTime() / 60_000)
  const last = shown.get(zone)
  if (last?.at === at) return last.clock
  const parts = new Map(
    format(zone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  )
  const day = (weekdays as readonly string[]).indexOf((parts.get('weekday') ?? '').toLowerCase())
  const clock = { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) }
  shown.set(zone, { at, clock })
  return clock
}

/** Whether a moment is within hours of the week. */
export const within = ({ days, from, to, zone }: Hours, now: Date): boolean => {
  const { day, minute } = wallClock(zone, now)
  const on = (which: number) => days === undefined || days.includes(weekdays[(which + 7) % 7]!)
  if (from < to) return on(day) && minute >= from && minute < to
  // Past midnight, it is still the night of the day before.
  return minute >= from ? on(day) : minute < to && on(day - 1)
}

const time = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

/** `mon, tue 08:00 to 18:00 Europe/Berlin` */
export const hoursPhrase = ({ days, from, to, zone }: Hours): string =>
  `${days ? `${days.join(', ')} ` : ''}${time(from)} to ${time(to)} ${zone}`
