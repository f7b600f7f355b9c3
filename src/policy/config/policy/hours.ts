import { z } from 'zod'

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const clockTime = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time of day such as 08:00')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))

const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) instanceof Intl.DateTimeFormat
  } catch {
    return false
  }
}

/** Hours of the week. Where `to` is before `from`, they go on past midnight and belong to the day that they began on. */
export const hours = z
  .strictObject({
    days: z.array(z.enum(weekdays)).min(1).optional(),
    /** Minutes since midnight, after parsing. */
    from: clockTime.default(0),
    to: clockTime.default(1440),
    zone: z.string().refine(isZone, 'a time zone such as Europe/Berlin').default('UTC'),
  })
  .refine(({ from, to }) => from !== to, 'hours that end at another time than they begin')

export type Hours = z.output<typeof hours>
